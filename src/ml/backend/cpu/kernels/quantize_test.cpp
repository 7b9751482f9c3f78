#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/kernels/test_tables.h"

namespace cria::ml::cpu {
namespace {

std::vector<ActivationBlock> quantize(const Kernels& kernels, const float* x, int64_t n) {
  std::vector<ActivationBlock> out(static_cast<size_t>(n / kBlock));
  kernels.quantize_row(x, n, reinterpret_cast<std::byte*>(out.data()));
  return out;
}

class QuantizeRow : public testing::TestWithParam<TestTable> {
 protected:
  const Kernels& kernels() const { return *GetParam().kernels; }
};

// The quant of column i.
int quant(const ActivationBlock& block, int64_t i) {
  constexpr int kOrder[] = {0, 2, 1, 3};
  return block.quants[i / 4 * 4 + kOrder[i % 4]];
}

TEST_P(QuantizeRow, RoundsToNearestAndTiesToEven) {
  // The largest is kLargestQuant, so that the scale is 1.
  float x[kBlock] = {kLargestQuant, -kLargestQuant, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f,  3.49f,
                     3.51f,         -126.6f,        127,  128,  -128, -129,  300.25f};
  x[20] = 1000;
  const ActivationBlock block = quantize(kernels(), x, kBlock)[0];
  const int expected[] = {kLargestQuant, -kLargestQuant, 0,    2,  2, 0, -2, 3, 4, -127, 127,
                          128,           -128,           -129, 300};
  int sum = 0;
  for (int i = 0; i < 15; ++i) {
    EXPECT_EQ(quant(block, i), expected[i]) << i;
    sum += expected[i];
  }
  EXPECT_EQ(quant(block, 15), 0);
  EXPECT_EQ(quant(block, 20), 1000);
  EXPECT_EQ(block.scale, 1.0f);
  EXPECT_EQ(block.scaled_sum, static_cast<float>(sum + 1000));
  EXPECT_EQ(block.scaled_half_sums[0], static_cast<float>(sum));
  EXPECT_EQ(block.scaled_half_sums[1], 1000);
  EXPECT_EQ(block.negative_half_sums[0], -sum);
  EXPECT_EQ(block.negative_half_sums[1], -1000);
}

TEST_P(QuantizeRow, IsCloseToTheValuesAndTheSameForEveryTable) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> x(1 + 8 * kBlock);
  for (float& value : x) value = normal(random);
  const float* misaligned = x.data() + 1;
  const auto blocks = quantize(kernels(), misaligned, 8 * kBlock);
  const auto plain = quantize(*test_tables().front().kernels, misaligned, 8 * kBlock);
  EXPECT_EQ(std::memcmp(blocks.data(), plain.data(), blocks.size() * sizeof(ActivationBlock)), 0);
  for (int i = 0; i < 8 * kBlock; ++i) {
    const ActivationBlock& block = blocks[static_cast<size_t>(i / kBlock)];
    EXPECT_NEAR(block.scale * static_cast<float>(quant(block, i % kBlock)), misaligned[i],
                block.scale * 0.51f);
  }
}

TEST_P(QuantizeRow, GivesABlockOfZerosTheScaleZero) {
  float x[2 * kBlock] = {};
  x[kBlock] = 1e-40f;  // too small for its inverse
  for (const ActivationBlock& block : quantize(kernels(), x, 2 * kBlock)) {
    EXPECT_EQ(block.scale, 0.0f);
    EXPECT_EQ(block.scaled_sum, 0.0f);
    EXPECT_EQ(block.scaled_half_sums[0], 0.0f);
    EXPECT_EQ(block.scaled_half_sums[1], 0.0f);
    for (int i = 0; i < kBlock; ++i) EXPECT_EQ(quant(block, i), 0);
  }
}

TEST_P(QuantizeRow, GivesABlockWithAValueThatIsNotFiniteTheScaleNaN) {
  for (float bad :
       {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
        std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN()}) {
    for (int at : {0, 13, 31}) {
      float x[2 * kBlock] = {1, 2, 3};
      x[at] = bad;
      const auto blocks = quantize(kernels(), x, 2 * kBlock);
      EXPECT_TRUE(std::isnan(blocks[0].scale));
      EXPECT_TRUE(std::isnan(blocks[0].scaled_sum));
      EXPECT_TRUE(std::isnan(blocks[0].scaled_half_sums[at / 16]));
      EXPECT_EQ(blocks[1].scale, 0.0f);
    }
  }
}

TEST_P(QuantizeRow, KeepsTheLargestFloat) {
  float x[kBlock] = {std::numeric_limits<float>::max(), -std::numeric_limits<float>::max()};
  const ActivationBlock block = quantize(kernels(), x, kBlock)[0];
  EXPECT_EQ(quant(block, 0), kLargestQuant);
  EXPECT_EQ(quant(block, 1), -kLargestQuant);
  EXPECT_TRUE(std::isfinite(block.scale));
}

INSTANTIATE_TEST_SUITE_P(Tables, QuantizeRow, testing::ValuesIn(test_tables()), test_table_name);

}  // namespace
}  // namespace cria::ml::cpu
