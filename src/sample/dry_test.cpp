#include "sample/dry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sample/random.h"

namespace cria::sample {
namespace {

using Ids = std::vector<int32_t>;

// What is taken off each of ten logits.
std::vector<float> taken(const Options& options, const Ids& tokens) {
  Dry dry(options);
  std::vector<float> logits(10, 0);
  dry.apply(tokens, logits);
  for (float& logit : logits) logit = -logit;
  return logits;
}

const Options kDry{.dry_multiplier = 1, .dry_base = 2, .dry_allowed_length = 2};

TEST(Dry, WeighsDownWhatContinuesARepetition) {
  // "1 2 3 ... 1 2" would go on with 3: a repetition of two, which costs the multiplier.
  EXPECT_EQ(taken(kDry, {1, 2, 3, 4, 1, 2}), (std::vector<float>{0, 0, 0, 1, 0, 0, 0, 0, 0, 0}));
  // Of three: once more the base.
  EXPECT_EQ(taken(kDry, {9, 1, 2, 3, 4, 9, 1, 2})[3], 2);
  EXPECT_EQ(taken(kDry, {2, 3, 4, 1, 2}), std::vector<float>(10, 0)) << "one is free";
}

TEST(Dry, CountsTheLongestRepetition) {
  EXPECT_EQ(taken(kDry, {1, 2, 3, 5, 1, 2, 3, 4, 5, 1, 2})[3], 2);
}

TEST(Dry, EndsAtBreakers) {
  Options options = kDry;
  options.dry_breakers = {{9}};
  EXPECT_EQ(taken(options, {8, 9, 2, 3, 4, 8, 9, 2}), std::vector<float>(10, 0));
  options.dry_breakers = {{8, 9}};
  EXPECT_EQ(taken(options, {7, 8, 9, 2, 3, 4, 7, 8, 9, 2}), std::vector<float>(10, 0));
  EXPECT_EQ(taken(options, {7, 8, 2, 3, 4, 7, 8, 2})[3], 2) << "only a part of the breaker";
  options.dry_breakers = {{3}};
  EXPECT_EQ(taken(options, {1, 2, 3, 4, 1, 2})[3], 0) << "a breaker may follow";
}

TEST(Dry, EqualsComparingEverything) {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    Ids tokens(2 + static_cast<size_t>(random.uniform() * 60));
    for (int32_t& token : tokens) token = static_cast<int32_t>(random.uniform() * 3);
    std::vector<float> expected(10, 0);
    for (size_t end = 1; end < tokens.size(); ++end) {
      size_t length = 0;
      while (length < end && tokens[end - 1 - length] == tokens[tokens.size() - 1 - length]) {
        ++length;
      }
      float& penalty = expected[static_cast<size_t>(tokens[end])];
      if (length >= 2) penalty = std::max(penalty, std::exp2(static_cast<float>(length - 2)));
    }
    ASSERT_EQ(taken(kDry, tokens), expected) << "round " << round;
  }
}

TEST(Dry, TakesALongRepetitionInLinearTime) {
  const Ids tokens(1000000, 1);
  const std::vector<float> penalties = taken(kDry, tokens);
  EXPECT_GT(penalties[1], 1e38f);
  EXPECT_TRUE(std::isfinite(penalties[1]));
}

}  // namespace
}  // namespace cria::sample
