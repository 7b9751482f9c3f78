#pragma once
// GBNF, the notation of llama.cpp's grammars: "root ::= "yes" | "no"".

#include <memory>
#include <string_view>

#include "grammar/grammar.h"
#include "grammar/limits.h"

namespace cria::grammar {

// Texts that fit the rule `root`. InvalidArgument, with line and column: bad notation, a rule that
// is missing or there twice. Also what compile() refuses.
std::shared_ptr<const Grammar> compile_gbnf(std::string_view text, const Limits& limits = {});

}  // namespace cria::grammar
