#include "sample/penalties.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace cria::sample {
namespace {

std::vector<float> penalized(std::vector<float> logits, const std::vector<int32_t>& tokens,
                             const Penalties& penalties) {
  Penalizer penalizer(penalties);
  std::vector<float> again = logits;
  penalizer.apply(tokens, logits);
  penalizer.apply(tokens, again);
  EXPECT_EQ(again, logits) << "nothing is left over from the call before";
  return logits;
}

TEST(RepeatPenalty, DividesPositiveAndMultipliesNegativeLogits) {
  EXPECT_EQ(penalized({4, -4, 4, 0}, {0, 1, 3}, {.repeat = 2}), (std::vector<float>{2, -8, 4, 0}));
}

TEST(RepeatPenalty, CountsATokenOnce) {
  EXPECT_EQ(penalized({4, 4}, {0, 0, 0}, {.repeat = 2}), (std::vector<float>{2, 4}));
}

TEST(RepeatPenalty, BelowOneFavoursRepetition) {
  EXPECT_EQ(penalized({4, -4}, {0, 1}, {.repeat = 0.5f}), (std::vector<float>{8, -2}));
}

TEST(RepeatPenalty, NeverMakesAnInfinityAndKeepsTheImpossible) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kMost = std::numeric_limits<float>::max();
  EXPECT_EQ(penalized({4, -4, -kInfinity}, {0, 2}, {.repeat = 1e-40f}),
            (std::vector<float>{kMost, -4, -kInfinity}));
  EXPECT_EQ(penalized({4, -4}, {1}, {.repeat = kMost}), (std::vector<float>{4, -kMost}));
}

TEST(PresencePenalty, IsTakenOffOnce) {
  EXPECT_EQ(penalized({4, -4, 4}, {0, 1, 0}, {.presence = 1.5f}),
            (std::vector<float>{2.5f, -5.5f, 4}));
}

TEST(FrequencyPenalty, IsTakenOffForEveryTime) {
  EXPECT_EQ(penalized({4, -4, 4}, {0, 1, 0}, {.frequency = 1.5f}),
            (std::vector<float>{1, -5.5f, 4}));
}

TEST(Penalties, AddUp) {
  EXPECT_EQ(penalized({4, 4}, {0, 0}, {.repeat = 2, .presence = 0.25f, .frequency = 0.5f}),
            (std::vector<float>{0.75f, 4}));
}

TEST(Penalties, NeverMakeAnInfinityAndKeepTheImpossible) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kMost = std::numeric_limits<float>::max();
  EXPECT_EQ(penalized({4, -kInfinity}, {0, 1}, {.presence = kMost, .frequency = kMost}),
            (std::vector<float>{-kMost, -kInfinity}));
  EXPECT_EQ(penalized({4, -kInfinity}, {0, 0, 1}, {.frequency = -kMost}),
            (std::vector<float>{kMost, -kInfinity}));
}

}  // namespace
}  // namespace cria::sample
