#include "ml/backend/cpu/kernels/pack.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "base/half.h"
#include "ml/formats.h"

namespace cria::ml::cpu {
namespace {

using Bytes = std::vector<std::byte>;

// A matrix whose byte i is i modulo 251, so that every byte of a small one is another.
Bytes numbered_bytes(int64_t count) {
  Bytes out(static_cast<size_t>(count));
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(i % 251);
  return out;
}

Bytes pack(DType type, int64_t rows, int64_t cols, const Bytes& source) {
  Bytes out(static_cast<size_t>(tile_count(rows) * packed_tile_bytes(type, cols)), std::byte{0xee});
  pack_tiles(type, rows, cols, source.data(), 0, tile_count(rows), out.data());
  return out;
}

template <class T>
T at(const Bytes& bytes, int64_t offset) {
  T out;
  std::memcpy(&out, bytes.data() + offset, sizeof(T));
  return out;
}

TEST(Pack, PutsTheSixteenFloatsOfAColumnSideBySide) {
  std::vector<float> values(20 * 3);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  Bytes source(values.size() * 4);
  std::memcpy(source.data(), values.data(), source.size());
  const Bytes packed = pack(DType::kF32, 20, 3, source);
  ASSERT_EQ(packed.size(), 2u * 3 * 16 * 4);
  EXPECT_EQ(at<float>(packed, 4 * 5), 5 * 3);             // row 5, column 0
  EXPECT_EQ(at<float>(packed, 4 * (16 + 5)), 5 * 3 + 1);  // row 5, column 1
  EXPECT_EQ(at<float>(packed, 4 * (48 + 3)), 19 * 3);     // row 19, column 0
  EXPECT_EQ(at<float>(packed, 4 * (48 + 4)), 0);          // row 20 does not exist
}

TEST(Pack, PutsEveryElementOfAFullTileInItsPlace) {
  constexpr int64_t kCols = 11;  // whole strips and a rest
  const Bytes source = numbered_bytes(16 * kCols * 4);
  const Bytes floats = pack(DType::kF32, 16, kCols, source);
  const Bytes halves = pack(DType::kF16, 16, kCols, source);
  for (int64_t row = 0; row < 16; ++row) {
    for (int64_t col = 0; col < kCols; ++col) {
      const int64_t from = row * kCols + col, to = col * 16 + row;
      EXPECT_EQ(at<uint32_t>(floats, to * 4), at<uint32_t>(source, from * 4));
      EXPECT_EQ(at<uint16_t>(halves, to * 2), at<uint16_t>(source, from * 2));
    }
  }
}

TEST(Pack, PairsColumnsOfBfloat16AndFillsUpAnOddOne) {
  const Bytes source = numbered_bytes(2 * 3 * 2);  // 2 rows of 3
  const Bytes packed = pack(DType::kBF16, 2, 3, source);
  ASSERT_EQ(packed.size(), 2u * 64);
  EXPECT_EQ(at<uint32_t>(packed, 0), at<uint32_t>(source, 0));
  EXPECT_EQ(at<uint32_t>(packed, 4), at<uint32_t>(source, 6));
  EXPECT_EQ(at<uint32_t>(packed, 64), at<uint16_t>(source, 4));
  EXPECT_EQ(at<uint32_t>(packed, 68), at<uint16_t>(source, 10));
  EXPECT_EQ(at<uint32_t>(packed, 72), 0u);
}

TEST(Pack, KeepsHalvesInTilesOfAlignedSize) {
  EXPECT_EQ(packed_tile_bytes(DType::kF16, 1), 64);
  const Bytes source = numbered_bytes(16 * 2);
  const Bytes packed = pack(DType::kF16, 16, 1, source);
  EXPECT_TRUE(std::equal(source.begin(), source.end(), packed.begin()));
}

TEST(Pack, PutsScalesOfTwoBlocksFirstAndInterleavesFourColumnsOfEachRow) {
  constexpr int64_t kRows = 18, kCols = 96, kRowBytes = 3 * 34;
  const Bytes source = numbered_bytes(kRows * kRowBytes);
  const Bytes packed = pack(DType::kQ8_0, kRows, kCols, source);
  constexpr int64_t kPair = 64 + 2 * 512, kTile = 2 * kPair;  // the second pair is half empty
  ASSERT_EQ(packed.size(), 2u * kTile);
  for (int64_t row = 0; row < kRows; ++row) {
    const int64_t lane = row % 16;
    for (int64_t block = 0; block < 3; ++block) {
      const int64_t from = row * kRowBytes + block * 34;
      const int64_t pair = row / 16 * kTile + block / 2 * kPair, second = block % 2;
      EXPECT_EQ(at<uint16_t>(packed, pair + second * 32 + lane * 2), at<uint16_t>(source, from));
      for (int64_t col = 0; col < 32; col += 4) {
        EXPECT_EQ(at<uint32_t>(packed, pair + 64 + second * 512 + col * 16 + lane * 4),
                  at<uint32_t>(source, from + 2 + col));
      }
    }
  }
  EXPECT_EQ(at<uint32_t>(packed, kTile + 64 + 2 * 4), 0u);  // row 18 does not exist
  EXPECT_EQ(at<uint16_t>(packed, kTile + 2 * 2), 0u);
}

TEST(Pack, KeepsMinimumsBesideScales) {
  constexpr int64_t kRowBytes = 20;
  const Bytes source = numbered_bytes(16 * kRowBytes);
  const Bytes packed = pack(DType::kQ4_1, 16, 32, source);
  ASSERT_EQ(packed.size(), 64u + 256);
  for (int64_t row = 0; row < 16; ++row) {
    EXPECT_EQ(at<uint16_t>(packed, row * 2), at<uint16_t>(source, row * kRowBytes));
    EXPECT_EQ(at<uint16_t>(packed, 32 + row * 2), at<uint16_t>(source, row * kRowBytes + 2));
    for (int64_t vector = 0; vector < 4; ++vector) {
      EXPECT_EQ(at<uint32_t>(packed, 64 + vector * 64 + row * 4),
                at<uint32_t>(source, row * kRowBytes + 4 + vector * 4));
    }
  }
}

TEST(Pack, SplitsTheBitsOfAColumnIntoLowAndHighOnesOfTheSameByteOfALane) {
  constexpr int64_t kRows = 18, kRowBytes = 2 * 210;
  Bytes source = numbered_bytes(kRows * kRowBytes);
  for (size_t at = 0; at < source.size(); at += 210) {  // all scales are 1
    std::fill(&source[at + 192], &source[at + 208], std::byte{1});
    source[at + 208] = std::byte{0x00};
    source[at + 209] = std::byte{0x3c};
  }
  const Bytes packed = pack(DType::kQ6_K, kRows, 512, source);
  constexpr int64_t kHeader = 320, kBlockBytes = 384, kGroup = kHeader + 8 * kBlockBytes;
  ASSERT_EQ(packed.size(), 2u * 2 * kGroup);
  std::vector<float> row(512);
  for (int64_t r = 0; r < kRows; ++r) {
    dequantize(DType::kQ6_K, source.data() + r * kRowBytes, row);
    for (int64_t col = 0; col < 512; ++col) {
      const int64_t i = col % 32 / 4, byte = r % 16 * 4 + col % 4;
      const int64_t quants =
          (r / 16 * 2 + col / 256) * kGroup + kHeader + col % 256 / 32 * kBlockBytes;
      const int low = at<uint8_t>(packed, quants + i % 4 * 64 + byte) >> i / 4 * 4 & 15;
      const int high = at<uint8_t>(packed, quants + 256 + i % 2 * 64 + byte) >> i / 2 * 2 & 3;
      EXPECT_EQ(static_cast<float>((low | high << 4) - 32), row[static_cast<size_t>(col)])
          << r << " " << col;
    }
  }
}

TEST(Pack, KeepsScalesOfBothLevelsAndNegatesThoseOfMinimums) {
  Bytes source(16 * 144);
  for (int64_t r = 0; r < 16; ++r) {
    const uint8_t block[16] = {0x01,
                               static_cast<uint8_t>(r),
                               0x02,
                               0x3c,  // halves
                               static_cast<uint8_t>(0x40 | r),
                               0,
                               0,
                               0xc0 | 5,
                               static_cast<uint8_t>(0x80 | 7),
                               0,
                               0,
                               9,
                               0xb6,
                               0,
                               0,
                               0x0c};
    std::memcpy(&source[static_cast<size_t>(r * 144)], block, 16);
  }
  const Bytes packed = pack(DType::kQ4_K, 16, 256, source);
  for (int64_t r = 0; r < 16; ++r) {
    EXPECT_EQ(at<uint16_t>(packed, r * 2), r << 8 | 1);
    EXPECT_EQ(at<uint16_t>(packed, 32 + r * 2), 0xbc02);
    const auto number = [&](int64_t block, int64_t i) {
      return at<uint8_t>(packed, 64 + (block * 2 + i) * 16 + r);
    };
    EXPECT_EQ(number(0, 0), r);
    EXPECT_EQ(number(0, 1), 7);
    EXPECT_EQ(number(3, 0), 5);
    EXPECT_EQ(number(3, 1), 9);
    EXPECT_EQ(number(4, 0), 6 | 1 << 4);
    EXPECT_EQ(number(4, 1), 11 | 2 << 4);
    EXPECT_EQ(number(7, 0), 12 | 3 << 4);
    EXPECT_EQ(number(7, 1), 0);
  }
}

TEST(Pack, MakesBfloat16OfPowersOfTwoOfHalfTheSize) {
  Bytes source(16 * 17);
  const int powers[16] = {0, 1, 2, 3, 127, 128, 253, 254, 255};
  for (size_t r = 0; r < 16; ++r) source[r * 17] = static_cast<std::byte>(powers[r]);
  const Bytes packed = pack(DType::kMXFP4, 16, 32, source);
  for (int64_t r = 0; r < 8; ++r)
    EXPECT_EQ(bfloat16_to_float(at<uint16_t>(packed, r * 2)), std::ldexp(1.0f, powers[r] - 128))
        << powers[r];
  EXPECT_TRUE(std::isnan(bfloat16_to_float(at<uint16_t>(packed, 8 * 2))));
}

TEST(Pack, MakesTheSameTilesOfBothOrdersOfMXFP4) {
  std::vector<float> values(20 * 64);
  for (size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<float>(i));
  const auto packed = [&](DType type) {
    Bytes source(static_cast<size_t>(row_bytes(type, 20 * 64)));
    quantize(type, values, source.data());
    return pack(type, 20, 64, source);
  };
  EXPECT_EQ(packed(DType::kMXFP4_PAIRS), packed(DType::kMXFP4));
}

TEST(Pack, TakesLittleMoreThanTheFile) {
  for (const DTypeInfo& type : dtypes()) {
    if (!can_pack(type.type, 2048)) continue;
    const int64_t file = kTileRows * row_bytes(type.type, 2048);
    EXPECT_LE(packed_tile_bytes(type.type, 2048), file + file / 16) << type.name;
  }
}

TEST(Pack, WritesOnlyTheTilesAskedFor) {
  const Bytes source = numbered_bytes(48 * 18);
  Bytes packed(3 * 576, std::byte{0xee});
  ASSERT_EQ(packed_tile_bytes(DType::kQ4_0, 32), 576);
  pack_tiles(DType::kQ4_0, 48, 32, source.data(), 1, 2, packed.data());
  EXPECT_EQ(at<uint16_t>(packed, 0), 0xeeee);
  EXPECT_EQ(at<uint16_t>(packed, 576), at<uint16_t>(source, 16 * 18));
  EXPECT_EQ(at<uint16_t>(packed, 1152), 0xeeee);
}

TEST(Pack, RefusesWhatHasNoLayout) {
  EXPECT_TRUE(can_pack(DType::kF32, 1));
  EXPECT_TRUE(can_pack(DType::kQ4_1, 64));
  EXPECT_FALSE(can_pack(DType::kQ4_1, 48));
  EXPECT_FALSE(can_pack(DType::kI32, 64));
  EXPECT_FALSE(can_pack(DType::kF16, 0));
}

TEST(Pack, MakesQuantisedRowsOfAnOddNumberOfCacheLines) {
  EXPECT_EQ(quantized_row_bytes(32), 192);
  EXPECT_EQ(quantized_row_bytes(576), 1600);
}

}  // namespace
}  // namespace cria::ml::cpu
