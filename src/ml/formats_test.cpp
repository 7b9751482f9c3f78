// What holds for every format. Where the bits of a block lie is tested by family, beside this.

#include "ml/formats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>
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
    case DType::kMXFP4_PAIRS:
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
    case DType::kMXFP4_PAIRS:
      return 0.0030;
    default:
      return 0.002;
  }
}

TEST(Formats, RoundingErrorsAreSmall) {
  const Floats x = wave(4096);
  for (const DType type : writable()) {
    const Floats y = round_trip(type, x);
    double squares = 0, largest = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double error = std::abs(double{x[i]} - double{y[i]});
      squares += error * error;
      largest = std::max(largest, error);
    }
    // Evenly spread errors of up to half a step have this root of their mean square. Scales that
    // make it least may leave the largest values a step away.
    EXPECT_LE(std::sqrt(squares / 4096), largest_step(type) / std::sqrt(12) * 1.05)
        << info(type).name;
    EXPECT_LE(largest, largest_step(type) * 1.01) << info(type).name;
    EXPECT_LE(std::sqrt(squares) / 4096, round_trip_bound(type)) << info(type).name;
  }
}

// Bell-shaped values, as weights are.
Floats normal(size_t n) {
  std::mt19937 generator(5);
  std::normal_distribution<float> distribution(0, 0.02f);
  Floats x(n);
  for (float& value : x) value = distribution(generator);
  return x;
}

double squared_error(const Floats& x, const Floats& y, const Floats& weights) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += weights[i] * std::pow(double{x[i]} - y[i], 2);
  return sum;
}

TEST(Formats, LoseLittleOfWhatIsLikeWeights) {
  // Squared errors relative to squares; rounding with scales by the largest value loses a tenth
  // more, or half as much again in the types of the fewest bits.
  const std::pair<DType, double> kBounds[] = {
      {DType::kQ8_0, 4.0e-5},   {DType::kQ6_K, 3.9e-4},   {DType::kQ5_K, 1.6e-3},
      {DType::kQ5_1, 1.5e-3},   {DType::kQ5_0, 2.3e-3},   {DType::kQ4_K, 6.2e-3},
      {DType::kQ4_1, 6.2e-3},   {DType::kQ4_0, 9.0e-3},   {DType::kIQ4_NL, 6.8e-3},
      {DType::kIQ4_XS, 6.8e-3}, {DType::kMXFP4, 1.45e-2}, {DType::kQ3_K, 2.6e-2},
      {DType::kQ2_K, 8.2e-2}};
  const Floats x = normal(1 << 14), ones(x.size(), 1);
  const double power = squared_error(x, Floats(x.size()), ones);
  for (const auto& [type, bound] : kBounds)
    EXPECT_LE(squared_error(x, round_trip(type, x), ones) / power, bound) << info(type).name;
}

TEST(Formats, SpareWhatIsImportant) {
  const Floats x = normal(1 << 12);
  Floats importance(x.size());
  for (size_t i = 0; i < x.size(); ++i) importance[i] = i % 4 == 0 ? 50 : 1;
  for (const DType type : quantized()) {
    if (type == DType::kQ8_0) continue;  // has no search
    Bytes row(static_cast<size_t>(row_bytes(type, static_cast<int64_t>(x.size()))));
    quantize(type, x, reinterpret_cast<std::byte*>(row.data()), importance);
    EXPECT_LT(squared_error(x, read(type, row), importance),
              squared_error(x, round_trip(type, x), importance))
        << info(type).name;
  }
}

TEST(Formats, OnlyRelationsOfImportanceCount) {
  const Floats x = normal(512);
  Floats importance(x.size(), 1e30f);
  for (size_t i = 0; i < x.size(); i += 3) importance[i] = 3e30f;
  Floats small = importance;
  for (float& value : small) value /= 1e30f;
  for (float& value : small) value /= 1e20f;
  const auto written = [&](DType type, const Floats& weights) {
    Bytes row(static_cast<size_t>(row_bytes(type, 512)));
    quantize(type, x, reinterpret_cast<std::byte*>(row.data()), weights);
    return row;
  };
  for (const DType type : quantized()) {
    EXPECT_EQ(written(type, Floats(512)), write(type, x)) << info(type).name;
    const Floats y = read(type, written(type, importance)), z = read(type, written(type, small));
    EXPECT_LT(squared_error(y, z, Floats(512, 1)), 1e-6) << info(type).name;
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
    const bool reaches_so_far = type == DType::kMXFP4 || type == DType::kMXFP4_PAIRS;
    EXPECT_EQ(std::isfinite(round_trip(type, x)[0]), reaches_so_far) << info(type).name;
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
