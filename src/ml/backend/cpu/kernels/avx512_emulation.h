#pragma once
// AVX-512 in terms of whatever the machine has, by SIMDe, so that its kernels can be tested
// everywhere. Tests only.

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>

// What SIMDe 0.7.4 lacks, or has wrong.
namespace cria::ml::cpu {
namespace {

inline simde__m512 emulated_cvtph_ps(simde__m256i halves) {
  const simde__m256 low = simde_mm256_cvtph_ps(simde_mm256_extracti128_si256(halves, 0));
  const simde__m256 high = simde_mm256_cvtph_ps(simde_mm256_extracti128_si256(halves, 1));
  simde__m512 result;
  __builtin_memcpy(&result, &low, 32);
  __builtin_memcpy(reinterpret_cast<char*>(&result) + 32, &high, 32);
  return result;
}

inline simde__m256i emulated_cvtps_ph(simde__m512 floats) {
  simde__m256 parts[2];
  __builtin_memcpy(parts, &floats, 64);
  const simde__m128i low = simde_mm256_cvtps_ph(parts[0], SIMDE_MM_FROUND_TO_NEAREST_INT);
  const simde__m128i high = simde_mm256_cvtps_ph(parts[1], SIMDE_MM_FROUND_TO_NEAREST_INT);
  return simde_mm256_set_m128i(high, low);
}

inline simde__m512 emulated_cvtepi32_ps(simde__m512i x) {
  simde__m256i parts[2];
  __builtin_memcpy(parts, &x, 64);
  const simde__m256 floats[2] = {simde_mm256_cvtepi32_ps(parts[0]),
                                 simde_mm256_cvtepi32_ps(parts[1])};
  simde__m512 result;
  __builtin_memcpy(&result, floats, 64);
  return result;
}

inline simde__m512i emulated_cvtepu16_epi32(simde__m256i x) {
  const simde__m256i parts[2] = {simde_mm256_cvtepu16_epi32(simde_mm256_extracti128_si256(x, 0)),
                                 simde_mm256_cvtepu16_epi32(simde_mm256_extracti128_si256(x, 1))};
  simde__m512i result;
  __builtin_memcpy(&result, parts, 64);
  return result;
}

inline simde__m512i emulated_cvtepi8_epi32(simde__m128i x) {
  const simde__m256i parts[2] = {simde_mm256_cvtepi8_epi32(x),
                                 simde_mm256_cvtepi8_epi32(simde_mm_unpackhi_epi64(x, x))};
  simde__m512i result;
  __builtin_memcpy(&result, parts, 64);
  return result;
}

inline float emulated_cvtss_f32(simde__m512 x) {
  float first;
  __builtin_memcpy(&first, &x, sizeof first);
  return first;
}

// SIMDe multiplies by 2^n, which may be infinite or 0 where the result is not.
inline simde__m512 emulated_scalef_ps(simde__m512 x, simde__m512 n) {
  float values[16], powers[16];
  simde_mm512_storeu_ps(values, x);
  simde_mm512_storeu_ps(powers, n);
  for (int i = 0; i < 16; ++i) {
    const bool is_number = powers[i] == powers[i];
    values[i] = is_number ? __builtin_ldexpf(values[i], static_cast<int>(powers[i])) : powers[i];
  }
  return simde_mm512_loadu_ps(values);
}

}  // namespace
}  // namespace cria::ml::cpu

#undef _mm512_cvtepi32_ps
#undef _mm512_cvtepi8_epi32
#undef _mm512_cvtepu16_epi32
#undef _mm512_cvtph_ps
#undef _mm512_cvtps_ph
#undef _mm512_cvtss_f32
#undef _mm512_scalef_ps
#undef _mm512_shuffle_f32x4
#define _mm512_cvtepi32_ps(x) emulated_cvtepi32_ps(x)
#define _mm512_cvtepi8_epi32(x) emulated_cvtepi8_epi32(x)
#define _mm512_cvtepu16_epi32(x) emulated_cvtepu16_epi32(x)
#define _mm512_cvtph_ps(halves) emulated_cvtph_ps(halves)
#define _mm512_cvtps_ph(floats, rounding) emulated_cvtps_ph(floats)
#define _mm512_cvtss_f32(x) emulated_cvtss_f32(x)
#define _mm512_shuffle_f32x4(a, b, order) simde_mm512_shuffle_f32x4(a, b, order)
#define _mm512_scalef_ps(x, n) emulated_scalef_ps(x, n)
