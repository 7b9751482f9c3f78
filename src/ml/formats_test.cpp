// What holds for every format. Where the bits of a block lie is tested by family, beside this.

#include "ml/formats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ml/formats_test_rows.h"
#include "tests/support/expect_error.h"

namespace cria::ml {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<DType> quantized() {
  std::vector<DType> out;
  for (const DTypeInfo& type : dtypes()) {
    if (is_quantized(type.type)) out.push_back(type.type);
  }
  return out;
}
std::vector<DType> writable() {
  std::vector<DType> out = quantized();
  out.insert(out.end(), {DType::kF32, DType::kF16, DType::kBF16});
  return out;
}

TEST(Formats, ReadPlainNumbers) {
  EXPECT_EQ(read(DType::kF32, {0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0}), (Floats{1, -2.5f}));
  EXPECT_EQ(read(DType::kF16, {0x00, 0x3c, 0x00, 0xc1}), (Floats{1, -2.5f}));
  EXPECT_EQ(read(DType::kBF16, {0x80, 0x3f, 0x20, 0xc0}), (Floats{1, -2.5f}));
  EXPECT_EQ(read(DType::kI32, {1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff}), (Floats{1, -2}));
}

TEST(Formats, WriteRowsOfManyBlocks) {
  for (const DType type : quantized()) {
    const long n = info(type).block_elements, bytes = info(type).block_bytes;
    const Floats x = wave(static_cast<size_t>(3 * n)), second(x.begin() + n, x.begin() + 2 * n);
    const Bytes row = write(type, x);
    EXPECT_EQ(Bytes(row.begin() + bytes, row.begin() + 2 * bytes), write(type, second))
        << info(type).name;
  }
}

TEST(Formats, PlainNumbersSurviveARoundTrip) {
  const Floats x = {0, -0.0f, 1, -2.5f, 0.125f, 96, kInfinity, -kInfinity};
  for (const DType type : {DType::kF32, DType::kF16, DType::kBF16}) {
    EXPECT_EQ(round_trip(type, x), x) << info(type).name;
  }
}

// The largest step between neighbouring values in a block with values of -1.9 to 2.1.
double largest_step(DType type) {
  switch (type) {
    case DType::kF32:
      return 0;
    case DType::kF16:
      return 0x1p-9;
    case DType::kBF16:
      return 0x1p-6;
    case DType::kQ8_0:
      return 2.1 / 127;
    case DType::kQ6_K:
      return 2 * 2.1 / 32;  // symmetric ranges do not reach the end opposite to the largest value
    case DType::kQ5_0:
      return 2 * 2.1 / 16;
    case DType::kQ4_0:
      return 2 * 2.1 / 8;
    case DType::kQ3_K:
      return 2 * 2.1 / 4;
    case DType::kIQ4_NL:
    case DType::kIQ4_XS:
      return 2 * 2.1 * 14 / 127;
    case DType::kMXFP4:
      return 1;  // the scale is 1/2, and 2 is followed by 3
    case DType::kQ5_1:
    case DType::kQ5_K:
      return 4.0 / 31;
    case DType::kQ4_1:
    case DType::kQ4_K:
      return 4.0 / 15;
    default:
      return 4.0 / 3;
  }
}

// The bounds that llama.cpp sets its formats, by its measure: the root of the sum over n.
double round_trip_bound(DType type) {
  switch (type) {
    case DType::kQ2_K:
      return 0.0075;
    case DType::kQ3_K:
      return 0.0040;
    case DType::kMXFP4:
      return 0.0030;
    default:
      return 0.002;
  }
}

TEST(Formats, RoundingErrorsAreWithinHalfAStep) {
  const Floats x = wave(4096);
  for (const DType type : writable()) {
    const Floats y = round_trip(type, x);
    // Scales of scales are rounded to a 63rd of the largest at best, and in Q2_K to a 15th.
    const double scales = !is_quantized(type)               ? 0
                          : info(type).block_elements < 256 ? 2.1 * 0x1p-10
                          : type == DType::kQ2_K            ? 4.0 / 15
                                                            : 4.0 / 63;
    double squares = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double error = std::abs(double{x[i]} - double{y[i]});
      squares += error * error;
      ASSERT_LE(error, largest_step(type) / 2 * 1.01 + scales) << info(type).name;
    }
    EXPECT_LE(std::sqrt(squares) / 4096, round_trip_bound(type)) << info(type).name;
  }
}

TEST(Formats, WhatWasWrittenOnceIsWrittenTheSameAgain) {
  for (const DType type : writable()) {
    const Floats once = round_trip(type, wave(512));
    const Floats twice = round_trip(type, once);
    double squares = 0;
    for (size_t i = 0; i < once.size(); ++i) squares += std::pow(double{once[i]} - twice[i], 2);
    // Not exactly: the largest value of a part does not always stand at the end of the range.
    EXPECT_LE(std::sqrt(squares / 512), largest_step(type) / 8) << info(type).name;
  }
}

TEST(Formats, ZerosStayZero) {
  const Floats zeros(512);
  for (const DType type : writable()) EXPECT_EQ(round_trip(type, zeros), zeros) << info(type).name;
}

TEST(Formats, ConstantsStay) {
  for (const DType type : writable()) {
    for (const float constant : {1.0f, -1.0f}) {
      // A scale is rounded to a half, and 1 may have to be its 63rd part times its 15th.
      for (const float value : round_trip(type, Floats(256, constant)))
        EXPECT_NEAR(value, constant, 0.002) << info(type).name;
    }
  }
}

TEST(Formats, TinyValuesVanish) {
  const Floats tiny(256, std::numeric_limits<float>::denorm_min());
  for (const DType type : quantized()) {
    EXPECT_EQ(round_trip(type, tiny), Floats(256)) << info(type).name;
  }
}

TEST(Formats, ABlockWithAValueThatIsNotFiniteBecomesNan) {
  for (const DType type : quantized()) {
    const auto n = static_cast<size_t>(info(type).block_elements);
    for (const float bad : {std::nanf(""), kInfinity, -kInfinity}) {
      Floats x = wave(2 * n);
      x[n + 8] = bad;
      const Floats y = round_trip(type, x);
      EXPECT_TRUE(std::isfinite(y[0])) << info(type).name;
      for (size_t i = n; i < 2 * n; ++i) EXPECT_TRUE(std::isnan(y[i])) << info(type).name;
    }
  }
}

TEST(Formats, ExtremeValuesAreNoUndefinedBehaviour) {
  Floats x(256, std::numeric_limits<float>::max());
  x[1] = -x[0];
  for (const DType type : quantized()) {
    // Only the scales of MXFP4 reach so far.
    EXPECT_EQ(std::isfinite(round_trip(type, x)[0]), type == DType::kMXFP4) << info(type).name;
  }
}

TEST(Formats, IntegersCannotBeWritten) {
  std::byte row[4];
  const Floats x = {1};
  test::expect_error([&] { quantize(DType::kI32, x, row); }, Error::Code::kUnsupported,
                     {"i32: cannot be written"});
}

}  // namespace
}  // namespace cria::ml
