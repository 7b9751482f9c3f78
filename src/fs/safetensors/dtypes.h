#pragma once
// The element types of safetensors files.

#include <cstdint>
#include <string_view>

namespace cria::safetensors {

// Bits of an element; 0 for an unknown type.
uint64_t bits_of(std::string_view dtype);

}  // namespace cria::safetensors
