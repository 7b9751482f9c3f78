#pragma once
// A vector of sixteen floats in AVX-512 (F and DQ). What the functions mean is said in
// vec_generic.h.

#ifndef CRIA_AVX512_EMULATED
#include <immintrin.h>
#endif

#include <cstdint>

namespace cria::ml::cpu {
namespace {

constexpr int64_t kLanes = 16;
constexpr int kAccumulators = 24;
constexpr int kRowsAtOnce = 6;

struct Vec {
  __m512 v;
};

inline Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }

inline Vec splat(float x) { return {_mm512_set1_ps(x)}; }

inline Vec max(Vec a, Vec b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Vec min(Vec a, Vec b) { return {_mm512_min_ps(a.v, b.v)}; }
inline Vec where_negative(Vec x, Vec a, Vec b) {
  return {_mm512_mask_mov_ps(b.v, _mm512_cmp_ps_mask(x.v, _mm512_setzero_ps(), _CMP_LT_OQ), a.v)};
}
inline Vec sqrt(Vec a) { return {_mm512_sqrt_ps(a.v)}; }
inline Vec round(Vec x) { return {_mm512_roundscale_ps(x.v, _MM_FROUND_TO_NEAREST_INT)}; }
inline Vec scale_by_power(Vec x, Vec n) { return {_mm512_scalef_ps(x.v, n.v)}; }

inline Vec low_bits_as_exponent(Vec x) {
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(x.v), 23))};
}

inline Vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
inline void store(float* p, Vec x) { _mm512_storeu_ps(p, x.v); }

inline Vec load(const uint16_t* p) {
  return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
}
inline void store(uint16_t* p, Vec x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                      _mm512_cvtps_ph(x.v, _MM_FROUND_TO_NEAREST_INT));
}

inline Vec load_bfloats(const uint16_t* p) {
  const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16))};
}
inline Vec load(const int8_t* p) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes))};
}
inline Vec splat_half(const uint16_t* p) {
  return {_mm512_broadcastss_ps(_mm_cvtph_ps(_mm_cvtsi32_si128(*p)))};
}

inline Vec load_twice(const float* p) {
  const __m512i twice = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
  return {_mm512_permutexvar_ps(twice, _mm512_castps256_ps512(_mm256_loadu_ps(p)))};
}
inline Vec swap_pairs(Vec x) { return {_mm512_shuffle_ps(x.v, x.v, 0xb1)}; }

inline float sum(Vec x) {
  const __m512 eight = _mm512_add_ps(x.v, _mm512_shuffle_f32x4(x.v, x.v, 0x4e));
  const __m512 four = _mm512_add_ps(eight, _mm512_shuffle_f32x4(eight, eight, 0xb1));
  const __m512 two = _mm512_add_ps(four, _mm512_shuffle_ps(four, four, 0x4e));
  return _mm512_cvtss_f32(_mm512_add_ps(two, _mm512_shuffle_ps(two, two, 0xb1)));
}
inline float largest(Vec x) {
  const __m512 eight = _mm512_max_ps(x.v, _mm512_shuffle_f32x4(x.v, x.v, 0x4e));
  const __m512 four = _mm512_max_ps(eight, _mm512_shuffle_f32x4(eight, eight, 0xb1));
  const __m512 two = _mm512_max_ps(four, _mm512_shuffle_ps(four, four, 0x4e));
  return _mm512_cvtss_f32(_mm512_max_ps(two, _mm512_shuffle_ps(two, two, 0xb1)));
}

}  // namespace
}  // namespace cria::ml::cpu
