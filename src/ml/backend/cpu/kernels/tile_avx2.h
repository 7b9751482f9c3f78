#pragma once
// The sixteen rows of a packed tile in AVX2 registers: lane r of two vectors of eight belongs to
// row r.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "ml/backend/cpu/kernels/inline.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/kernels/quantize_avx2.h"

namespace cria::ml::cpu {
namespace {

// How many tokens share the weights that are in registers.
constexpr int kMostQuantizedTokens = 5;
constexpr int kMostFloatTokens = 6;
// Accumulators (of a tile and a token each) of a float kernel with few tokens: enough to hide the
// latency of an FMA.
constexpr int kFloatAccumulators = 5;

struct Lanes {
  __m256 low, high;
};
struct IntLanes {
  __m256i low, high;
};

CRIA_INLINE __m256i load_bytes(const std::byte* p) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(p));
}

CRIA_INLINE Lanes zero_lanes() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }

CRIA_INLINE Lanes broadcast_float(const std::byte* p) {
  const __m256 x = _mm256_broadcast_ss(reinterpret_cast<const float*>(p));
  return {x, x};
}

CRIA_INLINE Lanes load_floats(const float* p) {
  return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}

CRIA_INLINE Lanes load_halves(const std::byte* p) {
  const __m128i* halves = reinterpret_cast<const __m128i*>(p);
  return {_mm256_cvtph_ps(_mm_load_si128(halves)), _mm256_cvtph_ps(_mm_load_si128(halves + 1))};
}

// The first and the second columns of sixteen pairs of bfloat16.
CRIA_INLINE Lanes load_even_bfloats(const std::byte* p) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(load_bytes(p), 16)),
          _mm256_castsi256_ps(_mm256_slli_epi32(load_bytes(p + 32), 16))};
}
CRIA_INLINE Lanes load_odd_bfloats(const std::byte* p) {
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(0xffff0000u));
  return {_mm256_castsi256_ps(_mm256_and_si256(load_bytes(p), mask)),
          _mm256_castsi256_ps(_mm256_and_si256(load_bytes(p + 32), mask))};
}

CRIA_INLINE void store_floats(float* p, Lanes x) {
  _mm256_storeu_ps(p, x.low);
  _mm256_storeu_ps(p + 8, x.high);
}

CRIA_INLINE Lanes add(Lanes a, Lanes b) {
  return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}

CRIA_INLINE Lanes multiply(Lanes a, Lanes b) {
  return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
}

CRIA_INLINE Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}

CRIA_INLINE Lanes to_float(IntLanes x) {
  return {_mm256_cvtepi32_ps(x.low), _mm256_cvtepi32_ps(x.high)};
}

CRIA_INLINE __m256i broadcast_bits(const std::byte* p) {
  int32_t x;
  __builtin_memcpy(&x, p, sizeof(x));
  return _mm256_set1_epi32(x);
}

CRIA_INLINE IntLanes zero_integers() { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }

CRIA_INLINE IntLanes broadcast_integer(const std::byte* p) {
  const __m256i x = broadcast_bits(p);
  return {x, x};
}

// Two columns of each row, as 16-bit numbers.
struct Pairs {
  __m256i low, high;
};

// The 4-bit numbers at bits kShift .. kShift + 3 of 16.
template <int kShift>
CRIA_INLINE Pairs load_nibbles(const std::byte* p) {
  const __m256i low = _mm256_srli_epi16(load_bytes(p), kShift);
  const __m256i high = _mm256_srli_epi16(load_bytes(p + 32), kShift);
  if constexpr (kShift == 12) return {low, high};
  const __m256i mask = _mm256_set1_epi16(15);
  return {_mm256_and_si256(low, mask), _mm256_and_si256(high, mask)};
}

CRIA_INLINE Pairs load_even_bytes(const std::byte* p) {
  return {_mm256_srai_epi16(_mm256_slli_epi16(load_bytes(p), 8), 8),
          _mm256_srai_epi16(_mm256_slli_epi16(load_bytes(p + 32), 8), 8)};
}
CRIA_INLINE Pairs load_odd_bytes(const std::byte* p) {
  return {_mm256_srai_epi16(load_bytes(p), 8), _mm256_srai_epi16(load_bytes(p + 32), 8)};
}

// Adds the products with the pair of activations at `x`.
CRIA_INLINE IntLanes multiply_add(Pairs weights, const std::byte* x, IntLanes sum) {
  const __m256i pair = broadcast_bits(x);
  return {_mm256_add_epi32(sum.low, _mm256_madd_epi16(weights.low, pair)),
          _mm256_add_epi32(sum.high, _mm256_madd_epi16(weights.high, pair))};
}

}  // namespace
}  // namespace cria::ml::cpu
