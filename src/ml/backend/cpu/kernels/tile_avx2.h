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

// The quants' sums from those of their digits.
CRIA_INLINE IntLanes join_digits(IntLanes high, IntLanes low) {
  return {_mm256_add_epi32(_mm256_slli_epi32(high.low, 8), low.low),
          _mm256_add_epi32(_mm256_slli_epi32(high.high, 8), low.high)};
}

CRIA_INLINE IntLanes add(IntLanes a, IntLanes b) {
  return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
}

// Adds the dot products of a block of 4-bit weights, 0 .. 15, with both digits of the
// blocks of some tokens, `stride` bytes apart. All eight steps of a 16-bit lane fit: 8 * 2 * 15 *
// 128 < 2^15.
template <int kSums>
CRIA_INLINE void dot_u4(const std::byte* quants, const std::byte* x, int64_t stride,
                        IntLanes (&sums)[kSums]) {
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i low[kSums], high[kSums];
#pragma GCC unroll 8
  for (int g = 0; g < 8; ++g) {
    __m256i w_low = load_bytes(quants + g % 4 * 64), w_high = load_bytes(quants + g % 4 * 64 + 32);
    if (g >= 4) w_low = _mm256_srli_epi16(w_low, 4), w_high = _mm256_srli_epi16(w_high, 4);
    w_low = _mm256_and_si256(w_low, nibble), w_high = _mm256_and_si256(w_high, nibble);
#pragma GCC unroll 16
    for (int t = 0; t < kSums; ++t) {
      const __m256i xs = broadcast_bits(x + digit_offset(t, stride) + g * 4);
      const __m256i p_low = _mm256_maddubs_epi16(w_low, xs),
                    p_high = _mm256_maddubs_epi16(w_high, xs);
      low[t] = g == 0 ? p_low : _mm256_add_epi16(low[t], p_low);
      high[t] = g == 0 ? p_high : _mm256_add_epi16(high[t], p_high);
    }
  }
#pragma GCC unroll 16
  for (int t = 0; t < kSums; ++t) {
    sums[t].low = _mm256_add_epi32(sums[t].low, _mm256_madd_epi16(low[t], ones));
    sums[t].high = _mm256_add_epi32(sums[t].high, _mm256_madd_epi16(high[t], ones));
  }
}

// The same for 8-bit weights, -128 .. 127.
template <int kSums>
CRIA_INLINE void dot_s8(const std::byte* quants, const std::byte* x, int64_t stride,
                        IntLanes (&sums)[kSums]) {
  const __m256i ones = _mm256_set1_epi16(1);
#pragma GCC unroll 8
  for (int g = 0; g < 8; ++g) {
    const __m256i w_low = load_bytes(quants + g * 64), w_high = load_bytes(quants + g * 64 + 32);
    const __m256i abs_low = _mm256_abs_epi8(w_low), abs_high = _mm256_abs_epi8(w_high);
#pragma GCC unroll 16
    for (int t = 0; t < kSums; ++t) {
      const __m256i xs = broadcast_bits(x + digit_offset(t, stride) + g * 4);
      const __m256i p_low =
          _mm256_madd_epi16(_mm256_maddubs_epi16(abs_low, _mm256_sign_epi8(xs, w_low)), ones);
      const __m256i p_high =
          _mm256_madd_epi16(_mm256_maddubs_epi16(abs_high, _mm256_sign_epi8(xs, w_high)), ones);
      sums[t].low = _mm256_add_epi32(sums[t].low, p_low);
      sums[t].high = _mm256_add_epi32(sums[t].high, p_high);
    }
  }
}

}  // namespace
}  // namespace cria::ml::cpu
