#pragma once
// Element formats by family: one file each, listed in formats.cpp.

#include <cstddef>
#include <span>

#include "ml/dtype.h"

namespace cria::ml {

struct Format {
  DType type;
  void (*dequantize)(const std::byte* row, std::span<float> out);
  // Importance is empty or one per element. Null: cannot be written.
  void (*quantize)(std::span<const float> x, std::span<const float> importance, std::byte* row);
};

std::span<const Format> plain_formats();   // an element is a number: F32, F16, BF16, I32
std::span<const Format> scaled_formats();  // 32 integers with a scale: Q4_0 to Q5_1, Q8_0
std::span<const Format> table_formats();   // 4-bit places in a table: IQ4_NL to MXFP4_PAIRS
std::span<const Format> k_formats();       // 256 integers with scales of two levels: Q2_K to Q6_K

}  // namespace cria::ml
