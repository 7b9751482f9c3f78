#include "sample/penalties.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace cria::sample {
namespace {

std::vector<int32_t> after(int32_t size, std::initializer_list<int32_t> tokens) {
  Window window(size);
  for (const int32_t token : tokens) window.add(token);
  std::vector<int32_t> kept(window.tokens().begin(), window.tokens().end());
  std::sort(kept.begin(), kept.end());
  return kept;
}

std::vector<float> penalized(std::vector<float> logits, std::vector<int32_t> tokens,
                             float penalty) {
  const std::vector<float> original = logits;
  penalize_repeats(tokens, penalty, original, logits);
  return logits;
}

TEST(Window, KeepsTheLastTokens) {
  using Ids = std::vector<int32_t>;
  EXPECT_EQ(after(3, {1, 2}), (Ids{1, 2}));
  EXPECT_EQ(after(3, {1, 2, 3, 4, 5}), (Ids{3, 4, 5}));
  EXPECT_EQ(after(3, {1, 2, 3, 4, 5, 6, 7}), (Ids{5, 6, 7}));
  EXPECT_EQ(after(0, {1, 2}), Ids{});
  EXPECT_EQ(after(-1, {1, 2, 3, 4, 5}), (Ids{1, 2, 3, 4, 5}));
}

TEST(Window, OfAnySizeTakesMemoryOnlyForWhatItSaw) {
  EXPECT_EQ(after(std::numeric_limits<int32_t>::max(), {7, 7}), (std::vector<int32_t>{7, 7}));
}

TEST(RepeatPenalty, DividesPositiveAndMultipliesNegativeLogits) {
  EXPECT_EQ(penalized({4, -4, 4, 0}, {0, 1, 3}, 2), (std::vector<float>{2, -8, 4, 0}));
}

TEST(RepeatPenalty, CountsATokenOnce) {
  EXPECT_EQ(penalized({4, 4}, {0, 0, 0}, 2), (std::vector<float>{2, 4}));
}

TEST(RepeatPenalty, BelowOneFavoursRepetition) {
  EXPECT_EQ(penalized({4, -4}, {0, 1}, 0.5f), (std::vector<float>{8, -2}));
}

TEST(RepeatPenalty, NeverMakesAnInfinityAndKeepsTheImpossible) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kMost = std::numeric_limits<float>::max();
  EXPECT_EQ(penalized({4, -4, -kInfinity}, {0, 2}, 1e-40f),
            (std::vector<float>{kMost, -4, -kInfinity}));
  EXPECT_EQ(penalized({4, -4}, {1}, kMost), (std::vector<float>{4, -kMost}));
}

}  // namespace
}  // namespace cria::sample
