#pragma once
// Regular expressions, in the notation of ECMAScript as far as it is regular: no looking behind, no
// references back, no word boundaries, no Unicode properties.

#include <memory>
#include <string_view>

#include "grammar/grammar.h"
#include "grammar/limits.h"

namespace cria::grammar {

// Whole texts that match. InvalidArgument with the column: bad notation; Unsupported: what is not
// regular. Also what compile() refuses.
std::shared_ptr<const Grammar> compile_regex(std::string_view text, const Limits& limits = {});

}  // namespace cria::grammar
