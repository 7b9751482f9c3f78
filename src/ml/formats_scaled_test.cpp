#include <gtest/gtest.h>

#include "ml/formats_test_rows.h"

namespace cria::ml {
namespace {

// Bytes 0xf0, 0xe1, 0xd2, ...: elements 0 to 15 have q = 0 to 15, elements 16 to 31 have 15 to 0.
const Bytes kCrossed = series(16, 0xf0, -15);

TEST(ScaledFormats, ReadQ4_0) {
  const Floats x = read(DType::kQ4_0, kHalf + kCrossed);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(x[i], 0.5f * static_cast<float>(i - 8)) << i;
    EXPECT_EQ(x[16 + i], 0.5f * static_cast<float>(7 - i)) << i;
  }
}

TEST(ScaledFormats, ReadQ4_1) {
  const Floats x = read(DType::kQ4_1, kHalf + kOne + kCrossed);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(x[i], 0.5f * static_cast<float>(i) + 1) << i;
    EXPECT_EQ(x[16 + i], 0.5f * static_cast<float>(15 - i) + 1) << i;
  }
}

// The fifth bits of elements 0, 9, 17 and 31.
const Bytes kFifth = {0x01, 0x02, 0x02, 0x80};
float fifth(int i) { return i == 0 || i == 9 || i == 17 || i == 31 ? 16 : 0; }

TEST(ScaledFormats, ReadQ5_0) {
  const Floats x = read(DType::kQ5_0, kHalf + kFifth + kCrossed);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(x[i], 0.5f * (static_cast<float>(i - 16) + fifth(i))) << i;
    EXPECT_EQ(x[16 + i], 0.5f * (static_cast<float>(-1 - i) + fifth(16 + i))) << i;
  }
}

TEST(ScaledFormats, ReadQ5_1) {
  const Floats x = read(DType::kQ5_1, kHalf + kOne + kFifth + kCrossed);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(x[i], 0.5f * (static_cast<float>(i) + fifth(i)) + 1) << i;
    EXPECT_EQ(x[16 + i], 0.5f * (static_cast<float>(15 - i) + fifth(16 + i)) + 1) << i;
  }
}

TEST(ScaledFormats, ReadQ8_0) {
  const Floats x = read(DType::kQ8_0, kHalf + series(32, -128, 8));
  for (int i = 0; i < 32; ++i) EXPECT_EQ(x[i], 0.5f * static_cast<float>(8 * i - 128)) << i;
}

TEST(ScaledFormats, WriteTheBlocksThatTheyRead) {
  const auto survives = [](DType type, const Bytes& block) {
    EXPECT_EQ(write(type, read(type, block)), block) << info(type).name;
  };
  survives(DType::kQ4_0, kHalf + kCrossed);
  survives(DType::kQ4_1, kHalf + kOne + kCrossed);
  survives(DType::kQ5_0, kHalf + Bytes{0x02, 0x01, 0x40, 0x20} + kCrossed);
  survives(DType::kQ5_1, kHalf + kOne + Bytes{0x00, 0x80, 0x01, 0x40} + kCrossed);
  survives(DType::kQ8_0, kHalf + series(32, -127, 8));
}

TEST(ScaledFormats, UseTheEndOfTheRangeThatHasNoCounterpart) {
  Floats x(32, 1.0f);
  x[3] = 4;      // the scale is -0.5: 1 becomes q = 8 - 2, 4 becomes 0
  x[5] = -3.5f;  // becomes 15
  Bytes row = write(DType::kQ4_0, x);
  EXPECT_EQ((Bytes{row[0], row[1]}), (Bytes{0x00, 0xb8}));
  EXPECT_EQ(row[2 + 0], 0x66);
  EXPECT_EQ(row[2 + 3], 0x60);
  EXPECT_EQ(row[2 + 5], 0x6f);
  x[5] = -3.75f;  // the scale is -0.25: 1 becomes q = 16 - 4, 4 becomes 0, and this 31
  row = write(DType::kQ5_0, x);
  EXPECT_EQ((Bytes{row[0], row[1]}), (Bytes{0x00, 0xb4}));
  EXPECT_EQ((Bytes{row[2], row[3], row[4], row[5]}), (Bytes{0x20, 0, 0, 0}));
  EXPECT_EQ(row[6 + 0], 0xcc);
  EXPECT_EQ(row[6 + 3], 0xc0);
  EXPECT_EQ(row[6 + 5], 0xcf);
}

}  // namespace
}  // namespace cria::ml
