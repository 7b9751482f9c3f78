#include "sample/random.h"

#include <gtest/gtest.h>

namespace cria::sample {
namespace {

TEST(Random, GivesTheSequenceOfSplitMix64) {
  Random random(1234567);  // the test values in general use for this algorithm
  EXPECT_EQ(random.bits(), 6457827717110365317u);
  EXPECT_EQ(random.bits(), 3203168211198807973u);
  EXPECT_EQ(random.bits(), 9817491932198370423u);
  EXPECT_EQ(random.bits(), 4593380528125082431u);
  EXPECT_EQ(random.bits(), 16408922859458223821u);
}

TEST(Random, IsUniformBetweenZeroAndOne) {
  Random random(1);
  constexpr int kDraws = 100000;
  int tenths[10] = {};
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.uniform();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    ++tenths[static_cast<int>(x * 10)];
  }
  double chi_square = 0;
  for (const int count : tenths) {
    const double difference = count - kDraws / 10.0;
    chi_square += difference * difference / (kDraws / 10.0);
  }
  EXPECT_LT(chi_square, 27.9);  // 9 degrees of freedom, one in a thousand
}

}  // namespace
}  // namespace cria::sample
