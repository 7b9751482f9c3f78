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
constexpr int kMostQuantizedTokens = 8;
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

// Two columns of each row, as 16-bit numbers.
struct Pairs {
  __m512i v;
};

// The 4-bit numbers at bits kShift .. kShift + 3 of 16.
template <int kShift>
CRIA_INLINE Pairs load_nibbles(const std::byte* p) {
  const __m512i words = _mm512_srli_epi16(load_bytes(p), kShift);
  if constexpr (kShift == 12) return {words};
  return {_mm512_and_si512(words, _mm512_set1_epi16(15))};
}

CRIA_INLINE Pairs load_even_bytes(const std::byte* p) {
  return {_mm512_srai_epi16(_mm512_slli_epi16(load_bytes(p), 8), 8)};
}
CRIA_INLINE Pairs load_odd_bytes(const std::byte* p) {
  return {_mm512_srai_epi16(load_bytes(p), 8)};
}

// Adds the products with the pair of activations at `x`.
CRIA_INLINE IntLanes multiply_add(Pairs weights, const std::byte* x, IntLanes sum) {
  return {_mm512_dpwssd_epi32(sum.v, weights.v, broadcast_bits(x))};
}

}  // namespace
}  // namespace cria::ml::cpu
