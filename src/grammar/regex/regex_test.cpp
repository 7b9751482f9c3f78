#include "grammar/regex/regex.h"

#include <gtest/gtest.h>

#include "grammar/regex/pattern.h"
#include "grammar/test_grammar.h"
#include "tests/support/expect_error.h"

namespace cria::grammar {
namespace {

using cria::test::expect_error;
using Code = Error::Code;

struct Case {
  const char* regex;
  std::vector<std::string_view> match, no_match;
};

TEST(Regex, MatchesWholeTexts) {
  const Case cases[] = {
      {"abc", {"abc"}, {"", "ab", "abcd", "xabc"}},
      {"", {""}, {"a"}},
      {"a|b|", {"a", "b", ""}, {"ab"}},
      {"^a(b|c)+$", {"ab", "abcb"}, {"a", "b"}},
      {"^(a|b$)", {"a", "b"}, {"ab"}},
      {"(?:ab){2,3}?c*?", {"abab", "ababab", "ababcc"}, {"ab", "abababab"}},
      {"(?<year>\\d{4})-(?P<m>\\d\\d)", {"2026-11"}, {"2026-1", "202-11"}},
      {"[a-c\\d_-]+", {"a1_-"}, {"d", ""}},
      {"[^a-c]", {"d", "é", "\n"}, {"a", ""}},
      {"[]a|b", {}, {"a"}},
      {".", {"a", "é", "\t"}, {"\n", "\r", "\xe2\x80\xa8", ""}},
      {"\\w\\W\\s\\S", {"a- b", "_é\xc2\xa0\xc3\xa9"}, {"aa b"}},
      {"\\.\\*\\\\\\/\\[", {".*\\/["}, {".*"}},
      {"\\x41\\u00e9\\u{1F600}\\uD83D\\uDE00\\cJ\\0", {std::string_view("Aé😀😀\n\0", 13)}, {"A"}},
      {"a{,2}|{|x{y}", {"a{,2}", "{", "x{y}"}, {"a", ""}},
      {"(a*)*", {"", "aaa"}, {"b"}},
      {"(a|b)*abb", {"abb", "babaabb"}, {"ab"}},
      {"a{0,1000000000}", {"", "aaa"}, {"b"}},
      {"[\\b]", {"\b"}, {"b"}},
  };
  for (const auto& [regex, match, no_match] : cases) {
    SCOPED_TRACE(regex);
    GrammarPtr grammar;
    try {
      grammar = compile_regex(regex);
    } catch (const Error& error) {
      const bool nothing_fits =
          match.empty() && std::string_view(error.what()).find("no text") != std::string_view::npos;
      EXPECT_TRUE(nothing_fits) << error.what();
      continue;
    }
    for (const auto text : match) EXPECT_TRUE(fits(grammar, text)) << text;
    for (const auto text : no_match) EXPECT_FALSE(fits(grammar, text)) << text;
  }
}

TEST(Regex, RefusesByNameWhatIsNotRegular) {
  const auto refused = [](const char* regex, std::string_view why) {
    SCOPED_TRACE(regex);
    expect_error([&] { compile_regex(regex); }, Code::kUnsupported, {why});
  };
  for (const char* regex : {"(?<=a)b", "(?<!a)b"}) refused(regex, "looking behind");
  refused("(a(?=b))*", "in what is repeated");
  refused("a*(?=^b)", "column 6: ^ is supported only");
  refused("(a)\\1", "references back");
  refused("(?<x>a)\\k<x>", "references back");
  refused("\\bword", "boundaries of words");
  refused("\\p{L}", "Unicode properties");
  refused("(?i)a", "flags");
  refused("(?>a)", "extensions of groups");
  refused("a^b", "^ is supported only at the start");
  refused("(a$)b", "$ is supported only at the end");
  refused("(^a)*", "^ is supported only at the start");
}

TEST(Regex, LooksAhead) {
  const Case cases[] = {
      {"(?=.*b)[a-c]+", {"b", "cab"}, {"ac", ""}},
      {"(?!ab)[a-z]*", {"", "ba", "acb"}, {"ab", "abc"}},
      {"a(?!b|$)[a-c]*", {"ac", "aab"}, {"a", "ab"}},
      {"x(a(?=c)|b)?[b-d]", {"xc", "xac", "xbb"}, {"xab", "xa"}},
      {"(?!^[-+.]*$)[+-]?0*\\d*\\.?\\d*", {"1.5", "-0.25", "+7", "5."}, {"", "-", ".", "+."}},
      {"(?=[\\d.]{1,4}$)\\d{0,3}\\.\\d{0,2}", {"1.25", ".1", "999."}, {"12.345", "1234."}},
      {"P(?:(\\d+W)|(?!.*W)(?=\\d|T\\d)(\\d+Y)?(T(?=\\d)(\\d+H)?(\\d+S)?)?)",
       {"P1W", "P2Y", "P1YT5H", "PT5S"},
       {"P", "PT", "P1YT", "P1Y1W"}},
  };
  for (const auto& [regex, match, no_match] : cases) {
    SCOPED_TRACE(regex);
    const GrammarPtr grammar = compile_regex(regex);
    for (const auto text : match) EXPECT_TRUE(fits(grammar, text)) << text;
    for (const auto text : no_match) EXPECT_FALSE(fits(grammar, text)) << text;
  }
}

TEST(Regex, NamesThePlaceOfWhatIsWrong) {
  const auto refused = [](std::string_view regex, std::initializer_list<std::string_view> parts) {
    SCOPED_TRACE(regex);
    expect_error([&] { compile_regex(regex); }, Code::kInvalidArgument, parts);
  };
  refused("ab)", {"column 3", "closes nothing"});
  refused("(ab", {"column 4", "expected )"});
  refused("[a", {"expected ]"});
  refused("*a", {"column 1", "repetition of nothing"});
  refused("^+x", {"column 2", "can not be repeated"});
  refused("(?!x)*", {"column 6", "can not be repeated"});
  refused("a**", {"repetition of a repetition"});
  refused("a++", {"repetition of a repetition"});
  refused("a{2,1}", {"at least 2 and at most 1"});
  refused("[z-a]", {"range"});
  refused("[\\d-z]", {"a range from or to a set"});
  refused("\\q", {"means nothing"});
  refused("\\", {"the end"});
  refused("\\uD800", {"no Unicode character"});
  refused("\\uD83D\\u0041", {"surrogate"});
  refused("\\u{110000}", {"no Unicode character"});
  refused("\xff", {"UTF-8"});
  refused(std::string(60'000, '('), {"deeper than 100"});
  refused(std::string(1 << 20, 'a'), {"more than 400000 parts"});
  refused(std::string(300'000, 'a'), {"more than 400000 parts"});
  std::string empty = "(?:(?:(?:";
  for (int i = 0; i < 1000; ++i) empty += "()";
  refused(empty + "){64}){64}){60}", {"too large written out"});
}

GrammarPtr search(std::string_view regex, uint32_t min = 0, uint32_t max = kUnbounded) {
  Rules rules(Limits{});
  const Rule root = rules.declare("root");
  Pattern pattern(regex, rules.limits());
  if (!pattern.limit_length(min, max, Pattern::Match::kAnywhere)) return nullptr;
  rules.define(root, pattern.expression(
                         rules, [&](const CharSet& set) { return rules.chars(set); },
                         Pattern::Match::kAnywhere));
  return compile(rules, root);
}

TEST(Pattern, IsFoundAnywhereUnlessItIsBound) {
  EXPECT_TRUE(fits(search("b+"), "abbc"));
  EXPECT_FALSE(fits(search("b+"), "acc"));
  EXPECT_TRUE(fits(search("^b"), "bx\n"));
  EXPECT_FALSE(fits(search("^b"), "xb"));
  EXPECT_TRUE(fits(search("b$"), "xb"));
  EXPECT_TRUE(fits(search("^a|b$"), "xb"));
  EXPECT_TRUE(fits(search("^a|b$"), "ax"));
  EXPECT_FALSE(fits(search("^a|b$"), "xab."));
  EXPECT_TRUE(fits(search("(^a|b)c"), "xbc"));
  EXPECT_TRUE(fits(search("(^a|b)c"), "acx"));
  EXPECT_FALSE(fits(search("(^a|b)c"), "xac"));
  EXPECT_TRUE(fits(search("^(?:a|b)$"), "a"));
  EXPECT_FALSE(fits(search("^(?:a|b)$"), "ab"));
  EXPECT_TRUE(fits(search(""), "anything\n"));
  EXPECT_TRUE(fits(search("b(?!c)"), "xbcb"));
  EXPECT_FALSE(fits(search("b(?!c)"), "xbc"));
  EXPECT_TRUE(fits(search("(?=b$)"), "ab"));
  EXPECT_FALSE(fits(search("(?=b$)"), "ba"));
}

TEST(Pattern, LimitsLengthsByItsOneRepetition) {
  const GrammarPtr grammar = search("^[a-z][a-z0-9]*$", 3, 5);
  ASSERT_TRUE(grammar);
  for (const char* text : {"abc", "a1234"}) EXPECT_TRUE(fits(grammar, text)) << text;
  for (const char* text : {"ab", "a12345", "1abc"}) EXPECT_FALSE(fits(grammar, text)) << text;
  EXPECT_TRUE(search("^a{3}$", 1, 10)) << "within the bounds anyway";
  EXPECT_TRUE(search("abc", 2)) << "at least 3 characters anyway";
  EXPECT_FALSE(search("abc", 0, 10)) << "anything may stand beside it";
  EXPECT_FALSE(search("^a*b*$", 0, 10));
  EXPECT_FALSE(search("^a{3}$", 4, 10));
}

}  // namespace
}  // namespace cria::grammar
