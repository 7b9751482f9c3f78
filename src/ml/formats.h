#pragma once
// Conversions between float and every other element type: exact where the format is exact. Fast
// paths live in backends.

#include "ml/dtype.h"

namespace cria::ml {

// out[i] = the value of element i of `row`, which holds out.size() elements (a multiple of the
// block).
void dequantize(DType type, const std::byte* row, std::span<float> out);

// Rounds to nearest; throws Unsupported for types that cannot be written.
void quantize(DType type, std::span<const float> x, std::byte* row);

}  // namespace cria::ml
