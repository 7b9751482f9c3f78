#pragma once
// The sixteen rows of a packed tile in AVX2 registers: lane r of two vectors of eight belongs to
// row r. With AVX-VNNI, a pair of 16-bit products and their addition is one instruction. What the
// functions mean is said in tile_generic.h.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "ml/backend/cpu/kernels/inline.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/kernels/quantize_avx2.h"

namespace cria::ml::cpu {
namespace {

// How many tokens share the weights that are in registers: two accumulators for each of them, the
// weights and an activation take fifteen registers of sixteen.
constexpr int kMostQuantizedTokens = 6;
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

CRIA_INLINE Lanes load_bfloats(const std::byte* p) {
  const __m128i* bfloats = reinterpret_cast<const __m128i*>(p);
  const __m256i low = _mm256_cvtepu16_epi32(_mm_load_si128(bfloats));
  const __m256i high = _mm256_cvtepu16_epi32(_mm_load_si128(bfloats + 1));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(low, 16)),
          _mm256_castsi256_ps(_mm256_slli_epi32(high, 16))};
}

// The first and the second columns of sixteen pairs of bfloat16.
CRIA_INLINE Lanes load_even_bfloats(const std::byte* p) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(load_bytes(p), 16)),
          _mm256_castsi256_ps(_mm256_slli_epi32(load_bytes(p + 32), 16))};
}
CRIA_INLINE __m256 odd_bfloats(__m256i x) {
  // A mask would take a register, which the accumulators leave none for.
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_srli_epi32(x, 16), 16));
}
CRIA_INLINE Lanes load_odd_bfloats(const std::byte* p) {
  return {odd_bfloats(load_bytes(p)), odd_bfloats(load_bytes(p + 32))};
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

CRIA_INLINE IntLanes add(IntLanes a, IntLanes b) {
  return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
}

template <int kBits>
CRIA_INLINE IntLanes shift_left(IntLanes x) {
  return {_mm256_slli_epi32(x.low, kBits), _mm256_slli_epi32(x.high, kBits)};
}

CRIA_INLINE IntLanes broadcast_integer(const std::byte* p) {
  const __m256i x = broadcast_bits(p);
  return {x, x};
}

// Sixteen bytes.
CRIA_INLINE IntLanes load_unsigned_bytes(const std::byte* p) {
  return {_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))),
          _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + 8)))};
}
CRIA_INLINE IntLanes load_signed_bytes(const std::byte* p) {
  return {_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))),
          _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + 8)))};
}

CRIA_INLINE IntLanes low_four_bits(IntLanes x) {
  const __m256i mask = _mm256_set1_epi32(15);
  return {_mm256_and_si256(x.low, mask), _mm256_and_si256(x.high, mask)};
}
CRIA_INLINE IntLanes above_four_bits(IntLanes x) {
  return {_mm256_srli_epi32(x.low, 4), _mm256_srli_epi32(x.high, 4)};
}

// Two columns of each row, as 16-bit numbers.
struct Pairs {
  __m256i low, high;
};

CRIA_INLINE Pairs load_pairs(const std::byte* p) { return {load_bytes(p), load_bytes(p + 32)}; }
CRIA_INLINE void store_pairs(std::byte* p, Pairs x) {
  _mm256_store_si256(reinterpret_cast<__m256i*>(p), x.low);
  _mm256_store_si256(reinterpret_cast<__m256i*>(p + 32), x.high);
}

template <int kBits>
CRIA_INLINE Pairs shift_left(Pairs x) {
  return {_mm256_slli_epi16(x.low, kBits), _mm256_slli_epi16(x.high, kBits)};
}
template <int kBits>
CRIA_INLINE Pairs shift_right(Pairs x) {
  return {_mm256_srli_epi16(x.low, kBits), _mm256_srli_epi16(x.high, kBits)};
}
template <int kBits>
CRIA_INLINE Pairs shift_right_signed(Pairs x) {
  return {_mm256_srai_epi16(x.low, kBits), _mm256_srai_epi16(x.high, kBits)};
}

template <int kMask>
CRIA_INLINE Pairs keep(Pairs x) {
  const __m256i mask = _mm256_set1_epi16(kMask);
  return {_mm256_and_si256(x.low, mask), _mm256_and_si256(x.high, mask)};
}
CRIA_INLINE Pairs join(Pairs a, Pairs b) {
  return {_mm256_or_si256(a.low, b.low), _mm256_or_si256(a.high, b.high)};
}
template <int kNumber>
CRIA_INLINE Pairs subtract(Pairs x) {
  const __m256i number = _mm256_set1_epi16(kNumber);
  return {_mm256_sub_epi16(x.low, number), _mm256_sub_epi16(x.high, number)};
}

CRIA_INLINE Pairs look_up(const int8_t (&table)[16], Pairs places) {
  const __m256i values =
      _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)));
  return {_mm256_shuffle_epi8(values, places.low), _mm256_shuffle_epi8(values, places.high)};
}

CRIA_INLINE __m256i multiply_add(__m256i weights, __m256i pair, __m256i sum) {
#ifdef __AVXVNNI__
  return _mm256_dpwssd_avx_epi32(sum, weights, pair);
#else
  return _mm256_add_epi32(sum, _mm256_madd_epi16(weights, pair));
#endif
}

// Adds the products with the pair of activations at `x`.
CRIA_INLINE IntLanes multiply_add(Pairs weights, const std::byte* x, IntLanes sum) {
  const __m256i pair = broadcast_bits(x);
  return {multiply_add(weights.low, pair, sum.low), multiply_add(weights.high, pair, sum.high)};
}

}  // namespace
}  // namespace cria::ml::cpu
