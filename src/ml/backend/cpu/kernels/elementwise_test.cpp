#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "base/half.h"
#include "ml/backend/cpu/kernels/test_tables.h"

namespace cria::ml::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr int64_t kMostElements = 70;

using Floats = std::vector<float>;
using RealUnary = std::function<double(double)>;
using RealBinary = std::function<double(double, double)>;

class Elementwise : public testing::TestWithParam<TestTable> {
 protected:
  static const Kernels& kernels() { return *GetParam().kernels; }
};

Floats random_floats(int64_t n, uint32_t seed, float low = -4, float high = 4) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> distribution(low, high);
  Floats out(static_cast<size_t>(n));
  for (float& x : out) x = distribution(random);
  return out;
}

// The distance in units in the last place of the exact result, which are never below those of the
// smallest normal number.
double error_in_ulp(float actual, double exact) {
  if (std::isnan(exact) || std::isnan(actual))
    return std::isnan(exact) && std::isnan(actual) ? 0 : 1e9;
  const auto rounded = static_cast<float>(exact);
  if (actual == rounded) return 0;
  if (std::isinf(actual) || std::isinf(rounded)) return 1e9;
  const int exponent = std::max(std::ilogb(exact), std::numeric_limits<float>::min_exponent - 1);
  return std::abs(actual - exact) / std::ldexp(1.0, exponent - 23);
}

double sigmoid(double x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
double silu(double x) { return x * sigmoid(x); }
double gelu(double x) {
  return x * sigmoid(2 * std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x));
}
double gelu_erf(double x) { return x * std::erfc(-x / std::numbers::sqrt2) / 2; }

// Every length, at every alignment: results are right, nothing else is written, `out` may be the
// operand, and an element's result does not depend on where it lies.
void expect_elementwise(const std::function<void(const float*, const float*, int64_t, float*)>& run,
                        const RealBinary& exact, double most_ulp, float low = -4, float high = 4) {
  const Floats a = random_floats(kMostElements + 4, 1, low, high);
  const Floats b = random_floats(kMostElements + 4, 2, 0.5, 4);
  for (int64_t n = 1; n <= kMostElements; ++n) {
    for (int64_t offset = 0; offset < 4; ++offset) {
      Floats out(static_cast<size_t>(n + 8), 12345.0f);
      run(&a[offset], &b[offset], n, &out[3]);
      Floats in_place(a);
      run(&in_place[offset], &b[offset], n, &in_place[offset]);
      for (int64_t i = 0; i < n; ++i) {
        ASSERT_LE(error_in_ulp(out[3 + i], exact(a[offset + i], b[offset + i])), most_ulp)
            << "element " << i << " of " << n << ": " << a[offset + i] << ", " << b[offset + i]
            << " -> " << out[3 + i];
        ASSERT_EQ(in_place[offset + i], out[3 + i]);
        float alone = 0;
        run(&a[offset + i], &b[offset + i], 1, &alone);
        ASSERT_EQ(alone, out[3 + i]) << "element " << i << " of " << n;
      }
      for (const int64_t i : {int64_t{2}, n + 3}) ASSERT_EQ(out[i], 12345.0f) << "length " << n;
    }
  }
}

TEST_P(Elementwise, ComputesWithTwoOperands) {
  const std::tuple<Kernels::Binary, RealBinary, double> cases[] = {
      {kernels().add, [](double a, double b) { return a + b; }, 0.5},
      {kernels().sub, [](double a, double b) { return a - b; }, 0.5},
      {kernels().mul, [](double a, double b) { return a * b; }, 0.5},
      {kernels().div, [](double a, double b) { return a / b; }, 0.5},
      {kernels().gated[static_cast<int>(Activation::kSilu)],
       [](double a, double b) { return silu(a) * b; }, 4},
      {kernels().gated[static_cast<int>(Activation::kGelu)],
       [](double a, double b) { return gelu(a) * b; }, 12}};
  for (const auto& [kernel, exact, most_ulp] : cases) expect_elementwise(kernel, exact, most_ulp);
}

TEST_P(Elementwise, ComputesWithOneOperand) {
  struct Case {
    Kernels::Unary kernel;
    RealUnary exact;
    double most_ulp;
    float low;
  };
  const auto activation = [&](Activation a) { return kernels().activate[static_cast<int>(a)]; };
  const Case cases[] = {
      {activation(Activation::kSilu), silu, 3.5, -30},
      {activation(Activation::kGelu), gelu, 12, -3},
      {activation(Activation::kGeluErf), gelu_erf, 12, -3},
      {activation(Activation::kQuickGelu), [](double x) { return x * sigmoid(double{1.702f} * x); },
       12, -10},
      {activation(Activation::kRelu), [](double x) { return x < 0 ? 0 : x; }, 0, -30},
      {kernels().tanh, [](double x) { return std::tanh(x); }, 2.5, -30},
      {kernels().tanh, [](double x) { return std::tanh(x); }, 2.5, 0},
      {kernels().sqrt, [](double x) { return std::sqrt(x); }, 0.5, 0},
      {kernels().exp, [](double x) { return std::exp(x); }, 1, -30},
      {kernels().sigmoid, sigmoid, 3, -30},
      {kernels().rsqrt, [](double x) { return 1 / std::sqrt(x); }, 1.5, 0.001f}};
  for (const Case& c : cases) {
    expect_elementwise(
        [&](const float* x, const float*, int64_t n, float* out) { c.kernel(x, n, out); },
        [&](double x, double) { return c.exact(x); }, c.most_ulp, c.low, 30);
  }
}

TEST_P(Elementwise, ScalesAndOffsets) {
  expect_elementwise([&](const float* x, const float*, int64_t n,
                         float* out) { kernels().affine(x, 2.5f, -1.0f, n, out); },
                     [](double x, double) { return double{static_cast<float>(x * 2.5)} - 1; }, 0.5,
                     1, 4);
}

TEST_P(Elementwise, Clamps) {
  expect_elementwise([&](const float* x, const float*, int64_t n,
                         float* out) { kernels().clamp(x, -1.5f, 2.0f, n, out); },
                     [](double x, double) { return std::min(2.0, std::max(-1.5, x)); }, 0);
  const Floats x = {kNaN, kInfinity, -kInfinity};
  Floats out(3);
  kernels().clamp(x.data(), -1, 1, 3, out.data());
  EXPECT_TRUE(std::isnan(out[0]));
  EXPECT_EQ(out[1], 1);
  EXPECT_EQ(out[2], -1);
}

// Rounding 1.702 * gate, which is below 17 and so at most 2^-20, becomes a relative error of the
// exponential: 16 units in the last place.
TEST_P(Elementwise, LimitsGates) {
  expect_elementwise([&](const float* gate, const float* up, int64_t n,
                         float* out) { kernels().swiglu_limited(gate, up, 1.702f, 2.0f, n, out); },
                     [](double g, double u) {
                       g = std::min(g, 2.0);
                       u = std::min(2.0, std::max(-2.0, u));
                       return g * sigmoid(double{1.702f} * g) * (u + 1);
                     },
                     6 + 16, -10);
}

// Tails, limits and what is not a number.
TEST_P(Elementwise, ActivatesExtremes) {
  for (int kind = 0; kind < kActivations; ++kind) {
    const Floats x = {200, -200, 0, 1e-30f, kNaN};
    Floats out(x.size());
    kernels().activate[kind](x.data(), std::ssize(x), out.data());
    EXPECT_EQ(out[0], 200) << kind;
    EXPECT_EQ(out[1], 0) << kind;
    EXPECT_EQ(out[2], 0) << kind;
    EXPECT_NEAR(out[3], kind == static_cast<int>(Activation::kRelu) ? 1e-30f : 0.5e-30f, 1e-36f);
    EXPECT_TRUE(std::isnan(out[4])) << kind;
  }
  const Floats x = {kInfinity, -kInfinity, 20, -20, 1e-20f, kNaN};
  Floats out(x.size());
  kernels().tanh(x.data(), std::ssize(x), out.data());
  for (int i = 0; i < 4; ++i) EXPECT_EQ(out[i], i % 2 ? -1 : 1);
  EXPECT_EQ(out[4], 1e-20f);
  EXPECT_TRUE(std::isnan(out[5]));
}

TEST_P(Elementwise, TakesTheRootBeforeTheReciprocal) {
  const Floats x = random_floats(1000, 3, 0, 1e6);
  Floats out(x.size());
  kernels().rsqrt(x.data(), std::ssize(x), out.data());
  for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(out[i], 1.0f / std::sqrt(x[i])) << x[i];
}

TEST_P(Elementwise, ExponentiatesAllFloatsToOneUnitInTheLastPlace) {
  Floats x;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 9973) {
    x.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  }
  for (float value = -110; value < 92; value += 0.0037f) x.push_back(value);
  Floats out(x.size());
  kernels().exp(x.data(), std::ssize(x), out.data());
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double error = error_in_ulp(out[i], std::exp(double{x[i]}));
    EXPECT_LE(error, 1.0) << x[i] << " -> " << out[i];
    worst = std::max(worst, error);
  }
  std::printf("exp, %s: %.2f units in the last place at most\n", GetParam().name.c_str(), worst);
}

TEST_P(Elementwise, ExponentiatesTheEdgesOfTheRange) {
  const Floats x = {kInfinity, -kInfinity, kNaN,    0,     -0.0f, 88.72283f,
                    88.7229f,  -103.9f,    -104.1f, 1e30f, -1e30f};
  const Floats expected = {kInfinity, 0,        kNaN, 1,         1, 3.4027973e38f,
                           kInfinity, 1.4e-45f, 0,    kInfinity, 0};
  Floats out(x.size());
  kernels().exp(x.data(), std::ssize(x), out.data());
  for (size_t i = 0; i < x.size(); ++i)
    EXPECT_LE(error_in_ulp(out[i], expected[i]), 32) << x[i] << " -> " << out[i];
  EXPECT_EQ(out[1], 0);
  EXPECT_EQ(out[3], 1);
}

TEST_P(Elementwise, KeepsSmallSigmoidsAndTheirLimits) {
  const Floats x = {kInfinity, -kInfinity, kNaN, 0, 200, -80, -200};
  Floats out(x.size());
  kernels().sigmoid(x.data(), std::ssize(x), out.data());
  EXPECT_EQ(out[0], 1);
  EXPECT_EQ(out[1], 0);
  EXPECT_TRUE(std::isnan(out[2]));
  EXPECT_EQ(out[3], 0.5f);
  EXPECT_EQ(out[4], 1);
  EXPECT_LE(error_in_ulp(out[5], sigmoid(-80)), 3);
  EXPECT_EQ(out[6], 0);
}

TEST_P(Elementwise, ConvertsEveryHalf) {
  std::vector<uint16_t> halves(1 << 16);
  for (size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<uint16_t>(i);
  Floats floats(halves.size());
  kernels().from_f16(halves.data(), std::ssize(halves), floats.data());
  std::vector<uint16_t> back(halves.size());
  kernels().to_f16(floats.data(), std::ssize(halves), back.data());
  for (size_t i = 0; i < halves.size(); ++i) {
    const float expected = half_to_float(halves[i]);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(floats[i])) << i;
      EXPECT_TRUE(std::isnan(half_to_float(back[i]))) << i;
    } else {
      EXPECT_EQ(std::bit_cast<uint32_t>(floats[i]), std::bit_cast<uint32_t>(expected)) << i;
      EXPECT_EQ(back[i], halves[i]);
    }
  }
}

TEST_P(Elementwise, RoundsToTheNearestHalf) {
  Floats x;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 9973) {
    x.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  }
  for (uint32_t half = 0; half < 0x7c00; ++half) {  // the middles, and what lies beside them
    const float low = half_to_float(static_cast<uint16_t>(half));
    const float high = half == 0x7bff ? 65536.0f : half_to_float(static_cast<uint16_t>(half + 1));
    const float middle = low + (high - low) / 2;
    for (const float value :
         {middle, std::nextafter(middle, 0.0f), std::nextafter(middle, kInfinity)}) {
      x.insert(x.end(), {value, -value});
    }
  }
  std::vector<uint16_t> out(x.size());
  kernels().to_f16(x.data(), std::ssize(x), out.data());
  for (size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i])) {
      EXPECT_TRUE(std::isnan(half_to_float(out[i]))) << i;
    } else {
      EXPECT_EQ(out[i], float_to_half(x[i])) << x[i];
    }
  }
}

TEST_P(Elementwise, ConvertsRowsOfAnyLength) {
  const Floats x = random_floats(kMostElements, 4);
  for (int64_t n = 1; n <= kMostElements; ++n) {
    std::vector<uint16_t> halves(static_cast<size_t>(n + 1), 0x1234);
    kernels().to_f16(x.data(), n, halves.data());
    Floats back(static_cast<size_t>(n + 1), 7.0f);
    kernels().from_f16(halves.data(), n, back.data());
    for (int64_t i = 0; i < n; ++i) {
      EXPECT_EQ(halves[i], float_to_half(x[i]));
      EXPECT_EQ(back[i], half_to_float(halves[i]));
    }
    EXPECT_EQ(halves[n], 0x1234);
    EXPECT_EQ(back[n], 7.0f);
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, Elementwise, testing::ValuesIn(test_tables()), test_table_name);

}  // namespace
}  // namespace cria::ml::cpu
