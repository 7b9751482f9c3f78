#include "cmd/utf8.h"

#include <gtest/gtest.h>

namespace cria::cmd {
namespace {

TEST(Utf8Length, CountsTheBytesOfACharacter) {
  EXPECT_EQ(utf8_length("a"), 1u);
  EXPECT_EQ(utf8_length("\u00e9"), 2u);
  EXPECT_EQ(utf8_length("\u20ac!"), 3u);
  EXPECT_EQ(utf8_length("\U0001f600"), 4u);
}

TEST(Utf8Length, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("\x80"), 0u);          // a continuation
  EXPECT_EQ(utf8_length("\xe2\x82"), 0u);      // cut off
  EXPECT_EQ(utf8_length("\xc0\xaf"), 0u);      // overlong
  EXPECT_EQ(utf8_length("\xe0\x80\x80"), 0u);  // overlong
  EXPECT_EQ(utf8_length("\xed\xa0\x80"), 0u);  // a surrogate
  EXPECT_EQ(utf8_length("\xf4\x90\x80\x80"), 0u);
}

TEST(Utf8Count, CountsCharactersAndStrayBytes) {
  EXPECT_EQ(utf8_count("na\u00efve"), 5u);
  EXPECT_EQ(utf8_count("a\xff"), 2u);
}

}  // namespace
}  // namespace cria::cmd
