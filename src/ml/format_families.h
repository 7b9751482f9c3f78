#pragma once
// Element formats by family: one file each, listed in formats.cpp.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "ml/dtype.h"

namespace cria::ml {

struct Format {
  DType type;
  void (*dequantize)(const std::byte* row, std::span<float> out);
  void (*quantize)(std::span<const float> x, std::byte* row);  // null: cannot be written
};

std::span<const Format> plain_formats();   // an element is a number: F32, F16, BF16, I32
std::span<const Format> scaled_formats();  // blocks of 32 integers with a scale: Q4_0, Q4_1, Q8_0

// Rows have no alignment: blocks are of odd sizes.
template <class T>
T load_as(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <class T>
void store_as(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

}  // namespace cria::ml
