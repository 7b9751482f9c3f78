#pragma once
// Functions over any of the vector types.

#include <cstddef>
#include <cstdint>

namespace cria::ml::cpu {
namespace {

// An element of a type of its own, so that overloads find it.
struct BFloat {
  uint16_t bits;
};
inline Vec load(const BFloat* p) { return load_bfloats(&p->bits); }

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

// e^x for x <= 0 in half the instructions, but never less than e^-87, which beside a 1 is nothing.
// Adding a large number rounds to integers, and leaves n + 127 in the lowest bits: the exponent of
// 2^n.
inline Vec exp_of_negative(Vec x) {
  x = max(splat(-87.0f), x);
  const Vec large = splat(12582912.0f + 127.0f);
  const Vec shifted = fma(x, splat(1.44269502f), large);
  const Vec n = shifted - large;
  const Vec r = fma(n, splat(2.12194442e-4f), fma(n, splat(-0.693359375f), x));
  Vec p = fma(splat(0.00138144672f), r, splat(0.00836878084f));
  p = fma(p, r, splat(0.0416683927f));
  p = fma(p, r, splat(0.166665196f));
  p = fma(p, r, splat(0.49999994f));
  return (fma(p, r * r, r) + splat(1.0f)) * low_bits_as_exponent(shifted);
}

// For small x a polynomial in x^2, the minimax one for the relative error (4.4e-9), else in terms
// of exp(2|x|).
inline Vec tanh(Vec x) {
  const Vec magnitude = max(x, splat(0.0f) - x), square = x * x;
  Vec p = fma(splat(-0.005704984f), square, splat(0.020639084f));
  p = fma(p, square, splat(-0.053739715f));
  p = fma(p, square, splat(0.13331442f));
  p = fma(p, square, splat(-0.3333328f));
  const Vec small = fma(p * square, x, x);
  const Vec large = splat(1.0f) - splat(2.0f) / (exp(magnitude + magnitude) + splat(1.0f));
  return where_negative(magnitude - splat(0.625f), small,
                        where_negative(x, splat(0.0f) - large, large));
}

// In terms of exp(-|x|), which is small, so that nothing is lost where the result is tiny.
inline Vec sigmoid(Vec x) {
  const Vec e = exp(min(x, splat(0.0f) - x));
  return where_negative(x, e, splat(1.0f)) / (splat(1.0f) + e);
}

inline Vec silu(Vec x) { return x * sigmoid(x); }

}  // namespace
}  // namespace cria::ml::cpu
