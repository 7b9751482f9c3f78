#include "sample/exponential.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace cria::sample {
namespace {

TEST(Exponential, IsExactAtZero) { EXPECT_EQ(exponential(0.0f), 1); }

TEST(Exponential, IsWithinTwoInTenMillionOfTheTrueValue) {
  for (int i = 0; i <= 86980; ++i) {
    const float x = static_cast<float>(-i) / 1000;
    const double expected = std::exp(static_cast<double>(x));
    ASSERT_NEAR(exponential(x) / expected, 1, 2e-7) << x;
  }
}

TEST(Exponential, IsZeroFarBelow) {
  EXPECT_EQ(exponential(-87.0f), 0);
  EXPECT_EQ(exponential(-1e30f), 0);
  EXPECT_EQ(exponential(-std::numeric_limits<float>::infinity()), 0);
}

}  // namespace
}  // namespace cria::sample
