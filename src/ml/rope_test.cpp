#include "ml/rope.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cria::ml {
namespace {

TEST(Rope, TurnsPairsByPowersOfTheBase) {
  const auto plain = rope_frequencies({.dims = 4, .base = 100}, {});
  ASSERT_EQ(plain.size(), 2u);
  EXPECT_DOUBLE_EQ(plain[0], 1);
  EXPECT_DOUBLE_EQ(plain[1], 0.1);
  const std::vector<float> divisors = {1, 8};
  const auto scaled = rope_frequencies({.dims = 4, .base = 100, .scale = 0.5f}, divisors);
  EXPECT_DOUBLE_EQ(scaled[0], 0.5);
  EXPECT_DOUBLE_EQ(scaled[1], 0.1 / 16);
}

// Numbers of transformers' modeling_rope_utils.py: the limits are at pairs 2 and 6.
TEST(Rope, KeepsFastPairsAndScalesSlowOnesWithYarn) {
  const RopeOptions options{
      .dims = 16, .base = 10000, .scale = 0.25f, .yarn = {.original_context = 4096}};
  const auto frequencies = rope_frequencies(options, {});
  for (int i = 0; i < 8; ++i) {
    const double kept = i <= 2 ? 1 : i >= 6 ? 0 : (6.0 - i) / 4;
    EXPECT_NEAR(frequencies[static_cast<size_t>(i)],
                std::pow(10000, -i / 8.0) * (kept + (1 - kept) / 4), 1e-12)
        << i;
  }
}

TEST(Rope, DoesNotChangeTheMagnitudeAgain) {
  RopeOptions options{.dims = 16, .yarn = {.original_context = 64, .magnitude = 1.5f}};
  EXPECT_EQ(options.again().yarn.magnitude, 1);
  EXPECT_EQ(options.again().yarn.original_context, 64);
}

}  // namespace
}  // namespace cria::ml
