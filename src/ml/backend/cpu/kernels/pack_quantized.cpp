// Packing moves bits and hardly computes: the quants of a file's block become words of four bytes,
// one per vector of the tile. Four columns are handled at a time, as the bytes of a word.

#include "ml/backend/cpu/kernels/pack_quantized.h"

#include <cstring>

#include "base/error.h"
#include "base/half.h"
#include "ml/backend/cpu/kernels/tile_layout.h"

namespace cria::ml::cpu {
namespace {

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <class T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}
int byte_at(const std::byte* from, int64_t i) { return std::to_integer<int>(from[i]); }

constexpr uint32_t in_each_byte(uint32_t x) { return x * 0x01010101u; }

// Fields of kBits bits of eight words of four columns each (columns 4i .. 4i+3 of a block, in the
// lowest bits of a byte) as the words of kBits vectors.
template <int kBits>
void join_fields(const uint32_t (&columns)[8], uint32_t* words) {
  for (int vector = 0; vector < kBits; ++vector) {
    words[vector] = 0;
    for (int i = 0; i < 8 / kBits; ++i) words[vector] |= columns[i * kBits + vector] << i * kBits;
  }
}

// What a file's types give of a row's block. `header` fills in numbers of 16 bits and, per kBlock
// columns, numbers of 8 bits; `quants` the words of vectors of part i of kBlock columns.
template <DType kDType, int kPartCount>
struct Source {
  static constexpr DType kType = kDType;
  static constexpr TileLayout kLayout = tile_layout(kDType);
  static constexpr int kParts = kPartCount;
  static constexpr int64_t kHalves = kLayout.halves * kParts / kLayout.blocks;
};

// kBlock elements: halves, then perhaps a word of fifth bits, then nibbles as tiles have them.
template <DType kDType>
struct Nibbles : Source<kDType, 1> {
  static constexpr int64_t kHalves = Source<kDType, 1>::kHalves;
  static constexpr bool kFifthBits = tile_layout(kDType).bits == 5;
  static constexpr int64_t kBytes = 2 * kHalves + (kFifthBits ? 4 : 0) + kBlock / 2;

  static void header(const std::byte* block, uint16_t* halves, uint8_t*) {
    std::memcpy(halves, block, 2 * kHalves);
  }
  static void quants(const std::byte* block, int, uint32_t* words) {
    const std::byte* nibbles = block + kBytes - kBlock / 2;
    for (int i = 0; i < 4; ++i) words[i] = load<uint32_t>(nibbles + 4 * i);
    if (!kFifthBits) return;
    const auto fifth = load<uint32_t>(block + 2 * kHalves);
    uint32_t columns[8];
    // Four bits to the lowest ones of four bytes.
    for (int i = 0; i < 8; ++i)
      columns[i] = ((fifth >> 4 * i & 15) * 0x00204081u) & in_each_byte(1);
    join_fields<1>(columns, words + 4);
  }
};

// The byte that is a power of two becomes a bfloat16, half as large: tables have twice the values.
struct MXFP4 : Source<DType::kMXFP4, 1> {
  static constexpr int64_t kBytes = 1 + kBlock / 2;

  static void header(const std::byte* block, uint16_t* halves, uint8_t*) {
    const int exponent = byte_at(block, 0);  // 255 is NaN; powers below 2^-126 are subnormal
    *halves = static_cast<uint16_t>(exponent == 255 ? 0x7fc0
                                    : exponent > 1  ? (exponent - 1) << 7
                                                    : 0x20 << exponent);
  }
  static void quants(const std::byte* block, int, uint32_t* words) {
    std::memcpy(words, block + 1, kBlock / 2);
  }
};

// The same tiles from bytes of two neighbours.
struct MXFP4_PAIRS : MXFP4 {
  static void quants(const std::byte* block, int, uint32_t* words) {
    for (int i = 0; i < 4; ++i) words[i] = columns(block, i) | columns(block, i + 4) << 4;
  }

 private:
  // Columns 4i .. 4i + 3, each in a byte.
  static uint32_t columns(const std::byte* block, int i) {
    const uint32_t pairs = load<uint16_t>(block + 1 + 2 * i);
    const uint32_t apart = (pairs & 0x00ff) | (pairs & 0xff00) << 8;
    return (apart & 0x000f000fu) | (apart & 0x00f000f0u) << 4;
  }
};

struct Q8_0 : Source<DType::kQ8_0, 1> {
  static constexpr int64_t kBytes = 2 + kBlock;

  static void header(const std::byte* block, uint16_t* halves, uint8_t*) {
    std::memcpy(halves, block, 2);
  }
  static void quants(const std::byte* block, int, uint32_t* words) {
    std::memcpy(words, block + 2, kBlock);
  }
};

struct IQ4_XS : Source<DType::kIQ4_XS, 8> {
  static constexpr int64_t kBytes = 136;

  static void header(const std::byte* block, uint16_t* halves, uint8_t* bytes) {
    std::memcpy(halves, block, 2);
    const int high = load<uint16_t>(block + 2);
    for (int i = 0; i < kParts; ++i) {
      const int low = byte_at(block + 4, i / 2) >> 4 * (i % 2) & 15;
      bytes[i] = static_cast<uint8_t>((low | (high >> 2 * i & 3) << 4) - 32);
    }
  }
  static void quants(const std::byte* block, int part, uint32_t* words) {
    std::memcpy(words, block + 8 + part * kBlock / 2, kBlock / 2);
  }
};

// Four columns of part `part` of 256, where each kSpan bytes have fields of kBits bits of as many
// columns, then of the next ones in the bits above.
template <int kBits, int kSpan>
uint32_t columns_at(const std::byte* fields, int part, int column) {
  const int at = part * static_cast<int>(kBlock) + column, in_byte = 8 / kBits;
  const int shift = kBits * (at / kSpan % in_byte);
  return load<uint32_t>(fields + at / (kSpan * in_byte) * kSpan + at % kSpan) >> shift &
         in_each_byte((1u << kBits) - 1);
}

template <int kBits, int kSpan>
void pack_fields(const std::byte* fields, int part, uint32_t* words) {
  uint32_t columns[8];
  for (int i = 0; i < 8; ++i) columns[i] = columns_at<kBits, kSpan>(fields, part, 4 * i);
  join_fields<kBits>(columns, words);
}

// Minimums are subtracted, and a tile's are added.
uint16_t negated(uint16_t half) { return static_cast<uint16_t>(half ^ 0x8000); }

struct Q2_K : Source<DType::kQ2_K, 8> {
  static constexpr int64_t kBytes = 84;

  static void header(const std::byte* block, uint16_t* halves, uint8_t* bytes) {
    halves[0] = load<uint16_t>(block + 80);
    halves[1] = negated(load<uint16_t>(block + 82));
    std::memcpy(bytes, block, 16);
  }
  static void quants(const std::byte* block, int part, uint32_t* words) {
    pack_fields<2, 32>(block + 16, part, words);
  }
};

struct Q3_K : Source<DType::kQ3_K, 8> {
  static constexpr int64_t kBytes = 110;

  static void header(const std::byte* block, uint16_t* halves, uint8_t* bytes) {
    halves[0] = load<uint16_t>(block + 108);
    const std::byte* scales = block + 96;
    for (int i = 0; i < 16; ++i) {
      const int low = byte_at(scales, i % 8) >> 4 * (i / 8) & 15;
      const int high = byte_at(scales, 8 + i % 4) >> 2 * (i / 4) & 3;
      bytes[i] = static_cast<uint8_t>((low | high << 4) - 32);
    }
  }
  static void quants(const std::byte* block, int part, uint32_t* words) {
    pack_fields<2, 32>(block + 32, part, words);
    pack_fields<1, 32>(block, part, words + 2);
  }
};

template <DType kDType>
struct Q45_K : Source<kDType, 8> {
  static constexpr bool kFifthBits = kDType == DType::kQ5_K;
  static constexpr int64_t kQuants = kFifthBits ? 48 : 16, kBytes = kQuants + 128;

  static void header(const std::byte* block, uint16_t* halves, uint8_t* bytes) {
    halves[0] = load<uint16_t>(block);
    halves[1] = negated(load<uint16_t>(block + 2));
    const std::byte* packed = block + 4;
    for (int i = 0; i < 4; ++i) {
      const int scale = byte_at(packed, i), minimum = byte_at(packed, i + 4);
      const int low = byte_at(packed, i + 8);
      bytes[2 * i] = static_cast<uint8_t>(scale & 63);
      bytes[2 * i + 1] = static_cast<uint8_t>(minimum & 63);
      bytes[2 * i + 8] = static_cast<uint8_t>((low & 15) | scale >> 6 << 4);
      bytes[2 * i + 9] = static_cast<uint8_t>(low >> 4 | minimum >> 6 << 4);
    }
  }
  static void quants(const std::byte* block, int part, uint32_t* words) {
    pack_fields<4, 32>(block + kQuants, part, words);
    if (kFifthBits) pack_fields<1, 32>(block + 16, part, words + 4);
  }
};

struct Q6_K : Source<DType::kQ6_K, 8> {
  static constexpr int64_t kBytes = 210;

  static void header(const std::byte* block, uint16_t* halves, uint8_t* bytes) {
    halves[0] = load<uint16_t>(block + 208);
    std::memcpy(bytes, block + 192, 16);
  }
  static void quants(const std::byte* block, int part, uint32_t* words) {
    pack_fields<4, 64>(block, part, words);
    pack_fields<2, 32>(block + 128, part, words + 4);
  }
};

// A row's block as part of a group of a tile, whose blocks from `first` on are its own.
template <class Type>
void pack_block(const std::byte* source, int64_t first, int64_t row, std::byte* group) {
  constexpr TileLayout kLayout = Type::kLayout;
  uint16_t halves[2];
  uint8_t bytes[16] = {};
  Type::header(source, halves, bytes);
  for (int64_t i = 0; i < Type::kHalves; ++i)
    store(group + ((first * Type::kHalves + i) * kTileRows + row) * 2, halves[i]);
  for (int64_t i = 0; i < Type::kParts * kLayout.bytes; ++i)
    store(group + kLayout.bytes_at() + i * kTileRows + row, bytes[i]);
  std::byte* vectors = group + kLayout.header_bytes() + first * kLayout.block_bytes() + row * 4;
  for (int part = 0; part < Type::kParts; ++part, vectors += kLayout.block_bytes()) {
    uint32_t words[8];
    Type::quants(source, part, words);
    for (int i = 0; i < kLayout.bits; ++i) store(vectors + i * 64, words[i]);
  }
}

template <class Type>
void pack(const TileRows& rows, int64_t cols, std::byte* out) {
  constexpr TileLayout kLayout = Type::kLayout;
  for (int64_t block = 0; block < cols / kBlock; block += Type::kParts) {
    std::byte* group = out + block / kLayout.blocks * kLayout.group_bytes();
    const std::byte* source = rows.source + block / Type::kParts * Type::kBytes;
    for (int64_t row = 0; row < rows.valid; ++row)
      pack_block<Type>(source + row * rows.stride, block % kLayout.blocks, row, group);
  }
}

}  // namespace

void pack_quantized_tile(DType type, const TileRows& rows, int64_t cols, std::byte* out) {
  switch (type) {
    case DType::kQ4_0:
      return pack<Nibbles<DType::kQ4_0>>(rows, cols, out);
    case DType::kQ4_1:
      return pack<Nibbles<DType::kQ4_1>>(rows, cols, out);
    case DType::kQ5_0:
      return pack<Nibbles<DType::kQ5_0>>(rows, cols, out);
    case DType::kQ5_1:
      return pack<Nibbles<DType::kQ5_1>>(rows, cols, out);
    case DType::kQ8_0:
      return pack<Q8_0>(rows, cols, out);
    case DType::kQ2_K:
      return pack<Q2_K>(rows, cols, out);
    case DType::kQ3_K:
      return pack<Q3_K>(rows, cols, out);
    case DType::kQ4_K:
      return pack<Q45_K<DType::kQ4_K>>(rows, cols, out);
    case DType::kQ5_K:
      return pack<Q45_K<DType::kQ5_K>>(rows, cols, out);
    case DType::kQ6_K:
      return pack<Q6_K>(rows, cols, out);
    case DType::kIQ4_NL:
      return pack<Nibbles<DType::kIQ4_NL>>(rows, cols, out);
    case DType::kIQ4_XS:
      return pack<IQ4_XS>(rows, cols, out);
    case DType::kMXFP4:
      return pack<MXFP4>(rows, cols, out);
    case DType::kMXFP4_PAIRS:
      return pack<MXFP4_PAIRS>(rows, cols, out);
    default:
      CRIA_CHECK(!"a quantised type");
  }
}

}  // namespace cria::ml::cpu
