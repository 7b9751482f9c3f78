#pragma once
// Functions over any of the vector types.

#include <cstddef>
#include <cstdint>

namespace cria::ml::cpu {
namespace {

// The first n < kLanes elements, then zeros. Going through a whole vector computes every element by
// the same instructions, wherever in a row it lies.
template <class T>
inline Vec load_partial(const T* p, int64_t n) {
  T padded[kLanes] = {};
  __builtin_memcpy(padded, p, static_cast<size_t>(n) * sizeof(T));
  return load(padded);
}

template <class T>
inline void store_partial(T* p, Vec x, int64_t n) {
  T padded[kLanes];
  store(padded, x);
  __builtin_memcpy(p, padded, static_cast<size_t>(n) * sizeof(T));
}

// e^x as 2^n * e^r with |r| <= ln(2) / 2, good to one unit in the last place. The polynomial is
// the minimax one for the relative error (4.4e-9); ln(2) is subtracted in two parts, the first of
// which has so few bits that n times it is exact.
inline Vec exp(Vec x) {
  // Beyond these results are 0 and infinity. NaN stays NaN: max and min give their second operand
  // then.
  x = min(splat(89.0f), max(splat(-104.0f), x));
  const Vec n = round(x * splat(1.44269502f));
  const Vec r = fma(n, splat(2.12194442e-4f), fma(n, splat(-0.693359375f), x));
  Vec p = fma(splat(0.00138144672f), r, splat(0.00836878084f));
  p = fma(p, r, splat(0.0416683927f));
  p = fma(p, r, splat(0.166665196f));
  p = fma(p, r, splat(0.49999994f));
  return scale_by_power(fma(p, r * r, r) + splat(1.0f), n);
}

// In terms of exp(-|x|), which is small, so that nothing is lost where the result is tiny.
inline Vec sigmoid(Vec x) {
  const Vec e = exp(min(x, splat(0.0f) - x));
  return where_negative(x, e, splat(1.0f)) / (splat(1.0f) + e);
}

inline Vec silu(Vec x) { return x * sigmoid(x); }

}  // namespace
}  // namespace cria::ml::cpu
