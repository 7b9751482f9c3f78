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

CRIA_INLINE IntLanes zero_integers() {
  IntLanes out;
  each_quarter([&](int i) { out.v[i] = vdupq_n_s32(0); });
  return out;
}

CRIA_INLINE IntLanes add(IntLanes a, IntLanes b) {
  each_quarter([&](int i) { a.v[i] = vaddq_s32(a.v[i], b.v[i]); });
  return a;
}

template <int kBits>
CRIA_INLINE IntLanes shift_left(IntLanes x) {
  each_quarter([&](int i) { x.v[i] = vshlq_n_s32(x.v[i], kBits); });
  return x;
}

CRIA_INLINE IntLanes broadcast_integer(const std::byte* p) {
  int32_t x;
  __builtin_memcpy(&x, p, sizeof(x));
  const int32x4_t v = vdupq_n_s32(x);
  return {{v, v, v, v}};
}

// Sixteen bytes.
CRIA_INLINE IntLanes load_unsigned_bytes(const std::byte* p) {
  const uint8x16_t bytes = vld1q_u8(reinterpret_cast<const uint8_t*>(p));
  const int16x8_t low = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes)));
  const int16x8_t high = vreinterpretq_s16_u16(vmovl_high_u8(bytes));
  return {{vmovl_s16(vget_low_s16(low)), vmovl_high_s16(low), vmovl_s16(vget_low_s16(high)),
           vmovl_high_s16(high)}};
}
CRIA_INLINE IntLanes load_signed_bytes(const std::byte* p) {
  const int8x16_t bytes = vld1q_s8(reinterpret_cast<const int8_t*>(p));
  const int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_high_s8(bytes);
  return {{vmovl_s16(vget_low_s16(low)), vmovl_high_s16(low), vmovl_s16(vget_low_s16(high)),
           vmovl_high_s16(high)}};
}

CRIA_INLINE IntLanes low_four_bits(IntLanes x) {
  each_quarter([&](int i) { x.v[i] = vandq_s32(x.v[i], vdupq_n_s32(15)); });
  return x;
}
CRIA_INLINE IntLanes above_four_bits(IntLanes x) {
  each_quarter([&](int i) { x.v[i] = vshrq_n_s32(x.v[i], 4); });
  return x;
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

CRIA_INLINE int32_t round_half_block(const float* x, float factor, int16_t* quants) {
  const int8x8_t order = {0, 1, 4, 5, 2, 3, 6, 7};
  int32x4_t sum = vdupq_n_s32(0);
#pragma GCC unroll 4
  for (int i = 0; i < kBlock / 2; i += 4) {
    const int32x4_t whole = vcvtnq_s32_f32(vmulq_n_f32(vld1q_f32(x + i), factor));
    sum = vaddq_s32(sum, whole);
    const int8x8_t bytes = vreinterpret_s8_s16(vmovn_s32(whole));
    vst1_s16(quants + i, vreinterpret_s16_s8(vtbl1_s8(bytes, order)));
  }
  return vaddvq_s32(sum);
}

// The first and the second words of each row apart, eight rows to a vector, so that products need
// no sums across lanes. Loading and storing take care of that.
struct Pairs {
  uint16x8x2_t v[2];
};

CRIA_INLINE Pairs load_pairs(const std::byte* p) {
  const auto* words = reinterpret_cast<const uint16_t*>(p);
  return {{vld2q_u16(words), vld2q_u16(words + 16)}};
}
CRIA_INLINE void store_pairs(std::byte* p, Pairs x) {
  auto* words = reinterpret_cast<uint16_t*>(p);
  vst2q_u16(words, x.v[0]);
  vst2q_u16(words + 16, x.v[1]);
}

// Applies a function to each vector of words.
template <class Function>
CRIA_INLINE Pairs map_words(Pairs x, Function function) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    uint16x8_t& words = x.v[i / 2].val[i % 2];
    words = function(words);
  }
  return x;
}

template <int kBits>
CRIA_INLINE Pairs shift_left(Pairs x) {
  return map_words(x, [](uint16x8_t words) { return vshlq_n_u16(words, kBits); });
}
template <int kBits>
CRIA_INLINE Pairs shift_right(Pairs x) {
  return map_words(x, [](uint16x8_t words) {
    if constexpr (kBits > 0) words = vshrq_n_u16(words, kBits);
    return words;
  });
}
template <int kBits>
CRIA_INLINE Pairs shift_right_signed(Pairs x) {
  return map_words(x, [](uint16x8_t words) {
    int16x8_t numbers = vreinterpretq_s16_u16(words);
    if constexpr (kBits > 0) numbers = vshrq_n_s16(numbers, kBits);
    return vreinterpretq_u16_s16(numbers);
  });
}

template <int kMask>
CRIA_INLINE Pairs keep(Pairs x) {
  return map_words(x, [](uint16x8_t words) {
    return vandq_u16(words, vdupq_n_u16(static_cast<uint16_t>(kMask)));
  });
}
CRIA_INLINE Pairs join(Pairs a, Pairs b) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    uint16x8_t& words = a.v[i / 2].val[i % 2];
    words = vorrq_u16(words, b.v[i / 2].val[i % 2]);
  }
  return a;
}
template <int kNumber>
CRIA_INLINE Pairs subtract(Pairs x) {
  return map_words(x, [](uint16x8_t words) {
    return vsubq_u16(words, vdupq_n_u16(static_cast<uint16_t>(kNumber)));
  });
}

CRIA_INLINE Pairs look_up(const int8_t (&table)[16], Pairs places) {
  const uint8x16_t values = vld1q_u8(reinterpret_cast<const uint8_t*>(table));
  return map_words(places, [values](uint16x8_t words) {
    return vreinterpretq_u16_u8(vqtbl1q_u8(values, vreinterpretq_u8_u16(words)));
  });
}

// Adds the products with the pair of activations at `x`.
CRIA_INLINE IntLanes multiply_add(Pairs weights, const std::byte* x, IntLanes sum) {
  int16_t pair[2];
  __builtin_memcpy(pair, x, sizeof(pair));
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const int16x8_t words = vreinterpretq_s16_u16(weights.v[i / 2].val[i % 2]);
    int32x4_t &low = sum.v[i / 2 * 2], &high = sum.v[i / 2 * 2 + 1];
    low = vmlal_n_s16(low, vget_low_s16(words), pair[i % 2]);
    high = vmlal_high_n_s16(high, words, pair[i % 2]);
  }
  return sum;
}

}  // namespace
}  // namespace cria::ml::cpu
