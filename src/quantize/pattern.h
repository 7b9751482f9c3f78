#pragma once
// Patterns of tensors' names.

#include <string_view>

namespace cria::quantize {

// Whether the whole text fits: * stands for any text, ? for any character.
bool fits_whole(std::string_view pattern, std::string_view text);
// The same for a tensor's name, with or without ".weight" at its end.
bool fits(std::string_view pattern, std::string_view name);

}  // namespace cria::quantize
