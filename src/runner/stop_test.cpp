#include "runner/stop.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace cria::runner {
namespace {

// What is certain after each piece, the end marked, and after that what was held.
std::string stream(std::vector<std::string> stops, std::initializer_list<std::string_view> pieces) {
  StopMatcher matcher(stops);
  std::string out;
  for (const std::string_view piece : pieces) {
    out += matcher.feed(piece);
    out += '/';
  }
  out += matcher.finish();
  if (matcher.stopped_by()) out += "<" + *matcher.stopped_by() + ">";
  return out;
}

// The text before the first stop string, by trying every end.
std::string expected_text(const std::vector<std::string>& stops, const std::string& text) {
  for (size_t end = 1; end <= text.size(); ++end) {
    size_t longest = 0;
    for (const std::string& stop : stops) {
      if (text.substr(0, end).ends_with(stop)) longest = std::max(longest, stop.size());
    }
    if (longest > 0) return text.substr(0, end - longest);
  }
  return text;
}

std::string refusal(std::vector<std::string> stops) {
  try {
    StopMatcher matcher(stops);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

TEST(StopMatcher, PassesTextOnWithoutStopStrings) {
  EXPECT_EQ(stream({}, {"one", "", " two"}), "one// two/");
}

TEST(StopMatcher, EndsTheTextBeforeAStopString) {
  EXPECT_EQ(stream({"END"}, {"one END two", "three"}), "one //<END>");
}

TEST(StopMatcher, HoldsWhatCouldBecomeAStopString) {
  EXPECT_EQ(stream({"END"}, {"one E", "N", "D two"}), "one ///<END>");
  EXPECT_EQ(stream({"END"}, {"one E", "N", "E two"}), "one //ENE two/");
  EXPECT_EQ(stream({"END"}, {"one E", "N", "E"}), "one //EN/E");
}

TEST(StopMatcher, FlushesWhatItHeldAtTheEnd) { EXPECT_EQ(stream({"END"}, {"one EN"}), "one /EN"); }

TEST(StopMatcher, FindsAStopStringThatBeginsWithinAFalseStart) {
  EXPECT_EQ(stream({"aab"}, {"a", "a", "a", "b"}), "//a//<aab>");
  EXPECT_EQ(stream({"abcabd"}, {"abcabcabd"}), "abc/<abcabd>");
}

TEST(StopMatcher, TakesTheOneThatIsCompleteFirstAndThenTheLongest) {
  EXPECT_EQ(stream({"abc", "b"}, {"abc"}), "a/<b>");
  EXPECT_EQ(stream({"c", "bc", "abc"}, {"xabc"}), "x/<abc>");
  EXPECT_EQ(stream({"\n\n", "\n"}, {"x\n\n"}), "x/<\n>");
}

TEST(StopMatcher, DoesNotSplitCharacters) {
  // The euro sign in three pieces; a stop string that begins with the same byte as another
  // character.
  EXPECT_EQ(stream({}, {"\xE2", "\x82", "\xAC!"}), "//\xE2\x82\xAC!/");
  EXPECT_EQ(stream({"\xE2\x82\xAC"}, {"x\xE2\x82", "\xAC"}), "x//<\xE2\x82\xAC>");
  EXPECT_EQ(stream({"\xE2\x82\xAC"}, {"x\xE2\x82", "\xAB"}), "x/\xE2\x82\xAB/");
}

TEST(StopMatcher, ReplacesAnIncompleteCharacterAtTheEnd) {
  EXPECT_EQ(stream({"END"}, {"one E\xE2\x82"}), "one /E\xEF\xBF\xBD");
}

TEST(StopMatcher, GivesTheSameTextForAllPieces) {
  const std::vector<std::string> stops{"abab", "bba", "\xC3\xA9\xC3\xA9"};
  // Every text of eight of these letters, in pieces of one, two and three bytes.
  const std::string letters[] = {"a", "b", "\xC3\xA9"};
  for (int n = 0; n < 6561; ++n) {
    std::string text;
    for (int i = 0, rest = n; i < 8; ++i, rest /= 3) text += letters[rest % 3];
    const std::string expected = expected_text(stops, text);
    for (size_t size = 1; size <= 3; ++size) {
      StopMatcher matcher(stops);
      std::string out;
      for (size_t i = 0; i < text.size(); i += size) {
        out += matcher.feed(std::string_view(text).substr(i, size));
        ASSERT_TRUE(expected.starts_with(out)) << text;
      }
      out += matcher.finish();
      ASSERT_EQ(out, expected) << text;
    }
  }
}

TEST(StopMatcher, RefusesStopStringsThatCanNotWork) {
  EXPECT_EQ(refusal({"ok", ""}), "a stop string is empty");
  EXPECT_EQ(refusal({"\xE2\x82"}), "stop string \"\\xe2\\x82\" is not UTF-8");
  EXPECT_EQ(refusal({std::string(16384, 'a')}), "accepted");
  EXPECT_EQ(refusal({std::string(16384, 'a'), "b"}), "the stop strings have more than 16384 bytes");
}

}  // namespace
}  // namespace cria::runner
