#pragma once
// How the kernels read quantised weights of every type: where the quants of a pair of columns lie,
// and what they are multiplied by. Needs a tile_<isa>.h.
//
// A format gives of a group of blocks (see tile_layout.h)
//   weights<kPair>(quants)       pair kPair of sixteen of a block, as integers with a sign
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

// Where the field of kBits bits of a pair of columns lies.
template <int kBits, int kPair>
struct Place {
  static constexpr int kVector = kPair / 2 % kBits * 64;
  static constexpr int kShift = kPair / 2 / kBits * kBits + kPair % 2 * 8;
};

// The field, from bit kTo on, and zeros elsewhere.
template <int kBits, int kPair, int kTo = 0>
CRIA_INLINE Pairs field(const std::byte* quants) {
  using At = Place<kBits, kPair>;
  const Pairs moved = move_bits<At::kShift, kTo>(load_pairs(quants + At::kVector));
  if constexpr (At::kShift - kTo + kBits == 16) return moved;
  return keep<((1 << kBits) - 1) << kTo>(moved);
}

// The field as a number in two's complement.
template <int kBits, int kPair>
CRIA_INLINE Pairs signed_field(const std::byte* quants) {
  using At = Place<kBits, kPair>;
  const Pairs x = load_pairs(quants + At::kVector);
  return shift_right_signed<16 - kBits>(move_bits<At::kShift, 16 - kBits>(x));
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

 protected:
  static constexpr int64_t kHighAt = kLayout.low_bits() * 64;

  CRIA_INLINE static Lanes half(const std::byte* group, int64_t i) {
    return load_halves(group + i * 32);
  }
  CRIA_INLINE static const std::byte* bytes(const std::byte* group, int64_t block, int64_t i) {
    return group + kBytesAt + (block * kLayout.bytes + i) * kTileRows;
  }

  // Fields of four bits with one or two bits above.
  template <int kHighBits, int kPair>
  CRIA_INLINE static Pairs joined(const std::byte* quants) {
    constexpr int kLowBits = kLayout.low_bits();
    return join(field<kLowBits, kPair>(quants),
                field<kHighBits, kPair, kLowBits>(quants + kHighAt));
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
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return signed_field<4, kPair>(quants);
  }
};

struct Q4_1 : ScaledAbove<DType::kQ4_1> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return field<4, kPair>(quants);
  }
};

struct Q5_0 : Scaled<DType::kQ5_0> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return subtract<16>(joined<1, kPair>(quants));
  }
};

struct Q5_1 : ScaledAbove<DType::kQ5_1> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return joined<1, kPair>(quants);
  }
};

struct Q8_0 : Scaled<DType::kQ8_0> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return signed_field<8, kPair>(quants);
  }
};

// Pairs of a table's values, at places of four bits.
template <int kPair>
CRIA_INLINE Pairs table_values(const int8_t (&table)[16], const std::byte* quants) {
  constexpr int kShift = kPair / 2 / 4 * 4;
  const Pairs places =
      keep<0x0f0f>(move_bits<kShift, 0>(load_pairs(quants + Place<4, kPair>::kVector)));
  return shift_right_signed<8>(move_bits<kPair % 2 * 8, 8>(look_up(table, places)));
}

constexpr int8_t kNonlinear[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                   1,    13,   25,  38,  53,  69,  89,  113};
// Twice the values, and tiles have half the scale.
constexpr int8_t kFloat4[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

struct IQ4_NL : Scaled<DType::kIQ4_NL> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return table_values<kPair>(kNonlinear, quants);
  }
};

// Scales are bfloat16, which has the range of the format's powers of two.
struct MXFP4 : QuantizedFormat<DType::kMXFP4> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return table_values<kPair>(kFloat4, quants);
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
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return table_values<kPair>(kNonlinear, quants);
  }
};

struct Q3_K : TwiceScaled<DType::kQ3_K, 2> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return subtract<4>(joined<1, kPair>(quants));
  }
};

struct Q6_K : TwiceScaled<DType::kQ6_K, 2> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return subtract<32>(joined<2, kPair>(quants));
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
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return field<4, kPair>(quants);
  }
};

struct Q5_K : TwiceScaledAbove<DType::kQ5_K> {
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return joined<1, kPair>(quants);
  }
};

// A byte is a scale of four bits and, above, a minimum.
struct Q2_K : QuantizedFormat<DType::kQ2_K> {
  static constexpr int kParts = 2;
  static constexpr bool kMinimums = true;
  template <int kPair>
  CRIA_INLINE static Pairs weights(const std::byte* quants) {
    return field<2, kPair>(quants);
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
