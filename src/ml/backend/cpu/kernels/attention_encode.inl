#pragma once
// Rows of floats in the types that a cache keeps, to the same bytes as ml/formats.h.

#include "ml/backend/cpu/kernels/elementwise.inl"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kQuants = 32;     // of a block of Q8_0,
constexpr int64_t kScaleBytes = 2;  // which follow its scale
constexpr int64_t kBlockBytes = kScaleBytes + kQuants;

inline void encode_bfloats(const float* x, int64_t n, std::byte* out) {
  for (int64_t i = 0; i < n; ++i) {
    uint32_t bits;
    __builtin_memcpy(&bits, x + i, sizeof(bits));
    const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
    const uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    const uint32_t nan = bits >> 16 | ((bits & 0x007f0000u) != 0 ? 0u : 0x40u);
    const auto encoded = static_cast<uint16_t>(is_nan ? nan : rounded);
    __builtin_memcpy(out + i * 2, &encoded, sizeof(encoded));
  }
}

inline bool is_finite(float x) { return x - x == 0; }

// To the nearest integer, of ties the one farther from 0, for |x| < 2^22: the largest float below
// 1/2 makes no difference to what is exact, and the sum rounds up what is half or more.
inline int32_t round_away(float x) {
  constexpr float kAlmostHalf = 0x1.fffffep-2f;
  return static_cast<int32_t>(x + (x < 0 ? -kAlmostHalf : kAlmostHalf));
}

inline void encode_quants(const float* x, std::byte* out) {
  float largest = 0;
  bool finite = true;
  for (int64_t i = 0; i < kQuants; ++i) {
    const float magnitude = __builtin_fabsf(x[i]);
    largest = magnitude > largest ? magnitude : largest;
    finite = finite && is_finite(x[i]);
  }
  const float scale = finite ? largest / 127 : __builtin_nanf("");
  const float inverse = 1 / scale;
  const float factor = is_finite(inverse) ? inverse : 0;
  store_partial(reinterpret_cast<uint16_t*>(out), splat(scale), 1);
  int8_t quants[kQuants];
  if (finite) {
    for (int64_t i = 0; i < kQuants; ++i)
      quants[i] = static_cast<int8_t>(round_away(x[i] * factor));
  } else {
    for (int64_t i = 0; i < kQuants; ++i) quants[i] = is_finite(x[i]) ? 0 : -127;
  }
  __builtin_memcpy(out + kScaleBytes, quants, sizeof(quants));
}

void encode_row_kernel(DType type, const float* x, int64_t n, std::byte* out) {
  switch (type) {
    case DType::kF16:
      return map(x, n, reinterpret_cast<uint16_t*>(out), [](Vec v) { return v; });
    case DType::kBF16:
      return encode_bfloats(x, n, out);
    case DType::kQ8_0:
      for (int64_t i = 0; i < n; i += kQuants, out += kBlockBytes) encode_quants(x + i, out);
      return;
    default:
      __builtin_memcpy(out, x, static_cast<size_t>(n) * sizeof(float));
  }
}

}  // namespace
}  // namespace cria::ml::cpu
