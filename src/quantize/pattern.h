#pragma once
// Patterns of tensors' names.

#include <string_view>

namespace cria::quantize {

// Whether a tensor's whole name fits, with or without ".weight" at its end: * stands for any text,
// ? for any character.
bool fits(std::string_view pattern, std::string_view name);

}  // namespace cria::quantize
