#pragma once
// Rows of blocks as the tests of formats write them down.

#include <cmath>
#include <cstdint>
#include <vector>

#include "ml/formats.h"

namespace cria::ml {

using Bytes = std::vector<uint8_t>;
using Floats = std::vector<float>;

// 0.5, 1 and 2 as halves, little-endian.
inline const Bytes kHalf = {0x00, 0x38}, kOne = {0x00, 0x3c}, kTwo = {0x00, 0x40};

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Bytes first, first + step, ...
inline Bytes series(size_t n, int first, int step) {
  Bytes bytes(n);
  for (size_t i = 0; i < n; ++i)
    bytes[i] = static_cast<uint8_t>(first + step * static_cast<int>(i));
  return bytes;
}

inline Floats read(DType type, const Bytes& row) {
  const DTypeInfo& of = info(type);
  Floats out(row.size() / static_cast<size_t>(of.block_bytes) *
             static_cast<size_t>(of.block_elements));
  dequantize(type, reinterpret_cast<const std::byte*>(row.data()), out);
  return out;
}

inline Bytes write(DType type, const Floats& x) {
  Bytes row(static_cast<size_t>(row_bytes(type, static_cast<int64_t>(x.size()))));
  quantize(type, x, reinterpret_cast<std::byte*>(row.data()));
  return row;
}

inline Floats round_trip(DType type, const Floats& x) { return read(type, write(type, x)); }

// Between -1.9 and 2.1.
inline Floats wave(size_t n) {
  Floats x(n);
  for (size_t i = 0; i < n; ++i) x[i] = 0.1f + 2 * std::cos(static_cast<float>(i));
  return x;
}

}  // namespace cria::ml
