// Kernels of whole rows: norms, softmax, rotations.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "ml/backend/cpu/kernels/test_tables.h"
#include "tests/support/nmse.h"

namespace cria::ml::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kUntouched = 12345.0f;

using Floats = std::vector<float>;

class Rows : public testing::TestWithParam<TestTable> {
 protected:
  static const Kernels& kernels() { return *GetParam().kernels; }
};

Floats random_floats(int64_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> distribution;
  Floats out(static_cast<size_t>(n));
  for (float& x : out) x = distribution(random);
  return out;
}

std::vector<int64_t> lengths() {
  std::vector<int64_t> out = {576, 1000, 2048, 4099};
  for (int64_t n = 1; n <= 70; ++n) out.push_back(n);
  return out;
}

Floats exact_rms_norm(const float* x, const float* weight, double eps, int64_t n) {
  double squares = 0;
  for (int64_t i = 0; i < n; ++i) squares += double{x[i]} * x[i];
  const double scale = 1 / std::sqrt(squares / static_cast<double>(n) + eps);
  Floats out(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    out[i] = static_cast<float>(x[i] * scale * (weight != nullptr ? weight[i] : 1.0f));
  }
  return out;
}

TEST_P(Rows, AreNormalisedToARootMeanSquareOfOne) {
  for (const int64_t n : lengths()) {
    const Floats x = random_floats(n + 1, 1), weight = random_floats(n + 2, 2);
    for (const float* w : {&weight[2], static_cast<const float*>(nullptr)}) {
      Floats out(static_cast<size_t>(n), 0.0f);
      kernels().rms_norm(&x[1], w, 1e-5f, n, out.data());
      EXPECT_LE(nmse(out, exact_rms_norm(&x[1], w, 1e-5f, n)), 1e-12) << n;
      Floats in_place(&x[1], &x[1] + n);
      kernels().rms_norm(in_place.data(), w, 1e-5f, n, in_place.data());
      EXPECT_EQ(in_place, out) << n;
    }
  }
}

TEST_P(Rows, AreNormalisedToAMeanOfZeroAndAVarianceOfOne) {
  for (const int64_t n : lengths()) {
    Floats x = random_floats(n + 1, 1);
    for (float& value : x) value += 3;
    const Floats weight = random_floats(n + 2, 2), bias = random_floats(n + 3, 3);
    double mean = 0, variance = 0;
    for (int64_t i = 0; i < n; ++i) mean += double{x[i + 1]} / static_cast<double>(n);
    for (int64_t i = 0; i < n; ++i)
      variance += (x[i + 1] - mean) * (x[i + 1] - mean) / static_cast<double>(n);
    for (const bool plain : {false, true}) {
      Floats expected(static_cast<size_t>(n));
      for (int64_t i = 0; i < n; ++i) {
        const double y = (x[i + 1] - mean) / std::sqrt(variance + 1e-3);
        expected[i] = static_cast<float>(plain ? y : y * weight[i + 2] + bias[i + 3]);
      }
      Floats out(static_cast<size_t>(n + 1), kUntouched), in_place(&x[1], &x[1] + n);
      kernels().layer_norm(&x[1], plain ? nullptr : &weight[2], plain ? nullptr : &bias[3], 1e-3f,
                           n, out.data());
      kernels().layer_norm(in_place.data(), plain ? nullptr : &weight[2],
                           plain ? nullptr : &bias[3], 1e-3f, n, in_place.data());
      EXPECT_EQ(out.back(), kUntouched);
      out.pop_back();
      EXPECT_LE(n == 1 && plain ? 0 : nmse(out, expected), 1e-10) << n;
      EXPECT_EQ(in_place, out) << n;
    }
  }
}

TEST_P(Rows, AreSummedWithWeights) {
  for (const int64_t n : lengths()) {
    for (const int64_t count : {1, 2, 8}) {
      const Floats x = random_floats(count * n + 1, 1), weights = random_floats(count, 2);
      Floats out(static_cast<size_t>(n + 1), kUntouched), expected;
      kernels().weighted_sum(&x[1], weights.data(), count, n, out.data());
      EXPECT_EQ(out.back(), kUntouched);
      out.pop_back();
      for (int64_t i = 0; i < n; ++i) {
        double sum = 0;
        for (int64_t j = 0; j < count; ++j) sum += double{weights[j]} * x[j * n + i + 1];
        expected.push_back(static_cast<float>(sum));
      }
      EXPECT_LE(nmse(out, expected), 1e-11) << n;
    }
  }
}

TEST_P(Rows, OfZerosAreNormalisedToZeros) {
  const Floats x(20, 0.0f);
  Floats out(21, kUntouched);
  kernels().rms_norm(x.data(), nullptr, 1e-5f, 20, out.data());
  EXPECT_EQ(std::count(out.begin(), out.end(), 0.0f), 20);
  EXPECT_EQ(out[20], kUntouched);
}

TEST_P(Rows, BecomeProbabilities) {
  for (const int64_t n : lengths()) {
    Floats x = random_floats(n + 1, 3);
    for (float& value : x) value = 10 * value + 500;
    Floats out(static_cast<size_t>(n + 1), kUntouched);
    kernels().softmax(&x[1], n, out.data());
    EXPECT_EQ(out.back(), kUntouched);
    out.pop_back();

    double sum = 0;
    const double largest = *std::max_element(x.begin() + 1, x.end());
    for (int64_t i = 0; i < n; ++i) sum += std::exp(x[i + 1] - largest);
    Floats expected(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i)
      expected[i] = static_cast<float>(std::exp(x[i + 1] - largest) / sum);
    EXPECT_LE(nmse(out, expected), 1e-12) << n;

    kernels().softmax(&x[1], n, &x[1]);
    EXPECT_TRUE(std::equal(out.begin(), out.end(), x.begin() + 1)) << n;
  }
}

TEST_P(Rows, GiveMaskedElementsNoProbability) {
  for (const int64_t n : {2, 17, 40}) {
    Floats x(static_cast<size_t>(n), -kInfinity);
    x[n / 2] = -3;
    kernels().softmax(x.data(), n, x.data());
    for (int64_t i = 0; i < n; ++i) EXPECT_EQ(x[i], i == n / 2 ? 1.0f : 0.0f);
  }
}

TEST_P(Rows, AreRotatedInPairs) {
  constexpr int64_t kHeads = 3;
  for (const RopePairs pairs : {RopePairs::kAdjacent, RopePairs::kHalves}) {
    for (int64_t dims = 2; dims <= 130; dims += 2) {
      const int64_t head_dim = dims + dims % 3;  // some have dimensions that are not rotated
      const Floats x = random_floats(kHeads * head_dim, 5), table = random_floats(dims, 6);
      Floats out(x.size() + 1, kUntouched);
      kernels().rotate(x.data(), table.data(), kHeads, head_dim, dims, pairs, out.data());
      EXPECT_EQ(out.back(), kUntouched);
      out.pop_back();

      Floats expected = x;
      for (int64_t i = 0; i < kHeads * dims / 2; ++i) {
        const int64_t pair = i % (dims / 2), head = i / (dims / 2) * head_dim;
        const int64_t a = head + (pairs == RopePairs::kAdjacent ? 2 * pair : pair);
        const int64_t b = pairs == RopePairs::kAdjacent ? a + 1 : a + dims / 2;
        const double c = table[pair], s = table[dims / 2 + pair];
        expected[a] = static_cast<float>(x[a] * c - x[b] * s);
        expected[b] = static_cast<float>(x[b] * c + x[a] * s);
      }
      EXPECT_LE(nmse(out, expected), 1e-12) << dims;
      Floats in_place = x;
      kernels().rotate(in_place.data(), table.data(), kHeads, head_dim, dims, pairs,
                       in_place.data());
      EXPECT_EQ(in_place, out) << dims;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, Rows, testing::ValuesIn(test_tables()), test_table_name);

}  // namespace
}  // namespace cria::ml::cpu
