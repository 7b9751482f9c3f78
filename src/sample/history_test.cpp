#include "sample/history.h"

#include <gtest/gtest.h>

#include <limits>

namespace cria::sample {
namespace {

using Ids = std::vector<int32_t>;

Ids last(const History& history, Reach reach) {
  const std::span<const int32_t> tokens = history.last(reach);
  return {tokens.begin(), tokens.end()};
}

TEST(History, KeepsTheLastTokensInOrder) {
  History history(3);
  for (int32_t token = 1; token <= 20; ++token) {
    history.add(token);
    if (token < 3) continue;
    ASSERT_EQ(last(history, 3), (Ids{token - 2, token - 1, token}));
  }
  EXPECT_EQ(last(history, 2), (Ids{19, 20}));
  EXPECT_EQ(last(history, 0), Ids{});
}

TEST(History, GivesWhatThereIs) {
  History history(std::numeric_limits<int32_t>::max());
  EXPECT_EQ(last(history, 5), Ids{});
  history.add(7);
  history.add(7);
  EXPECT_EQ(last(history, 5), (Ids{7, 7}));
}

TEST(History, KeepsAllOrNothing) {
  History all(-1), nothing(0);
  for (int32_t token = 0; token < 1000; ++token) {
    all.add(token);
    nothing.add(token);
  }
  EXPECT_EQ(last(all, -1).size(), 1000u);
  EXPECT_EQ(last(all, 1), Ids{999});
  EXPECT_EQ(last(nothing, -1), Ids{});
}

TEST(Reach, IsTheLongerOfTwo) {
  EXPECT_EQ(longer(3, 5), 5);
  EXPECT_EQ(longer(0, -1), -1);
  EXPECT_EQ(longer(-1, 5), -1);
}

}  // namespace
}  // namespace cria::sample
