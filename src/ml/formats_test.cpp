#include "ml/formats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "base/half.h"
#include "tests/support/expect_error.h"

namespace cria::ml {
namespace {

constexpr DType kWritable[] = {DType::kF32,  DType::kF16,  DType::kBF16,
                               DType::kQ4_0, DType::kQ4_1, DType::kQ8_0};
constexpr DType kQuantized[] = {DType::kQ4_0, DType::kQ4_1, DType::kQ8_0};
constexpr float kInfinity = std::numeric_limits<float>::infinity();

using Bytes = std::vector<uint8_t>;

std::vector<float> read(DType type, const Bytes& row, size_t n) {
  std::vector<float> out(n);
  dequantize(type, reinterpret_cast<const std::byte*>(row.data()), out);
  return out;
}

Bytes write(DType type, const std::vector<float>& x) {
  Bytes row(static_cast<size_t>(row_bytes(type, static_cast<int64_t>(x.size()))));
  quantize(type, x, reinterpret_cast<std::byte*>(row.data()));
  return row;
}

std::vector<float> round_trip(DType type, const std::vector<float>& x) {
  return read(type, write(type, x), x.size());
}

// A block of the given head and then bytes first, first + step, ...
Bytes block(const Bytes& head, size_t n, int first, int step) {
  Bytes bytes = head;
  for (size_t i = 0; i < n; ++i)
    bytes.push_back(static_cast<uint8_t>(first + step * static_cast<int>(i)));
  return bytes;
}

// 0.5 and 1 as halves, little-endian.
const Bytes kHalf = {0x00, 0x38}, kHalfAndOne = {0x00, 0x38, 0x00, 0x3c};

std::vector<float> wave(size_t n) {
  std::vector<float> x(n);
  for (size_t i = 0; i < n; ++i) x[i] = 0.1f + 2 * std::cos(static_cast<float>(i));
  return x;
}

TEST(Formats, ReadPlainNumbers) {
  EXPECT_EQ(read(DType::kF32, {0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0}, 2),
            (std::vector<float>{1, -2.5f}));
  EXPECT_EQ(read(DType::kF16, {0x00, 0x3c, 0x00, 0xc1}, 2), (std::vector<float>{1, -2.5f}));
  EXPECT_EQ(read(DType::kBF16, {0x80, 0x3f, 0x20, 0xc0}, 2), (std::vector<float>{1, -2.5f}));
  EXPECT_EQ(read(DType::kI32, {1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff}, 2),
            (std::vector<float>{1, -2}));
}

TEST(Formats, ReadQ4_0) {
  // Bytes 0xf0, 0xe1, 0xd2, ...: elements 0 to 15 have q = 0 to 15, elements 16 to 31 have q = 15
  // to 0.
  const std::vector<float> x = read(DType::kQ4_0, block(kHalf, 16, 0xf0, -15), 32);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(x[i], 0.5f * static_cast<float>(i - 8)) << i;
    EXPECT_EQ(x[16 + i], 0.5f * static_cast<float>(7 - i)) << i;
  }
}

TEST(Formats, ReadQ4_1) {
  const std::vector<float> x = read(DType::kQ4_1, block(kHalfAndOne, 16, 0xf0, -15), 32);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(x[i], 0.5f * static_cast<float>(i) + 1) << i;
    EXPECT_EQ(x[16 + i], 0.5f * static_cast<float>(15 - i) + 1) << i;
  }
}

TEST(Formats, ReadQ8_0) {
  const std::vector<float> x = read(DType::kQ8_0, block(kHalf, 32, -128, 8), 32);
  for (int i = 0; i < 32; ++i) EXPECT_EQ(x[i], 0.5f * static_cast<float>(8 * i - 128)) << i;
}

TEST(Formats, WriteTheBlocksThatTheyRead) {
  EXPECT_EQ(write(DType::kQ4_0, read(DType::kQ4_0, block(kHalf, 16, 0xf0, -15), 32)),
            block(kHalf, 16, 0xf0, -15));
  EXPECT_EQ(write(DType::kQ4_1, read(DType::kQ4_1, block(kHalfAndOne, 16, 0xf0, -15), 32)),
            block(kHalfAndOne, 16, 0xf0, -15));
  EXPECT_EQ(write(DType::kQ8_0, read(DType::kQ8_0, block(kHalf, 32, -127, 8), 32)),
            block(kHalf, 32, -127, 8));
}

TEST(Formats, Q4_0MapsTheLargestMagnitudeToMinusEight) {
  std::vector<float> x(32, 1.0f);
  x[3] = 4;   // the scale is -0.5: 1 becomes q = 8 - 2, 4 becomes 0
  x[5] = -4;  // would be 16
  const Bytes row = write(DType::kQ4_0, x);
  EXPECT_EQ((Bytes{row[0], row[1]}), (Bytes{0x00, 0xb8}));
  EXPECT_EQ(row[2 + 0], 0x66);
  EXPECT_EQ(row[2 + 3], 0x60);
  EXPECT_EQ(row[2 + 5], 0x6f);
}

TEST(Formats, WriteRowsOfManyBlocks) {
  for (const DType type : kQuantized) {
    std::vector<float> x = wave(96), second(x.begin() + 32, x.begin() + 64);
    const Bytes row = write(type, x);
    const auto bytes = static_cast<long>(info(type).block_bytes);
    EXPECT_EQ(Bytes(row.begin() + bytes, row.begin() + 2 * bytes), write(type, second));
  }
}

TEST(Formats, PlainNumbersSurviveARoundTrip) {
  const std::vector<float> x = {0, -0.0f, 1, -2.5f, 0.125f, 96, kInfinity, -kInfinity};
  for (const DType type : {DType::kF32, DType::kF16, DType::kBF16}) {
    EXPECT_EQ(round_trip(type, x), x) << info(type).name;
  }
}

TEST(Formats, RoundingErrorsAreWithinHalfAStep) {
  // The largest magnitude is 2.1. Q4_0 cannot reach the end opposite to it, hence the whole step
  // there.
  const auto most = [](DType type) {
    switch (type) {
      case DType::kF16:
        return 0x1p-10;
      case DType::kBF16:
        return 0x1p-7;
      case DType::kQ8_0:
        return 2.1 / 127 / 2;
      case DType::kQ4_1:
        return 4.0 / 15 / 2;
      case DType::kQ4_0:
        return 2.1 / 8;
      default:
        return 0.0;
    }
  };
  const std::vector<float> x = wave(4096);
  for (const DType type : kWritable) {
    const std::vector<float> y = round_trip(type, x);
    double squares = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double error = std::abs(double{x[i]} - double{y[i]});
      squares += error * error;
      // The scale is rounded to a half, too.
      ASSERT_LE(error, most(type) * 1.01 + (is_quantized(type) ? 2.1 * 0x1p-10 : 0))
          << info(type).name;
    }
    // The bound that llama.cpp sets its formats, by its measure: the root of the sum over n.
    EXPECT_LE(std::sqrt(squares) / 4096, 0.002) << info(type).name;
  }
}

TEST(Formats, ZerosStayZero) {
  const std::vector<float> zeros(64);
  for (const DType type : kWritable) EXPECT_EQ(round_trip(type, zeros), zeros) << info(type).name;
}

TEST(Formats, TinyValuesVanish) {
  const std::vector<float> tiny(32, std::numeric_limits<float>::denorm_min());
  for (const DType type : kQuantized) {
    EXPECT_EQ(round_trip(type, tiny), std::vector<float>(32)) << info(type).name;
  }
}

TEST(Formats, ABlockWithAValueThatIsNotFiniteBecomesNan) {
  for (const DType type : kQuantized) {
    for (const float bad : {std::nanf(""), kInfinity, -kInfinity}) {
      std::vector<float> x = wave(64);
      x[40] = bad;
      const std::vector<float> y = round_trip(type, x);
      EXPECT_TRUE(std::isfinite(y[0])) << info(type).name;
      for (size_t i = 32; i < 64; ++i) EXPECT_TRUE(std::isnan(y[i])) << info(type).name;
    }
  }
}

TEST(Formats, ExtremeValuesAreNoUndefinedBehaviour) {
  std::vector<float> x(32, std::numeric_limits<float>::max());
  x[1] = -x[0];
  for (const DType type : kQuantized)
    EXPECT_FALSE(std::isfinite(round_trip(type, x)[0])) << info(type).name;
}

TEST(Formats, IntegersCannotBeWritten) {
  std::byte row[4];
  const std::vector<float> x = {1};
  test::expect_error([&] { quantize(DType::kI32, x, row); }, Error::Code::kUnsupported,
                     {"i32: cannot be written"});
}

}  // namespace
}  // namespace cria::ml
