#include <gtest/gtest.h>

#include <cmath>

#include "ml/formats_test_rows.h"

namespace cria::ml {
namespace {

const Bytes kCrossed = series(16, 0xf0, -15);  // places 0 to 15, then 15 to 0
const Floats kNonlinear = {-127, -104, -83, -65, -49, -35, -22, -10,
                           1,    13,   25,  38,  53,  69,  89,  113};
const Floats kFloat4 = {0, .5f, 1, 1.5f, 2, 3, 4, 6, 0, -.5f, -1, -1.5f, -2, -3, -4, -6};

void expect_crossed(const float* x, const Floats& table, float scale) {
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(x[i], scale * table[i]) << i;
    EXPECT_EQ(x[16 + i], scale * table[15 - i]) << i;
  }
}

TEST(TableFormats, ReadIQ4_NL) {
  expect_crossed(read(DType::kIQ4_NL, kHalf + kCrossed).data(), kNonlinear, 0.5f);
}

TEST(TableFormats, ReadIQ4_XS) {
  // Low four bits of the scales: 0 1 2 3 4 5 6 15; the two high ones: 0 1 2 3 0 1 2 3.
  const Bytes high = {0xe4, 0xe4}, low = {0x10, 0x32, 0x54, 0xf6};
  Bytes block = kHalf + high + low;
  for (int i = 0; i < 8; ++i) block = block + kCrossed;
  const Floats x = read(DType::kIQ4_XS, block);
  const float scales[] = {-32, 1 + 16 - 32, 2, 3 + 16, 4 - 32, 5 + 16 - 32, 6, 31};
  for (int i = 0; i < 8; ++i) expect_crossed(&x[i * 32], kNonlinear, 0.5f * scales[i]);
}

TEST(TableFormats, ReadMXFP4) {
  expect_crossed(read(DType::kMXFP4, Bytes{127} + kCrossed).data(), kFloat4, 1);
  expect_crossed(read(DType::kMXFP4, Bytes{130} + kCrossed).data(), kFloat4, 8);
}

TEST(TableFormats, ReadPairsOfMXFP4) {
  const Bytes pairs = series(8, 0x10, 0x22);  // places 0 to 15
  const Floats x = read(DType::kMXFP4_PAIRS, Bytes{128} + pairs + pairs);
  for (size_t i = 0; i < 32; ++i) EXPECT_EQ(x[i], 2 * kFloat4[i % 16]) << i;
}

TEST(TableFormats, ReadMXFP4WithExtremeScales) {
  expect_crossed(read(DType::kMXFP4, Bytes{0} + kCrossed).data(), kFloat4, 0x1p-127f);
  expect_crossed(read(DType::kMXFP4, Bytes{1} + kCrossed).data(), kFloat4, 0x1p-126f);
  const Floats large = read(DType::kMXFP4, Bytes{254} + kCrossed);
  EXPECT_EQ(large[1], 0x1p126f);
  EXPECT_EQ(large[3], 0x1.8p127f);
  EXPECT_TRUE(std::isinf(large[4]));
  for (const float value : read(DType::kMXFP4, Bytes{255} + kCrossed))
    EXPECT_TRUE(std::isnan(value));
}

TEST(TableFormats, WriteTheBlocksThatTheyRead) {
  const auto survives = [](DType type, const Bytes& block) {
    EXPECT_EQ(write(type, read(type, block)), block) << info(type).name;
  };
  survives(DType::kIQ4_NL, kHalf + kCrossed);
  Bytes block = kHalf + Bytes{0xe4, 0xe4} + Bytes{0x10, 0x32, 0x54, 0xf6};
  for (int i = 0; i < 8; ++i) block = block + kCrossed;
  survives(DType::kIQ4_XS, block);
  // MXFP4 has zero twice, and the positive one is written.
  survives(DType::kMXFP4, Bytes{100} + Bytes(8, 0x7f) + Bytes(8, 0x91));
}

TEST(TableFormats, WriteTheNearestValueOfTheTable) {
  Floats x(32, 0.0f);
  x[0] = -127;
  x[1] = 3;  // nearer to 1 than to 13
  x[2] = 8;
  const Bytes row = write(DType::kIQ4_NL, x);
  EXPECT_EQ((Bytes{row[2], row[3], row[4]}), (Bytes{0x80, 0x88, 0x89}));
}

TEST(TableFormats, MXFP4IsScaledSoThatTheLargestLosesLeast) {
  Floats x(32, 0.0f);
  x[0] = 6.9f;
  EXPECT_EQ(round_trip(DType::kMXFP4, x)[0], 6);
  x[0] = 7.1f;
  EXPECT_EQ(round_trip(DType::kMXFP4, x)[0], 8);
  x[0] = 0x1p-149f * 12;
  EXPECT_EQ(write(DType::kMXFP4, x)[0], 0);
}

}  // namespace
}  // namespace cria::ml
