#include "runner/utf8.h"

#include <gtest/gtest.h>

namespace cria::runner {
namespace {

// The text of bytes given in pieces of this size, the end marked.
std::string text_of(std::string_view bytes, size_t piece) {
  Utf8Stream stream;
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += piece) stream.feed(bytes.substr(i, piece), text);
  text += '|';
  stream.finish(text);
  return text;
}

TEST(Utf8, PassesWholeCharactersOnHoweverTheyArrive) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\xA6\x99z";  // a, e acute, euro, llama, z
  for (const size_t piece : {1, 2, 3, 4, 5, 100}) EXPECT_EQ(text_of(text, piece), text + "|");
}

TEST(Utf8, HoldsAnIncompleteCharacterAndReplacesItAtTheEnd) {
  EXPECT_EQ(text_of("a\xF0\x9F\xA6", 1), "a|\xEF\xBF\xBD");
  EXPECT_EQ(text_of("a\xC3", 1), "a|\xEF\xBF\xBD");
}

TEST(Utf8, ReplacesWhatCanNotBeACharacter) {
  const std::string r = "\xEF\xBF\xBD";
  const struct {
    const char* bytes;
    std::string text;
  } cases[] = {
      {"a\x80z", "a" + r + "z"},             // nothing to continue
      {"\xC3z", r + "z"},                    // broken off
      {"\xE2\x82z", r + "z"},                // two bytes of three are one mistake
      {"\xE2\x82\xC3\xA9", r + "\xC3\xA9"},  // broken off by a character
      {"\xC0\x80", r + r},                   // longer than needed
      {"\xE0\x9F\xBF", r + r + r},           // longer than needed
      {"\xED\xA0\x80", r + r + r},           // a surrogate
      {"\xF4\x90\x80\x80", r + r + r + r},   // beyond U+10FFFF
      {"\xFF\xFE", r + r},
      {"\xED\x9F\xBF\xEE\x80\x80", "\xED\x9F\xBF\xEE\x80\x80"},  // beside the surrogates
      {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},                  // the last character
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(text_of(bytes, 1), text + "|");
    EXPECT_EQ(text_of(bytes, 100), text + "|");
  }
}

TEST(Utf8, KnowsWhatIsUtf8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("\xF0\x9F\xA6\x99 \xEF\xBF\xBD"));
  EXPECT_FALSE(is_utf8("\xF0\x9F\xA6"));
  EXPECT_FALSE(is_utf8("\xA6"));
}

}  // namespace
}  // namespace cria::runner
