#pragma once
// Steps of quantize_row for processors with AVX2, those with AVX-512 included.

#ifndef CRIA_AVX512_EMULATED
#include <immintrin.h>
#endif

#include <cstdint>

#include "ml/backend/cpu/kernels/inline.h"
#include "ml/backend/cpu/kernels/pack.h"

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

// quants = x * factor to the nearest integer, of ties the even one, in the order of
// ActivationBlock, for half a block; returns their sum.
CRIA_INLINE int32_t round_half_block(const float* x, float factor, int16_t* quants) {
  const __m256 factors = _mm256_set1_ps(factor);
  const __m256i order = _mm256_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15,  //
                                         0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
  const __m256i a = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x), factors));
  const __m256i b = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8), factors));
  // Packing works within halves of a register: quarters come out as 0 2 1 3.
  const __m256i packed = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(quants), _mm256_shuffle_epi8(packed, order));
  const __m256i total = _mm256_add_epi32(a, b);
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(total), _mm256_extracti128_si256(total, 1));
  half = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 1));
  return _mm_cvtsi128_si32(half);
}

}  // namespace
}  // namespace cria::ml::cpu
