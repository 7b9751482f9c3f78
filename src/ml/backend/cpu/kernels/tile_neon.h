#pragma once
// The sixteen rows of a packed tile in NEON registers, four rows to a vector of 32-bit lanes. What
// the functions mean is said in tile_generic.h.

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "ml/backend/cpu/kernels/inline.h"
#include "ml/backend/cpu/kernels/pack.h"

namespace cria::ml::cpu {
namespace {

constexpr int kMostQuantizedTokens = 4;
constexpr int kMostFloatTokens = 5;
constexpr int kFloatAccumulators = 5;

constexpr int kQuarters = 4;  // of the rows, a vector each

struct Lanes {
  float32x4_t v[kQuarters];
};
struct IntLanes {
  int32x4_t v[kQuarters];
};

// Calls use(i) for each quarter.
template <class Use>
CRIA_INLINE void each_quarter(Use use) {
#pragma GCC unroll 4
  for (int i = 0; i < kQuarters; ++i) use(i);
}

CRIA_INLINE Lanes zero_lanes() {
  Lanes out;
  each_quarter([&](int i) { out.v[i] = vdupq_n_f32(0); });
  return out;
}

CRIA_INLINE Lanes broadcast_float(const std::byte* p) {
  float x;
  __builtin_memcpy(&x, p, sizeof(x));
  Lanes out;
  each_quarter([&](int i) { out.v[i] = vdupq_n_f32(x); });
  return out;
}

CRIA_INLINE Lanes load_floats(const float* p) {
  Lanes out;
  each_quarter([&](int i) { out.v[i] = vld1q_f32(p + 4 * i); });
  return out;
}

CRIA_INLINE void store_floats(float* p, Lanes x) {
  each_quarter([&](int i) { vst1q_f32(p + 4 * i, x.v[i]); });
}

CRIA_INLINE Lanes load_halves(const std::byte* p) {
  Lanes out;
  each_quarter([&](int i) {
    const uint16x4_t halves = vld1_u16(reinterpret_cast<const uint16_t*>(p) + 4 * i);
    out.v[i] = vcvt_f32_f16(vreinterpret_f16_u16(halves));
  });
  return out;
}

CRIA_INLINE Lanes load_bfloats(const std::byte* p) {
  Lanes out;
  each_quarter([&](int i) {
    const uint16x4_t bfloats = vld1_u16(reinterpret_cast<const uint16_t*>(p) + 4 * i);
    out.v[i] = vreinterpretq_f32_u32(vshll_n_u16(bfloats, 16));
  });
  return out;
}

// The first and the second columns of sixteen pairs of bfloat16.
CRIA_INLINE Lanes load_even_bfloats(const std::byte* p) {
  Lanes out;
  each_quarter([&](int i) {
    const uint32x4_t pairs = vld1q_u32(reinterpret_cast<const uint32_t*>(p) + 4 * i);
    out.v[i] = vreinterpretq_f32_u32(vshlq_n_u32(pairs, 16));
  });
  return out;
}
CRIA_INLINE Lanes load_odd_bfloats(const std::byte* p) {
  Lanes out;
  each_quarter([&](int i) {
    const uint32x4_t pairs = vld1q_u32(reinterpret_cast<const uint32_t*>(p) + 4 * i);
    out.v[i] = vreinterpretq_f32_u32(vandq_u32(pairs, vdupq_n_u32(0xffff0000u)));
  });
  return out;
}

CRIA_INLINE Lanes add(Lanes a, Lanes b) {
  each_quarter([&](int i) { a.v[i] = vaddq_f32(a.v[i], b.v[i]); });
  return a;
}

CRIA_INLINE Lanes multiply(Lanes a, Lanes b) {
  each_quarter([&](int i) { a.v[i] = vmulq_f32(a.v[i], b.v[i]); });
  return a;
}

CRIA_INLINE Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
  each_quarter([&](int i) { c.v[i] = vfmaq_f32(c.v[i], a.v[i], b.v[i]); });
  return c;
}

CRIA_INLINE Lanes to_float(IntLanes x) {
  Lanes out;
  each_quarter([&](int i) { out.v[i] = vcvtq_f32_s32(x.v[i]); });
  return out;
}

CRIA_INLINE IntLanes broadcast_integer(const std::byte* p) {
  int32_t x;
  __builtin_memcpy(&x, p, sizeof(x));
  IntLanes out;
  each_quarter([&](int i) { out.v[i] = vdupq_n_s32(x); });
  return out;
}

CRIA_INLINE IntLanes zero_integers() {
  IntLanes out;
  each_quarter([&](int i) { out.v[i] = vdupq_n_s32(0); });
  return out;
}

CRIA_INLINE float largest_magnitude(const float* x) {
  uint32x4_t largest = vdupq_n_u32(0);
#pragma GCC unroll 8
  for (int i = 0; i < kBlock; i += 4) {
    const uint32x4_t bits = vreinterpretq_u32_f32(vld1q_f32(x + i));
    largest = vmaxq_u32(largest, vandq_u32(bits, vdupq_n_u32(0x7fffffffu)));
  }
  const uint32_t bits = vmaxvq_u32(largest);
  float out;
  __builtin_memcpy(&out, &bits, sizeof(out));
  return out;
}

CRIA_INLINE int32_t round_block(const float* x, float factor, int16_t* quants) {
  const uint8x8_t order = {0, 1, 4, 5, 2, 3, 6, 7};
  int32x4_t sum = vdupq_n_s32(0);
#pragma GCC unroll 8
  for (int i = 0; i < kBlock; i += 4) {
    const int32x4_t whole = vcvtnq_s32_f32(vmulq_n_f32(vld1q_f32(x + i), factor));
    sum = vaddq_s32(sum, whole);
    const int8x8_t bytes = vreinterpret_s8_s16(vmovn_s32(whole));
    vst1_s16(quants + i, vreinterpret_s16_s8(vtbl1_s8(bytes, vreinterpret_s8_u8(order))));
  }
  return vaddvq_s32(sum);
}

// Two columns of each row, as 16-bit numbers: the first columns of eight rows and of the other
// eight, and the second ones.
struct Pairs {
  int16x8_t first[2], second[2];
};

// Applies a function to all words of [16 rows][2 words].
template <class Function>
CRIA_INLINE Pairs map_words(const std::byte* p, Function function) {
  Pairs out;
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    const uint16x8x2_t words = vld2q_u16(reinterpret_cast<const uint16_t*>(p) + 16 * i);
    out.first[i] = function(words.val[0]);
    out.second[i] = function(words.val[1]);
  }
  return out;
}

// The 4-bit numbers at bits kShift .. kShift + 3 of 16.
template <int kShift>
CRIA_INLINE Pairs load_nibbles(const std::byte* p) {
  return map_words(p, [](uint16x8_t x) {
    if constexpr (kShift > 0) x = vshrq_n_u16(x, kShift);
    return vreinterpretq_s16_u16(vandq_u16(x, vdupq_n_u16(15)));
  });
}

CRIA_INLINE Pairs load_even_bytes(const std::byte* p) {
  return map_words(
      p, [](uint16x8_t x) { return vshrq_n_s16(vreinterpretq_s16_u16(vshlq_n_u16(x, 8)), 8); });
}
CRIA_INLINE Pairs load_odd_bytes(const std::byte* p) {
  return map_words(p, [](uint16x8_t x) { return vshrq_n_s16(vreinterpretq_s16_u16(x), 8); });
}

// Adds the products with the pair of activations at `x`.
CRIA_INLINE IntLanes multiply_add(const Pairs& weights, const std::byte* x, IntLanes sum) {
  int16_t pair[2];
  __builtin_memcpy(pair, x, sizeof(pair));
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    int32x4_t &low = sum.v[2 * i], &high = sum.v[2 * i + 1];
    low = vmlal_n_s16(low, vget_low_s16(weights.first[i]), pair[0]);
    high = vmlal_n_s16(high, vget_high_s16(weights.first[i]), pair[0]);
    low = vmlal_n_s16(low, vget_low_s16(weights.second[i]), pair[1]);
    high = vmlal_n_s16(high, vget_high_s16(weights.second[i]), pair[1]);
  }
  return sum;
}

}  // namespace
}  // namespace cria::ml::cpu
