#pragma once
// Cuts a template into tokens. Comments, and the white space that trim markers take away, are gone.

#include <string_view>
#include <vector>

#include "template/go/token.h"

namespace cria::go {

// The tokens point into the source. The last one is the end, or an error.
std::vector<Token> tokenize(std::string_view source);

}  // namespace cria::go
