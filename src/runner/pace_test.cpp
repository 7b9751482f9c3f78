#include "runner/pace.h"

#include <gtest/gtest.h>

namespace cria::runner {
namespace {

TEST(Pace, GivesPromptsWholePassesWhileNobodyDecodes) {
  Pace pace;
  pace.ran(512, 10);
  EXPECT_EQ(pace.tokens(0, 512), 512);
}

TEST(Pace, CutsPassesShortForThoseThatDecode) {
  Pace pace;
  EXPECT_EQ(pace.tokens(3, 512), 512) << "nothing is known yet";
  pace.ran(512, 0.512);
  EXPECT_EQ(pace.tokens(3, 512), 200);
  EXPECT_EQ(pace.tokens(3, 100), 100);
}

TEST(Pace, LeavesPromptsSomethingOnSlowMachines) {
  Pace pace;
  pace.ran(512, 512);
  EXPECT_EQ(pace.tokens(3, 512), 35);
  EXPECT_EQ(pace.tokens(100, 512), 132);
}

TEST(Pace, FollowsChangesAndIgnoresShortPasses) {
  Pace pace;
  pace.ran(100, 0.1);
  pace.ran(4, 4);
  EXPECT_EQ(pace.tokens(1, 512), 200);
  for (int i = 0; i < 50; ++i) pace.ran(100, 0.2);
  EXPECT_NEAR(static_cast<double>(pace.tokens(1, 512)), 100, 1);
}

}  // namespace
}  // namespace cria::runner
