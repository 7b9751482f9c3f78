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

// quants = x * factor to the nearest integer, of ties the even one; returns their sum.
CRIA_INLINE int32_t round_block(const float* x, float factor, int8_t* quants) {
  __m256i whole[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i)
    whole[i] =
        _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8 * i), _mm256_set1_ps(factor)));
  const __m256i total =
      _mm256_add_epi32(_mm256_add_epi32(whole[0], whole[1]), _mm256_add_epi32(whole[2], whole[3]));
  // Packing works within halves of a register, so the parts of four come out in the order 0 2 4 6 1
  // 3 5 7.
  const __m256i packed = _mm256_packs_epi16(_mm256_packs_epi32(whole[0], whole[1]),
                                            _mm256_packs_epi32(whole[2], whole[3]));
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(quants),
                      _mm256_permutevar8x32_epi32(packed, order));
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(total), _mm256_extracti128_si256(total, 1));
  half = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 1));
  return _mm_cvtsi128_si32(half);
}

}  // namespace
}  // namespace cria::ml::cpu
