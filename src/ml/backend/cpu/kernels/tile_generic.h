#pragma once
// The sixteen rows of a packed tile in plain C++, for every other processor: the compiler
// vectorises over the rows as far as its target goes.
//
// What a tile_<isa>.h gives to matmul*.inl and quantize.inl is what is here: three constants, three
// types that hold something of every row, and functions on them, which mean the same on every
// instruction set. Pointers into tiles are aligned to what is loaded, those to activations and
// results are not.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ml/backend/cpu/kernels/inline.h"
#include "ml/backend/cpu/kernels/pack.h"

namespace cria::ml::cpu {
namespace {

// How many tokens share the weights that are in registers.
constexpr int kMostQuantizedTokens = 2;
constexpr int kMostFloatTokens = 2;
// Accumulators (of a tile and a token each) wanted of a float kernel with few tokens: enough to
// hide the latency of a multiply-add.
constexpr int kFloatAccumulators = 1;

// A float of each row.
struct Lanes {
  float v[kTileRows];
};
// A 32-bit integer of each row.
struct IntLanes {
  int32_t v[kTileRows];
};

CRIA_INLINE Lanes zero_lanes() { return {}; }

CRIA_INLINE Lanes broadcast_float(const std::byte* p) {
  Lanes out;
  std::memcpy(out.v, p, sizeof(float));
  for (float& v : out.v) v = out.v[0];
  return out;
}

CRIA_INLINE Lanes load_floats(const float* p) {
  Lanes out;
  std::memcpy(out.v, p, sizeof(out.v));
  return out;
}

CRIA_INLINE void store_floats(float* p, const Lanes& x) { std::memcpy(p, x.v, sizeof(x.v)); }

// The float in the bits of `x`.
CRIA_INLINE float float_of(uint32_t x) {
  float out;
  std::memcpy(&out, &x, sizeof(out));
  return out;
}

CRIA_INLINE uint32_t bits_of(float x) {
  uint32_t out;
  std::memcpy(&out, &x, sizeof(out));
  return out;
}

// Without branches. Multiplying by 2^112 moves the exponent from a half's bias to a float's and
// makes subnormal halves normal floats; infinities and NaNs need the largest exponent besides.
CRIA_INLINE float half_to_float(uint16_t half) {
  const uint32_t magnitude = half & 0x7fffu;
  const uint32_t special = magnitude >= 0x7c00u ? 0x7f800000u : 0u;
  const uint32_t bits = bits_of(float_of(magnitude << 13) * 0x1p112f) | special;
  return float_of(bits | static_cast<uint32_t>(half & 0x8000u) << 16);
}

CRIA_INLINE Lanes load_halves(const std::byte* p) {
  uint16_t halves[kTileRows];
  std::memcpy(halves, p, sizeof(halves));
  Lanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = half_to_float(halves[r]);
  return out;
}

CRIA_INLINE Lanes load_bfloats(const std::byte* p) {
  uint16_t bfloats[kTileRows];
  std::memcpy(bfloats, p, sizeof(bfloats));
  Lanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = float_of(static_cast<uint32_t>(bfloats[r]) << 16);
  return out;
}

// The first and the second columns of sixteen pairs of bfloat16.
CRIA_INLINE Lanes load_even_bfloats(const std::byte* p) {
  uint32_t pairs[kTileRows];
  std::memcpy(pairs, p, sizeof(pairs));
  Lanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = float_of(pairs[r] << 16);
  return out;
}
CRIA_INLINE Lanes load_odd_bfloats(const std::byte* p) {
  uint32_t pairs[kTileRows];
  std::memcpy(pairs, p, sizeof(pairs));
  Lanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = float_of(pairs[r] & 0xffff0000u);
  return out;
}

CRIA_INLINE Lanes add(const Lanes& a, const Lanes& b) {
  Lanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = a.v[r] + b.v[r];
  return out;
}

CRIA_INLINE Lanes multiply(const Lanes& a, const Lanes& b) {
  Lanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = a.v[r] * b.v[r];
  return out;
}

CRIA_INLINE Lanes multiply_add(const Lanes& a, const Lanes& b, const Lanes& c) {
  Lanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = c.v[r] + a.v[r] * b.v[r];
  return out;
}

CRIA_INLINE Lanes to_float(const IntLanes& x) {
  Lanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = static_cast<float>(x.v[r]);
  return out;
}

CRIA_INLINE IntLanes zero_integers() { return {}; }

CRIA_INLINE IntLanes add(const IntLanes& a, const IntLanes& b) {
  IntLanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = a.v[r] + b.v[r];
  return out;
}

template <int kBits>
CRIA_INLINE IntLanes shift_left(IntLanes x) {
  for (int32_t& v : x.v) v = static_cast<int32_t>(static_cast<uint32_t>(v) << kBits);
  return x;
}

CRIA_INLINE IntLanes broadcast_integer(const std::byte* p) {
  IntLanes out;
  std::memcpy(out.v, p, sizeof(int32_t));
  for (int32_t& v : out.v) v = out.v[0];
  return out;
}

// Sixteen bytes.
CRIA_INLINE IntLanes load_unsigned_bytes(const std::byte* p) {
  IntLanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = static_cast<uint8_t>(p[r]);
  return out;
}
CRIA_INLINE IntLanes load_signed_bytes(const std::byte* p) {
  IntLanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = static_cast<int8_t>(p[r]);
  return out;
}

// The lowest four bits and those above, of integers that are not negative.
CRIA_INLINE IntLanes low_four_bits(const IntLanes& x) {
  IntLanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = x.v[r] & 15;
  return out;
}
CRIA_INLINE IntLanes above_four_bits(const IntLanes& x) {
  IntLanes out;
  for (int r = 0; r < kTileRows; ++r) out.v[r] = x.v[r] >> 4;
  return out;
}

// The largest magnitude of a block of activations; NaN if there is one. Bit patterns without the
// sign compare like the values, and NaN above infinity.
CRIA_INLINE float largest_magnitude(const float* x) {
  uint32_t largest = 0;
  for (int i = 0; i < kBlock; ++i) {
    const uint32_t magnitude = bits_of(x[i]) & 0x7fffffffu;
    largest = magnitude > largest ? magnitude : largest;
  }
  return float_of(largest);
}

// quants = x * factor to the nearest integer, of ties the even one, in the order of
// ActivationBlock, for half a block; returns their sum. Adding 1.5 * 2^23 leaves no bits for
// fractions, and the integer in the lowest ones.
CRIA_INLINE int32_t round_half_block(const float* x, float factor, int16_t* quants) {
  constexpr int kOrder[] = {0, 2, 1, 3};
  int32_t sum = 0;
  for (int i = 0; i < kBlock / 2; ++i) {
    const float shifted = x[i / 4 * 4 + kOrder[i % 4]] * factor + 0x1.8p23f;
    const int32_t whole = static_cast<int32_t>(bits_of(shifted) - bits_of(0x1.8p23f));
    quants[i] = static_cast<int16_t>(whole);
    sum += whole;
  }
  return sum;
}

// Two columns of each row, as 16-bit numbers. In a tile, a vector of 64 bytes is one too: [16 rows]
// [2 words], whose fields of bits the functions below take apart.
struct Pairs {
  uint16_t v[2 * kTileRows];
};

CRIA_INLINE Pairs load_pairs(const std::byte* p) {
  Pairs out;
  std::memcpy(out.v, p, sizeof(out.v));
  return out;
}
CRIA_INLINE void store_pairs(std::byte* p, const Pairs& x) { std::memcpy(p, x.v, sizeof(x.v)); }

template <int kBits>
CRIA_INLINE Pairs shift_left(Pairs x) {
  for (uint16_t& v : x.v) v = static_cast<uint16_t>(v << kBits);
  return x;
}
template <int kBits>
CRIA_INLINE Pairs shift_right(Pairs x) {
  for (uint16_t& v : x.v) v = static_cast<uint16_t>(v >> kBits);
  return x;
}
// Fills up with copies of the highest bit.
template <int kBits>
CRIA_INLINE Pairs shift_right_signed(Pairs x) {
  for (uint16_t& v : x.v) v = static_cast<uint16_t>(static_cast<int16_t>(v) >> kBits);
  return x;
}

// The bits of kMask of each word.
template <int kMask>
CRIA_INLINE Pairs keep(Pairs x) {
  for (uint16_t& v : x.v) v &= kMask;
  return x;
}
// The bits of both.
CRIA_INLINE Pairs join(Pairs a, const Pairs& b) {
  for (int i = 0; i < 2 * kTileRows; ++i) a.v[i] = static_cast<uint16_t>(a.v[i] | b.v[i]);
  return a;
}
template <int kNumber>
CRIA_INLINE Pairs subtract(Pairs x) {
  for (uint16_t& v : x.v) v = static_cast<uint16_t>(v - kNumber);
  return x;
}

// table[byte] for each byte of the words, which are below 16.
CRIA_INLINE Pairs look_up(const int8_t (&table)[16], Pairs places) {
  for (uint16_t& v : places.v)
    v = static_cast<uint16_t>(static_cast<uint8_t>(table[v & 15]) |
                              static_cast<uint8_t>(table[v >> 8 & 15]) << 8);
  return places;
}

// Adds the products with the pair of activations at `x`.
CRIA_INLINE IntLanes multiply_add(const Pairs& weights, const std::byte* x, const IntLanes& sum) {
  int16_t pair[2];
  std::memcpy(pair, x, sizeof(pair));
  IntLanes out;
  for (int r = 0; r < kTileRows; ++r)
    out.v[r] = sum.v[r] + static_cast<int16_t>(weights.v[2 * r]) * pair[0] +
               static_cast<int16_t>(weights.v[2 * r + 1]) * pair[1];
  return out;
}

}  // namespace
}  // namespace cria::ml::cpu
