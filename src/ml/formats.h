#pragma once
// Conversions between float and every other element type: exact where the format is exact. Fast
// paths live in backends.

#include "ml/dtype.h"

namespace cria::ml {

// out[i] = the value of element i of `row`, which holds out.size() elements (a multiple of the
// block).
void dequantize(DType type, const std::byte* row, std::span<float> out);

// Plain numbers are rounded to the nearest; blocks get the scales with which the sum of weighted
// squared errors is smallest, as far as a search finds them. `importance` weighs the elements:
// empty or one for each, not negative, of which only the relations count. Throws Unsupported for
// types that cannot be written.
void quantize(DType type, std::span<const float> x, std::byte* row,
              std::span<const float> importance = {});

}  // namespace cria::ml
