#include "cmd/nmse.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace cria::cmd {
namespace {

using Floats = std::vector<float>;

TEST(Nmse, IsTheSquaredErrorOverTheExpectedPower) {
  EXPECT_EQ(nmse(Floats{1, 2}, Floats{1, 2}), 0);
  EXPECT_DOUBLE_EQ(nmse(Floats{1, 3}, Floats{1, 2}), 1.0 / 5);
  EXPECT_DOUBLE_EQ(nmse(Floats{0, 0}, Floats{3, 4}), 1);
}

TEST(Nmse, OfZerosIsZeroOrInfinite) {
  EXPECT_EQ(nmse(Floats{}, Floats{}), 0);
  EXPECT_EQ(nmse(Floats{0}, Floats{0}), 0);
  EXPECT_EQ(nmse(Floats{1}, Floats{0}), std::numeric_limits<double>::infinity());
}

TEST(Nmse, IsNanWhereEitherHoldsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(nmse(Floats{nan, 1}, Floats{1, 1})));
  EXPECT_TRUE(std::isnan(nmse(Floats{1, 1}, Floats{nan, 1})));
  EXPECT_TRUE(std::isnan(nmse(Floats{nan}, Floats{0})));
}

}  // namespace
}  // namespace cria::cmd
