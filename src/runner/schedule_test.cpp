#include "runner/schedule.h"

#include <gtest/gtest.h>

namespace cria::runner {
namespace {

using Counts = std::vector<int64_t>;

Counts share(const Counts& pending, int64_t tokens, int64_t outputs) {
  Schedule schedule;
  const auto granted = schedule.share(pending, tokens, outputs);
  return {granted.begin(), granted.end()};
}

TEST(Schedule, GivesAPromptTheWholePass) {
  EXPECT_EQ(share({100}, 512, 4), Counts{100});
  EXPECT_EQ(share({1000}, 512, 4), Counts{512});
}

TEST(Schedule, LetsDecodeStepsIntoEveryPass) {
  EXPECT_EQ(share({1, 1000, 1}, 512, 4), (Counts{1, 510, 1}));
  EXPECT_EQ(share({1000, 1, 1}, 512, 4), (Counts{510, 1, 1}));
}

TEST(Schedule, SharesEvenlyBetweenPrompts) {
  EXPECT_EQ(share({1000, 1000}, 512, 4), (Counts{256, 256}));
  EXPECT_EQ(share({1000, 1000, 1, 1000}, 301, 4), (Counts{100, 100, 1, 100}));
}

TEST(Schedule, GivesOthersWhatAShortPromptDoesNotNeed) {
  EXPECT_EQ(share({1000, 12, 1000}, 512, 4), (Counts{250, 12, 250}));
  EXPECT_EQ(share({2, 3, 4}, 512, 4), (Counts{2, 3, 4}));
}

TEST(Schedule, KeepsTheOrderWhenThereAreTooFewTokens) {
  EXPECT_EQ(share({1, 1000, 1, 1}, 3, 4), (Counts{1, 1, 1, 0}));
  EXPECT_EQ(share({1000, 1000, 1}, 2, 4), (Counts{1, 1, 0}));
}

TEST(Schedule, LeavesTheEndOfAPromptWhenThereAreTooFewOutputs) {
  EXPECT_EQ(share({1, 1, 1}, 512, 2), (Counts{1, 1, 0}));
  EXPECT_EQ(share({1, 10}, 512, 1), (Counts{1, 9}));
  EXPECT_EQ(share({10, 10}, 512, 1), (Counts{10, 9}));
  EXPECT_EQ(share({2, 1}, 512, 1), (Counts{1, 1}));
}

TEST(Schedule, IsEmptyForNothing) { EXPECT_EQ(share({}, 512, 4), Counts{}); }

}  // namespace
}  // namespace cria::runner
