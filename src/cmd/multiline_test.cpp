#include "cmd/multiline.h"

#include <gtest/gtest.h>

namespace cria::cmd {
namespace {

TEST(MultilineInput, TakesALineAsItIs) {
  MultilineInput input;
  const auto complete = input.add("  hello \"\"\"");
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->text, "  hello \"\"\"");
  EXPECT_FALSE(complete->quoted);
  EXPECT_FALSE(input.open());
}

TEST(MultilineInput, JoinsLinesBetweenQuotes) {
  MultilineInput input;
  EXPECT_FALSE(input.add("\"\"\"one"));
  EXPECT_TRUE(input.open());
  EXPECT_FALSE(input.add(""));
  const auto complete = input.add("three\"\"\" ");
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->text, "one\n\nthree");
  EXPECT_TRUE(complete->quoted);
  EXPECT_FALSE(input.open());
}

TEST(MultilineInput, LeavesOutTheNewlineAfterQuotesThatStandAlone) {
  MultilineInput input;
  EXPECT_FALSE(input.add("\"\"\""));
  EXPECT_FALSE(input.add("one"));
  const auto complete = input.add("\"\"\"");
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->text, "one\n");
}

TEST(MultilineInput, MayOpenAndCloseOnOneLine) {
  MultilineInput input;
  const auto complete = input.add("\"\"\"/bye\"\"\"");
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->text, "/bye");
  EXPECT_TRUE(complete->quoted);
}

TEST(MultilineInput, QuotesTheTextOfSetSystem) {
  MultilineInput input;
  EXPECT_FALSE(input.add("/set system \"\"\"Be brief."));
  const auto complete = input.add("Be kind.\"\"\"");
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->text, "/set system Be brief.\nBe kind.");
  EXPECT_FALSE(complete->quoted);
}

TEST(MultilineInput, ForgetsWhatWasOpenWhenCleared) {
  MultilineInput input;
  EXPECT_FALSE(input.add("\"\"\"one"));
  input.clear();
  const auto complete = input.add("two");
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->text, "two");
}

}  // namespace
}  // namespace cria::cmd
