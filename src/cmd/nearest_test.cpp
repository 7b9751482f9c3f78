#include "cmd/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace cria::cmd {
namespace {

const std::vector<std::string> kCommands{"run", "show", "list", "ls", "tokenize", "detokenize"};

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("show", "show"), 0u);
  EXPECT_EQ(edit_distance("show", "sho"), 1u);
  EXPECT_EQ(edit_distance("show", "shows"), 1u);
  EXPECT_EQ(edit_distance("show", "slow"), 1u);
  EXPECT_EQ(edit_distance("show", "hsow"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Nearest, FindsTypingMistakes) {
  EXPECT_EQ(nearest("shwo", kCommands), "show");
  EXPECT_EQ(nearest("tokenise", kCommands), "tokenize");
  EXPECT_EQ(nearest("rum", kCommands), "run");
  EXPECT_EQ(nearest("lst", kCommands), "list");
}

TEST(Nearest, FindsNothingForOtherWords) {
  EXPECT_EQ(nearest("frobnicate", kCommands), "");
  EXPECT_EQ(nearest("", kCommands), "");
  EXPECT_EQ(nearest("xx", kCommands), "");
}

}  // namespace
}  // namespace cria::cmd
