#pragma once
// The element types of safetensors files.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cria::safetensors {

struct Dtype {
  std::string_view name;
  uint64_t bits = 0;  // of an element
};

// All of them, in the order of the format: from the smallest to the largest.
std::span<const Dtype> dtypes();

// The index in dtypes(); nothing for an unknown type.
std::optional<size_t> find_dtype(std::string_view name);

// Bits of an element; 0 for an unknown type.
uint64_t bits_of(std::string_view name);

}  // namespace cria::safetensors
