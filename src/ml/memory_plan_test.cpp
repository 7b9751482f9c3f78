#include "ml/memory_plan.h"

#include <gtest/gtest.h>

namespace cria::ml {
namespace {

TEST(MemoryPlan, UsesMemoryAgainOnceItsLastReaderHasRun) {
  const Lifetime lifetimes[] = {{.bytes = 64, .first = 0, .last = 1},
                                {.bytes = 64, .first = 1, .last = 2},
                                {.bytes = 64, .first = 2, .last = 3}};
  const MemoryPlan plan = plan_memory(lifetimes);
  EXPECT_EQ(plan.bytes, 128);
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
  EXPECT_NE(plan.offsets[0], plan.offsets[1]);
}

TEST(MemoryPlan, NeverLetsLiveValuesOverlap) {
  std::vector<Lifetime> lifetimes;
  for (int64_t i = 0; i < 60; ++i)
    lifetimes.push_back({.bytes = i * 37 % 501, .first = i * 13 % 40, .last = i * 13 % 40 + i % 7});
  const MemoryPlan plan = plan_memory(lifetimes);
  for (size_t a = 0; a < lifetimes.size(); ++a) {
    EXPECT_EQ(plan.offsets[a] % kArenaAlignment, 0);
    EXPECT_LE(plan.offsets[a] + lifetimes[a].bytes, plan.bytes);
    for (size_t b = 0; b < a; ++b) {
      const bool together =
          lifetimes[a].first <= lifetimes[b].last && lifetimes[b].first <= lifetimes[a].last;
      const bool apart = plan.offsets[a] + lifetimes[a].bytes <= plan.offsets[b] ||
                         plan.offsets[b] + lifetimes[b].bytes <= plan.offsets[a];
      EXPECT_TRUE(!together || apart) << a << " and " << b;
    }
  }
}

TEST(MemoryPlan, FitsTheSameStepsWithNothingLarger) {
  const Lifetime large[] = {{.bytes = 640, .first = 0, .last = 1},
                            {.bytes = 64, .first = 1, .last = 2}};
  const Lifetime small[] = {{.bytes = 64, .first = 0, .last = 1},
                            {.bytes = 64, .first = 1, .last = 2}};
  EXPECT_TRUE(plan_memory(large).fits(small));
  EXPECT_FALSE(plan_memory(small).fits(large));
  EXPECT_FALSE(plan_memory(large).fits(std::span(small, 1)));
}

}  // namespace
}  // namespace cria::ml
