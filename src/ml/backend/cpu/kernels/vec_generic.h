#pragma once
// A vector of four floats in the compiler's own vector type, for any processor.

#include <cstdint>

namespace cria::ml::cpu {
namespace {

constexpr int64_t kLanes = 4;
constexpr int kAccumulators = 8;  // that fit the registers beside operands
constexpr int kRowsAtOnce = 2;    // of products that share what they load

using Floats = float __attribute__((vector_size(16)));
using Ints = int32_t __attribute__((vector_size(16)));
using Halves = uint16_t __attribute__((vector_size(8)));
using Bytes = int8_t __attribute__((vector_size(4)));

struct Vec {
  Floats v;
};

inline Vec operator+(Vec a, Vec b) { return {a.v + b.v}; }
inline Vec operator-(Vec a, Vec b) { return {a.v - b.v}; }
inline Vec operator*(Vec a, Vec b) { return {a.v * b.v}; }
inline Vec operator/(Vec a, Vec b) { return {a.v / b.v}; }
inline Vec fma(Vec a, Vec b, Vec c) { return {a.v * b.v + c.v}; }

inline Vec splat(float x) { return {Floats{x, x, x, x}}; }

// Bit by bit, where the mask has ones `a`, else `b`.
inline Vec select(Ints mask, Vec a, Vec b) {
  return {(Floats)((mask & (Ints)a.v) | (~mask & (Ints)b.v))};
}

// Both give b where one of them is NaN.
inline Vec max(Vec a, Vec b) { return select(a.v > b.v, a, b); }
inline Vec min(Vec a, Vec b) { return select(a.v < b.v, a, b); }

inline Vec where_negative(Vec x, Vec a, Vec b) { return select(x.v < Floats{}, a, b); }

inline Vec sqrt(Vec a) {
  return {Floats{__builtin_sqrtf(a.v[0]), __builtin_sqrtf(a.v[1]), __builtin_sqrtf(a.v[2]),
                 __builtin_sqrtf(a.v[3])}};
}

// To the nearest integer, ties to even, for |x| < 2^22: larger numbers have no room for a fraction.
inline Vec round(Vec x) { return x + splat(12582912.0f) - splat(12582912.0f); }

// x * 2^n for integers -252 <= n <= 254; in two factors, as 2^n may be beyond the range where x *
// 2^n is not.
inline Vec scale_by_power(Vec x, Vec n) {
  const Ints power = __builtin_convertvector(n.v, Ints);
  const Ints half = power >> 1;
  return {x.v * (Floats)((half + 127) << 23) * (Floats)((power - half + 127) << 23)};
}

// The lowest bits where the exponent of a float is.
inline Vec low_bits_as_exponent(Vec x) { return {(Floats)((Ints)x.v << 23)}; }

inline Vec load(const float* p) {
  Vec x;
  __builtin_memcpy(&x, p, sizeof x);
  return x;
}
inline void store(float* p, Vec x) { __builtin_memcpy(p, &x, sizeof x); }

// The half's bits in a float's place are the number times 2^-112, also when it is subnormal.
inline Vec load(const uint16_t* p) {
  Halves halves;
  __builtin_memcpy(&halves, p, sizeof halves);
  const Ints bits = __builtin_convertvector(halves, Ints);
  const Ints magnitude = (bits & 0x7fff) << 13;
  const Ints finite = (Ints)((Floats)magnitude * 0x1p112f);
  const Ints special = (magnitude >= 0x7c00 << 13) & 0x7f800000;  // infinities and NaN
  return {(Floats)(finite | special | (bits & 0x8000) << 16)};
}

inline void store(uint16_t* p, Vec x) {
  const Ints bits = (Ints)x.v;
  const Ints sign = (bits >> 16) & 0x8000;
  const Ints magnitude = bits & 0x7fffffff;
  // Normal halves: rebias the exponent and round the thirteen lost bits to nearest even.
  const Ints normal = (magnitude - (112 << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13;
  // Subnormal ones: adding 1/2 moves the last bit that stays to the end of the mantissa, and
  // rounds.
  const Ints subnormal = (Ints)((Floats)magnitude + 0.5f) - (Ints)splat(0.5f).v;
  const Ints is_small = magnitude < 113 << 23;
  const Ints is_large = magnitude >= 143 << 23;
  const Ints is_nan = magnitude > 0x7f800000;
  const Ints large = 0x7c00 | (is_nan & (0x200 | ((magnitude >> 13) & 0x3ff)));
  const Ints result =
      (is_small & subnormal) | (is_large & large) | (~(is_small | is_large) & normal);
  const Halves halves = __builtin_convertvector(result | sign, Halves);
  __builtin_memcpy(p, &halves, sizeof halves);
}

inline Vec load_bfloats(const uint16_t* p) {
  Halves halves;
  __builtin_memcpy(&halves, p, sizeof halves);
  return {(Floats)(__builtin_convertvector(halves, Ints) << 16)};
}
inline Vec load(const int8_t* p) {
  Bytes bytes;
  __builtin_memcpy(&bytes, p, sizeof bytes);
  return {__builtin_convertvector(bytes, Floats)};
}
// One half, in all lanes.
inline Vec splat_half(const uint16_t* p) {
  const uint16_t halves[kLanes] = {*p, *p, *p, *p};
  return load(halves);
}

// Half as many floats as lanes, each twice.
inline Vec load_twice(const float* p) { return {Floats{p[0], p[0], p[1], p[1]}}; }
inline Vec swap_pairs(Vec x) { return {Floats{x.v[1], x.v[0], x.v[3], x.v[2]}}; }

inline float sum(Vec x) { return (x.v[0] + x.v[2]) + (x.v[1] + x.v[3]); }
inline float largest(Vec x) {
  const Vec pairs = max(x, {Floats{x.v[2], x.v[3], x.v[0], x.v[1]}});
  return max(pairs, swap_pairs(pairs)).v[0];
}

}  // namespace
}  // namespace cria::ml::cpu
