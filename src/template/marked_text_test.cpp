#include "template/marked_text.h"

#include <gtest/gtest.h>

namespace cria::chat {
namespace {

std::string shown(const MarkedText& text) {
  std::string out;
  for (const Part& part : text.parts()) out += (part.special ? "S[" : "U[") + part.text + "]";
  return out;
}

TEST(MarkedText, JoinsWhatIsOfOneKind) {
  MarkedText text("ab", true);
  text.append("c", true);
  text.append("", false);
  text.append("d", false);
  text.append(MarkedText("e", false));
  text.append(text);
  EXPECT_EQ(shown(text), "S[abc]U[de]S[abc]U[de]");
  EXPECT_EQ(text.text(), "abcdeabcde");
  EXPECT_EQ(shown(MarkedText()), "");
}

TEST(MarkedText, KeepsItsMarksInParts) {
  MarkedText text("ab", true);
  text.append("cd", false);
  text.append("ef", true);
  EXPECT_EQ(shown(text.substr(1, 5)), "S[b]U[cd]S[e]");
  EXPECT_EQ(shown(text.substr(2, 4)), "U[cd]");
  EXPECT_EQ(shown(text.substr(6, 6)), "");
}

TEST(MarkedText, IsSpecialWhenAllOfItIs) {
  EXPECT_TRUE(MarkedText().special());
  EXPECT_TRUE(MarkedText("a", true).special());
  EXPECT_FALSE(MarkedText("a", false).special());
  MarkedText mixed("a", true);
  mixed.append("b", false);
  EXPECT_FALSE(mixed.special());
}

}  // namespace
}  // namespace cria::chat
