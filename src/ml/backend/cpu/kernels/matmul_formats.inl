#pragma once
// How the kernels read quantised weights of every type: where the quants of a pair of columns lie,
// and what they are multiplied by. Needs a tile_<isa>.h.
//
// A format gives of a group of blocks (see tile_layout.h)
//   weights<kGroup>(quants)      the columns 4 * kGroup .. + 3 of a block, as integers from which
//   kZero                        is to be subtracted still
//   scale(group, block, part)    value = scale * integer + minimum. A block has one or two parts of
//   minimum(group, block, part)  as many columns, with a scale and perhaps a minimum each.

#include "ml/backend/cpu/kernels/inline.h"
#include "ml/backend/cpu/kernels/tile_layout.h"

namespace cria::ml::cpu {
namespace {

// f<kFirst>(), ..., f<kLast - 1>()
template <int kFirst, int kLast, class Function>
CRIA_INLINE void unrolled(Function f) {
  if constexpr (kFirst < kLast) {
    f.template operator()<kFirst>();
    unrolled<kFirst + 1, kLast>(f);
  }
}

// Words with their bits from kFrom on moved to kTo.
template <int kFrom, int kTo>
CRIA_INLINE Pairs move_bits(Pairs x) {
  if constexpr (kFrom > kTo) return shift_right<kFrom - kTo>(x);
  if constexpr (kFrom < kTo) return shift_left<kTo - kFrom>(x);
  return x;
}

// Four columns of each row: those that are even bytes of a tile's vectors, and the odd ones.
struct Columns {
  Pairs even, odd;
};

// Where fields of kBits bits of four columns lie.
template <int kBits, int kGroup>
struct Place {
  static constexpr int kVector = kGroup % kBits * 64;
  static constexpr int kShift = kGroup / kBits * kBits;
};

// Fields of four columns as bytes, from bit kTo of each on.
template <int kBits, int kGroup, int kTo = 0>
CRIA_INLINE Pairs byte_fields(const std::byte* quants) {
  using At = Place<kBits, kGroup>;
  constexpr int kMask = ((1 << kBits) - 1) << kTo;
  return keep<kMask << 8 | kMask>(move_bits<At::kShift, kTo>(load_pairs(quants + At::kVector)));
}

CRIA_INLINE Columns split_bytes(Pairs bytes) {
  return {keep<0x00ff>(bytes), shift_right<8>(bytes)};
}
CRIA_INLINE Columns split_signed_bytes(Pairs bytes) {
  return {shift_right_signed<8>(shift_left<8>(bytes)), shift_right_signed<8>(bytes)};
}

// Fields of four bits: for them, to go by way of bytes would be longer.
template <int kGroup>
CRIA_INLINE Columns nibbles(const std::byte* quants) {
  using At = Place<4, kGroup>;
  const Pairs x = load_pairs(quants + At::kVector);
  const Pairs odd = shift_right<At::kShift + 8>(x);
  if constexpr (At::kShift == 4) return {keep<15>(shift_right<4>(x)), odd};
  return {keep<15>(x), keep<15>(odd)};
}

// Bytes of two fields, kHighBits bits above kLowBits ones.
template <int kLowBits, int kHighBits, int kGroup>
CRIA_INLINE Columns joined_fields(const std::byte* quants) {
  return split_bytes(join(byte_fields<kLowBits, kGroup>(quants),
                          byte_fields<kHighBits, kGroup, kLowBits>(quants + kLowBits * 64)));
}

// Values of a table at places of four bits.
template <int kGroup>
CRIA_INLINE Columns table_values(const int8_t (&table)[16], const std::byte* quants) {
  return split_signed_bytes(look_up(table, byte_fields<4, kGroup>(quants)));
}

template <DType kDType>
struct QuantizedFormat {
  static constexpr DType kType = kDType;
  static constexpr TileLayout kLayout = tile_layout(kDType);
  static constexpr int64_t kHeaderBytes = kLayout.header_bytes();
  static constexpr int64_t kBlockBytes = kLayout.block_bytes();
  static constexpr int64_t kGroupBytes = kLayout.group_bytes();
  static constexpr int64_t kBytesAt = kLayout.bytes_at();
  static constexpr int kParts = 1;
  static constexpr bool kMinimums = false;
  static constexpr int kZero = 0;

 protected:
  CRIA_INLINE static Lanes half(const std::byte* group, int64_t i) {
    return load_halves(group + i * 32);
  }
  CRIA_INLINE static const std::byte* bytes(const std::byte* group, int64_t block, int64_t i) {
    return group + kBytesAt + (block * kLayout.bytes + i) * kTileRows;
  }
};

// A scale per block.
template <DType kDType>
struct Scaled : QuantizedFormat<kDType> {
  CRIA_INLINE static Lanes scale(const std::byte* group, int64_t block, int) {
    return Scaled::half(group, block);
  }
};

// A scale and a minimum per block.
template <DType kDType>
struct ScaledAbove : QuantizedFormat<kDType> {
  static constexpr bool kMinimums = true;
  CRIA_INLINE static Lanes scale(const std::byte* group, int64_t block, int) {
    return ScaledAbove::half(group, 2 * block);
  }
  CRIA_INLINE static Lanes minimum(const std::byte* group, int64_t block, int) {
    return ScaledAbove::half(group, 2 * block + 1);
  }
};

struct Q4_0 : Scaled<DType::kQ4_0> {
  static constexpr int kZero = 8;
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return nibbles<kGroup>(quants);
  }
};

struct Q4_1 : ScaledAbove<DType::kQ4_1> {
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return nibbles<kGroup>(quants);
  }
};

struct Q5_0 : Scaled<DType::kQ5_0> {
  static constexpr int kZero = 16;
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return joined_fields<4, 1, kGroup>(quants);
  }
};

struct Q5_1 : ScaledAbove<DType::kQ5_1> {
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return joined_fields<4, 1, kGroup>(quants);
  }
};

struct Q8_0 : Scaled<DType::kQ8_0> {
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return split_signed_bytes(load_pairs(quants + kGroup * 64));
  }
};

constexpr int8_t kNonlinear[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                   1,    13,   25,  38,  53,  69,  89,  113};
// Twice the values, and tiles have half the scale.
constexpr int8_t kFloat4[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

struct IQ4_NL : Scaled<DType::kIQ4_NL> {
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return table_values<kGroup>(kNonlinear, quants);
  }
};

// Scales are bfloat16, which has the range of the format's powers of two.
struct MXFP4 : QuantizedFormat<DType::kMXFP4> {
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return table_values<kGroup>(kFloat4, quants);
  }
  CRIA_INLINE static Lanes scale(const std::byte* group, int64_t block, int) {
    return load_bfloats(group + block * 32);
  }
};

// Scales with a sign and of eight bits, times a half.
template <DType kDType, int kPartCount>
struct TwiceScaled : QuantizedFormat<kDType> {
  static constexpr int kParts = kPartCount;
  CRIA_INLINE static Lanes scale(const std::byte* group, int64_t block, int part) {
    return multiply(TwiceScaled::half(group, 0),
                    to_float(load_signed_bytes(TwiceScaled::bytes(group, block, part))));
  }
};

struct IQ4_XS : TwiceScaled<DType::kIQ4_XS, 1> {
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return table_values<kGroup>(kNonlinear, quants);
  }
};

struct Q3_K : TwiceScaled<DType::kQ3_K, 2> {
  static constexpr int kZero = 4;
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return joined_fields<2, 1, kGroup>(quants);
  }
};

struct Q6_K : TwiceScaled<DType::kQ6_K, 2> {
  static constexpr int kZero = 32;
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return joined_fields<4, 2, kGroup>(quants);
  }
};

// Scales and minimums of eight bits, times a half each. The halves of minimums are negated, so that
// minimums are added as everywhere.
template <DType kDType>
struct TwiceScaledAbove : QuantizedFormat<kDType> {
  static constexpr bool kMinimums = true;
  CRIA_INLINE static Lanes scale(const std::byte* group, int64_t block, int) {
    return multiply(TwiceScaledAbove::half(group, 0),
                    to_float(load_unsigned_bytes(TwiceScaledAbove::bytes(group, block, 0))));
  }
  CRIA_INLINE static Lanes minimum(const std::byte* group, int64_t block, int) {
    return multiply(TwiceScaledAbove::half(group, 1),
                    to_float(load_unsigned_bytes(TwiceScaledAbove::bytes(group, block, 1))));
  }
};

struct Q4_K : TwiceScaledAbove<DType::kQ4_K> {
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return nibbles<kGroup>(quants);
  }
};

struct Q5_K : TwiceScaledAbove<DType::kQ5_K> {
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return joined_fields<4, 1, kGroup>(quants);
  }
};

// A byte is a scale of four bits and, above, a minimum.
struct Q2_K : QuantizedFormat<DType::kQ2_K> {
  static constexpr int kParts = 2;
  static constexpr bool kMinimums = true;
  template <int kGroup>
  CRIA_INLINE static Columns weights(const std::byte* quants) {
    return split_bytes(byte_fields<2, kGroup>(quants));
  }
  CRIA_INLINE static Lanes scale(const std::byte* group, int64_t block, int part) {
    return multiply(half(group, 0),
                    to_float(low_four_bits(load_unsigned_bytes(bytes(group, block, part)))));
  }
  CRIA_INLINE static Lanes minimum(const std::byte* group, int64_t block, int part) {
    return multiply(half(group, 1),
                    to_float(above_four_bits(load_unsigned_bytes(bytes(group, block, part)))));
  }
};

}  // namespace
}  // namespace cria::ml::cpu
