#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "ml/backend/cpu/kernels/test_tables.h"
#include "ml/formats.h"

namespace cria::ml::cpu {
namespace {

using Floats = std::vector<float>;
using Bytes = std::vector<std::byte>;

class EncodeRow : public testing::TestWithParam<TestTable> {
 protected:
  static void expect_bytes_of_quantize(DType type, const Floats& x) {
    Bytes expected(static_cast<size_t>(row_bytes(type, std::ssize(x))));
    Bytes actual(expected.size() + 1, std::byte{0x5a});
    quantize(type, x, expected.data());
    GetParam().kernels->encode_row(type, x.data(), std::ssize(x), actual.data());
    EXPECT_EQ(actual.back(), std::byte{0x5a}) << info(type).name;
    actual.pop_back();
    EXPECT_EQ(actual, expected) << info(type).name;
  }
};

constexpr DType kTypes[] = {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0};

TEST_P(EncodeRow, GivesTheBytesOfTheFormat) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  for (const DType type : kTypes) {
    for (const float size : {1.0f, 1e-3f, 1e3f, 1e-36f, 1e-39f, 1e-42f, 1e30f}) {
      Floats x(640);
      for (float& v : x) v = normal(random) * size;
      expect_bytes_of_quantize(type, x);
    }
  }
}

TEST_P(EncodeRow, RoundsTiesAsTheFormatDoes) {
  for (const DType type : kTypes) {
    Floats x;
    // With a largest magnitude of 127 the quants of Q8_0 are the values themselves.
    for (int i = 0; i < 32; ++i) x.push_back(i == 31 ? 127.0f : static_cast<float>(i - 16) + 0.5f);
    for (int i = 0; i < 32; ++i)
      x.push_back(i == 0 ? -127.0f : std::nextafter(static_cast<float>(i - 16) + 0.5f, 0.0f));
    expect_bytes_of_quantize(type, x);
  }
}

TEST_P(EncodeRow, KeepsWhatIsNotFinite) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const DType type : {DType::kF32, DType::kBF16, DType::kQ8_0}) {
    for (const float bad : {std::nanf(""), infinity, -infinity}) {
      Floats x(96, 0.25f);
      x[40] = bad;
      expect_bytes_of_quantize(type, x);
    }
  }
}

TEST_P(EncodeRow, TakesPlainRowsOfAnyLength) {
  for (const DType type : {DType::kF32, DType::kF16, DType::kBF16}) {
    for (int64_t n = 1; n < 40; ++n) {
      Floats x(static_cast<size_t>(n));
      for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i));
      expect_bytes_of_quantize(type, x);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, EncodeRow, testing::ValuesIn(test_tables()), test_table_name);

}  // namespace
}  // namespace cria::ml::cpu
