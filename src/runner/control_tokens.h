#pragma once
// The control tokens of a vocabulary, for grammars in which they stand.

#include "grammar/control_tokens.h"
#include "tokenizer/tokenizer.h"

namespace cria::runner {

bool is_control(const tokenizer::Tokenizer& tokenizer, size_t id);
grammar::ControlTokens control_tokens(const tokenizer::Tokenizer& tokenizer);

}  // namespace cria::runner
