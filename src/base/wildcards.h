#pragma once
// Patterns of names.

#include <string_view>

namespace cria {

// Whether the whole text fits: * stands for any text, ? for any character.
bool fits_wildcards(std::string_view pattern, std::string_view text);

}  // namespace cria
