#pragma once
// A vector of four floats in NEON, as every 64-bit Arm processor has it. What the functions mean is
// said in vec_generic.h.

#include <arm_neon.h>

#include <cstdint>

namespace cria::ml::cpu {
namespace {

constexpr int64_t kLanes = 4;
constexpr int kAccumulators = 24;
constexpr int kRowsAtOnce = 4;

struct Vec {
  float32x4_t v;
};

inline Vec operator+(Vec a, Vec b) { return {vaddq_f32(a.v, b.v)}; }
inline Vec operator-(Vec a, Vec b) { return {vsubq_f32(a.v, b.v)}; }
inline Vec operator*(Vec a, Vec b) { return {vmulq_f32(a.v, b.v)}; }
inline Vec operator/(Vec a, Vec b) { return {vdivq_f32(a.v, b.v)}; }
inline Vec fma(Vec a, Vec b, Vec c) { return {vfmaq_f32(c.v, a.v, b.v)}; }

inline Vec splat(float x) { return {vdupq_n_f32(x)}; }

// The instructions of these names give NaN where one of them is.
inline Vec max(Vec a, Vec b) { return {vbslq_f32(vcgtq_f32(a.v, b.v), a.v, b.v)}; }
inline Vec min(Vec a, Vec b) { return {vbslq_f32(vcltq_f32(a.v, b.v), a.v, b.v)}; }
inline Vec where_negative(Vec x, Vec a, Vec b) { return {vbslq_f32(vcltzq_f32(x.v), a.v, b.v)}; }
inline Vec sqrt(Vec a) { return {vsqrtq_f32(a.v)}; }
inline Vec round(Vec x) { return {vrndnq_f32(x.v)}; }

inline Vec scale_by_power(Vec x, Vec n) {
  const int32x4_t bias = vdupq_n_s32(127);
  const int32x4_t power = vcvtq_s32_f32(n.v);
  const int32x4_t half = vshrq_n_s32(power, 1);
  const int32x4_t rest = vsubq_s32(power, half);
  const float32x4_t first = vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(half, bias), 23));
  const float32x4_t second = vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(rest, bias), 23));
  return {vmulq_f32(vmulq_f32(x.v, first), second)};
}

inline Vec low_bits_as_exponent(Vec x) {
  return {vreinterpretq_f32_s32(vshlq_n_s32(vreinterpretq_s32_f32(x.v), 23))};
}

inline Vec load(const float* p) { return {vld1q_f32(p)}; }
inline void store(float* p, Vec x) { vst1q_f32(p, x.v); }

inline Vec load(const uint16_t* p) { return {vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)))}; }
inline void store(uint16_t* p, Vec x) { vst1_u16(p, vreinterpret_u16_f16(vcvt_f16_f32(x.v))); }

inline Vec load_bfloats(const uint16_t* p) {
  return {vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(p), 16))};
}
inline Vec load(const int8_t* p) {
  int8_t bytes[8] = {};
  __builtin_memcpy(bytes, p, 4);
  return {vcvtq_f32_s32(vmovl_s16(vget_low_s16(vmovl_s8(vld1_s8(bytes)))))};
}
inline Vec splat_half(const uint16_t* p) {
  return {vcvt_f32_f16(vreinterpret_f16_u16(vld1_dup_u16(p)))};
}

inline Vec load_twice(const float* p) {
  const float32x2_t two = vld1_f32(p);
  return {vcombine_f32(vdup_lane_f32(two, 0), vdup_lane_f32(two, 1))};
}
inline Vec swap_pairs(Vec x) { return {vrev64q_f32(x.v)}; }

inline float sum(Vec x) {
  const float32x2_t two = vadd_f32(vget_low_f32(x.v), vget_high_f32(x.v));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}
inline float largest(Vec x) {
  const Vec pairs = max(x, {vextq_f32(x.v, x.v, 2)});
  return vgetq_lane_f32(max(pairs, swap_pairs(pairs)).v, 0);
}

}  // namespace
}  // namespace cria::ml::cpu
