#pragma once
// The sixteen rows of a packed tile in AVX-512 registers (F, BW, VL, DQ and VNNI): lane r of a
// vector belongs to row r. What the functions mean is said in tile_generic.h.

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

// How many tokens share the weights that are in registers: as many accumulators hide the latency of
// vpdpwssd, five cycles at two a cycle.
constexpr int kMostQuantizedTokens = 12;
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

CRIA_INLINE Lanes load_bfloats(const std::byte* p) {
  const __m256i bfloats = _mm256_load_si256(reinterpret_cast<const __m256i*>(p));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bfloats), 16))};
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

CRIA_INLINE IntLanes add(IntLanes a, IntLanes b) { return {_mm512_add_epi32(a.v, b.v)}; }

template <int kBits>
CRIA_INLINE IntLanes shift_left(IntLanes x) {
  return {_mm512_slli_epi32(x.v, kBits)};
}

CRIA_INLINE IntLanes broadcast_integer(const std::byte* p) { return {broadcast_bits(p)}; }

// Sixteen bytes.
CRIA_INLINE IntLanes load_unsigned_bytes(const std::byte* p) {
  return {_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
}
CRIA_INLINE IntLanes load_signed_bytes(const std::byte* p) {
  return {_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
}

CRIA_INLINE IntLanes low_four_bits(IntLanes x) {
  return {_mm512_and_si512(x.v, _mm512_set1_epi32(15))};
}
CRIA_INLINE IntLanes above_four_bits(IntLanes x) { return {_mm512_srli_epi32(x.v, 4)}; }

// Two columns of each row, as 16-bit numbers.
struct Pairs {
  __m512i v;
};

CRIA_INLINE Pairs load_pairs(const std::byte* p) { return {load_bytes(p)}; }
CRIA_INLINE void store_pairs(std::byte* p, Pairs x) { _mm512_store_si512(p, x.v); }

template <int kBits>
CRIA_INLINE Pairs shift_left(Pairs x) {
  return {_mm512_slli_epi16(x.v, kBits)};
}
template <int kBits>
CRIA_INLINE Pairs shift_right(Pairs x) {
  return {_mm512_srli_epi16(x.v, kBits)};
}
template <int kBits>
CRIA_INLINE Pairs shift_right_signed(Pairs x) {
  return {_mm512_srai_epi16(x.v, kBits)};
}

template <int kMask>
CRIA_INLINE Pairs keep(Pairs x) {
  return {_mm512_and_si512(x.v, _mm512_set1_epi16(kMask))};
}
CRIA_INLINE Pairs join(Pairs a, Pairs b) { return {_mm512_or_si512(a.v, b.v)}; }
template <int kNumber>
CRIA_INLINE Pairs subtract(Pairs x) {
  return {_mm512_sub_epi16(x.v, _mm512_set1_epi16(kNumber))};
}

CRIA_INLINE Pairs look_up(const int8_t (&table)[16], Pairs places) {
  const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
  return {_mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), places.v)};
}

// Adds the products with the pair of activations at `x`.
CRIA_INLINE IntLanes multiply_add(Pairs weights, const std::byte* x, IntLanes sum) {
  return {_mm512_dpwssd_epi32(sum.v, weights.v, broadcast_bits(x))};
}

}  // namespace
}  // namespace cria::ml::cpu
