#pragma once
// Steps of quantize_row for processors with AVX2, those with AVX-512 included.

#ifndef CRIA_AVX512_EMULATED
#include <immintrin.h>
#endif

#include <cstdint>

#include "ml/backend/cpu/kernels/inline.h"

namespace cria::ml::cpu {
namespace {

// The largest magnitude of a block of activations; NaN if there is one. Bit patterns without the
// sign compare like the values, and NaN above infinity.
CRIA_INLINE float largest_magnitude(const float* x) {
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
  __m256i largest = _mm256_setzero_si256();
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i)
    largest = _mm256_max_epi32(
        largest, _mm256_and_si256(_mm256_castps_si256(_mm256_loadu_ps(x + 8 * i)), magnitude));
  __m128i half =
      _mm_max_epi32(_mm256_castsi256_si128(largest), _mm256_extracti128_si256(largest, 1));
  half = _mm_max_epi32(half, _mm_unpackhi_epi64(half, half));
  half = _mm_max_epi32(half, _mm_shuffle_epi32(half, 1));
  return _mm_cvtss_f32(_mm_castsi128_ps(half));
}

// Packs 32 integers to bytes.
CRIA_INLINE void store_bytes(const __m256i (&whole)[4], int8_t* out) {
  // Packing works within halves of a register, so the parts of four come out in the order 0 2 4 6 1
  // 3 5 7.
  const __m256i packed = _mm256_packs_epi16(_mm256_packs_epi32(whole[0], whole[1]),
                                            _mm256_packs_epi32(whole[2], whole[3]));
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_permutevar8x32_epi32(packed, order));
}

// 256 * high + low = x * factor to the nearest integer, of ties the even one, or one more where the
// low digit would be -128; returns their sum.
CRIA_INLINE int32_t split_block(const float* x, float factor, int8_t* high, int8_t* low) {
  __m256i upper[4], lower[4];
  __m256i total = _mm256_setzero_si256();
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const __m256i whole =
        _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8 * i), _mm256_set1_ps(factor)));
    upper[i] = _mm256_srai_epi32(_mm256_add_epi32(whole, _mm256_set1_epi32(128)), 8);
    const __m256i shifted = _mm256_slli_epi32(upper[i], 8);
    lower[i] = _mm256_max_epi32(_mm256_sub_epi32(whole, shifted), _mm256_set1_epi32(-127));
    total = _mm256_add_epi32(total, _mm256_add_epi32(shifted, lower[i]));
  }
  store_bytes(upper, high);
  store_bytes(lower, low);
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(total), _mm256_extracti128_si256(total, 1));
  half = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 1));
  return _mm_cvtsi128_si32(half);
}

}  // namespace
}  // namespace cria::ml::cpu
