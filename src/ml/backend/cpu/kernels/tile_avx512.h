#pragma once
// The sixteen rows of a packed tile in AVX-512 registers (F, BW, VL, DQ and VNNI): lane r of a
// vector belongs to row r.

#ifndef CRIA_AVX512_EMULATED
#include <immintrin.h>
#endif

#include <cstddef>
#include <cstdint>

#include "ml/backend/cpu/kernels/inline.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/kernels/quantize_avx2.h"

namespace cria::ml::cpu {
namespace {

// How many tokens share the weights that are in registers.
constexpr int kMostQuantizedTokens = 6;
constexpr int kMostFloatTokens = 8;
// Accumulators (of a tile and a token) that float kernels keep in registers.
constexpr int kFloatAccumulators = 24;

struct Lanes {
  __m512 v;
};
struct IntLanes {
  __m512i v;
};

CRIA_INLINE __m512i load_bytes(const std::byte* p) { return _mm512_load_si512(p); }

CRIA_INLINE Lanes zero_lanes() { return {_mm512_setzero_ps()}; }

CRIA_INLINE Lanes broadcast_float(const std::byte* p) {
  return {_mm512_set1_ps(*reinterpret_cast<const float*>(p))};
}

CRIA_INLINE Lanes load_floats(const float* p) { return {_mm512_loadu_ps(p)}; }

CRIA_INLINE Lanes load_halves(const std::byte* p) {
  return {_mm512_cvtph_ps(_mm256_load_si256(reinterpret_cast<const __m256i*>(p)))};
}

// The first and the second columns of sixteen pairs of bfloat16.
CRIA_INLINE Lanes load_even_bfloats(const std::byte* p) {
  return {_mm512_castsi512_ps(_mm512_slli_epi32(load_bytes(p), 16))};
}
CRIA_INLINE Lanes load_odd_bfloats(const std::byte* p) {
  const __m512i mask = _mm512_set1_epi32(static_cast<int>(0xffff0000u));
  return {_mm512_castsi512_ps(_mm512_and_si512(load_bytes(p), mask))};
}

CRIA_INLINE void store_floats(float* p, Lanes x) { _mm512_storeu_ps(p, x.v); }

CRIA_INLINE Lanes add(Lanes a, Lanes b) { return {_mm512_add_ps(a.v, b.v)}; }

CRIA_INLINE Lanes multiply(Lanes a, Lanes b) { return {_mm512_mul_ps(a.v, b.v)}; }

CRIA_INLINE Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
  return {_mm512_fmadd_ps(a.v, b.v, c.v)};
}

CRIA_INLINE Lanes to_float(IntLanes x) { return {_mm512_cvtepi32_ps(x.v)}; }

CRIA_INLINE __m512i broadcast_bits(const std::byte* p) {
  int32_t x;
  __builtin_memcpy(&x, p, sizeof(x));
  return _mm512_set1_epi32(x);
}

CRIA_INLINE IntLanes zero_integers() { return {_mm512_setzero_si512()}; }

CRIA_INLINE IntLanes broadcast_integer(const std::byte* p) { return {broadcast_bits(p)}; }

// The quants' sums from those of their digits.
CRIA_INLINE IntLanes join_digits(IntLanes high, IntLanes low) {
  return {_mm512_add_epi32(_mm512_slli_epi32(high.v, 8), low.v)};
}

CRIA_INLINE IntLanes add(IntLanes a, IntLanes b) { return {_mm512_add_epi32(a.v, b.v)}; }

// Adds the dot products of a block of 4-bit weights, 0 .. 15, with both digits of the
// blocks of some tokens, `stride` bytes apart.
template <int kSums>
CRIA_INLINE void dot_u4(const std::byte* quants, const std::byte* x, int64_t stride,
                        IntLanes (&sums)[kSums]) {
  const __m512i nibble = _mm512_set1_epi8(15);
#pragma GCC unroll 4
  for (int g = 0; g < 4; ++g) {
    const __m512i pairs = load_bytes(quants + g * 64);
    const __m512i first = _mm512_and_si512(pairs, nibble);
    const __m512i second = _mm512_and_si512(_mm512_srli_epi16(pairs, 4), nibble);
#pragma GCC unroll 16
    for (int t = 0; t < kSums; ++t) {
      sums[t].v = _mm512_dpbusd_epi32(sums[t].v, first,
                                      broadcast_bits(x + digit_offset(t, stride) + g * 4));
      sums[t].v = _mm512_dpbusd_epi32(sums[t].v, second,
                                      broadcast_bits(x + digit_offset(t, stride) + 16 + g * 4));
    }
  }
}

// The same for 8-bit weights, -128 .. 127. The instruction wants them unsigned: 128 more, and 128
// times the sum of the activations less.
template <int kSums>
CRIA_INLINE void dot_s8(const std::byte* quants, const std::byte* x, int64_t stride,
                        IntLanes (&sums)[kSums]) {
  const __m512i sign = _mm512_set1_epi8(-128);
#pragma GCC unroll 16
  for (int t = 1; t < kSums; t += 2) {
    const __m512i eightfold_sum =
        broadcast_bits(x + t / 2 * stride + offsetof(ActivationBlock, eightfold_sum));
    sums[t].v = _mm512_add_epi32(sums[t].v, _mm512_slli_epi32(eightfold_sum, 4));
  }
#pragma GCC unroll 8
  for (int g = 0; g < 8; ++g) {
    const __m512i weights = _mm512_xor_si512(load_bytes(quants + g * 64), sign);
#pragma GCC unroll 16
    for (int t = 0; t < kSums; ++t)
      sums[t].v = _mm512_dpbusd_epi32(sums[t].v, weights,
                                      broadcast_bits(x + digit_offset(t, stride) + g * 4));
  }
}

}  // namespace
}  // namespace cria::ml::cpu
