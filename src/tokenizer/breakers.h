#pragma once
// Where repetitions may not pass (the DRY penalty): from a text to the tokens that show it.

#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

// Every token whose text holds `text`, each alone, and the tokens of `text` where it takes more
// than one. InvalidArgument: an empty text. Looks through the whole vocabulary.
std::vector<std::vector<Id>> tokens_that_show(const Tokenizer& tokenizer, std::string_view text);

}  // namespace cria::tokenizer
