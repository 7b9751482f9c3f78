#include "grammar/regex/languages.h"

#include <gtest/gtest.h>

#include "grammar/regex/pattern.h"
#include "grammar/regex/regex.h"
#include "grammar/test_grammar.h"
#include "tests/support/expect_error.h"

namespace cria::grammar {
namespace {

GrammarPtr compiled(Languages& languages, Languages::Id language) {
  Rules rules(Limits{});
  const Rule root = rules.declare("root");
  rules.define(root, languages.expression(language, rules,
                                          [&](const CharSet& set) { return rules.chars(set); }));
  return compile(rules, root);
}

Languages::Id whole(Languages& languages, std::string_view regex) {
  return Pattern(regex, Limits{}).language(languages, Pattern::Match::kWhole);
}

TEST(Languages, AreWhatBothHaveOrOneHasNot) {
  Languages languages;
  const auto letters = whole(languages, "[a-z]*"), even = whole(languages, "(..)*");
  const auto with_b = whole(languages, ".*b.*");
  const GrammarPtr all =
      compiled(languages, languages.both(languages.both(letters, even), languages.except(with_b)));
  for (const char* text : {"", "ac", "zzzz"}) EXPECT_TRUE(fits(all, text)) << text;
  for (const char* text : {"a", "ab", "é ", "AC"}) EXPECT_FALSE(fits(all, text)) << text;
}

// All texts of up to four of three characters.
TEST(Languages, AgreeWithTheirParts) {
  const char* const patterns[]{"a*b", "(ab|c)*", "[^b]{2,4}", "(a|b)*a(a|b)", "c?b?a?"};
  for (const char* first : patterns) {
    for (const char* second : patterns) {
      SCOPED_TRACE(concat(first, " and not ", second));
      Languages languages;
      const auto a = whole(languages, first), b = whole(languages, second);
      const GrammarPtr either = compiled(languages, languages.either({a, b}));
      const GrammarPtr of_a = compiled(languages, a), of_b = compiled(languages, b);
      const auto only = languages.both(a, languages.except(b));
      GrammarPtr of_only;
      if (only != Languages::kNothing && first != second) {
        try {
          of_only = compiled(languages, only);
        } catch (const Error&) {
          // No text is in one and not in the other.
        }
      }
      for (int number = 0; number < 121; ++number) {
        std::string text;
        for (int rest = number; rest > 0; rest /= 3) text += "abc"[--rest % 3];
        const bool in_a = fits(of_a, text), in_b = fits(of_b, text);
        EXPECT_EQ(fits(either, text), in_a || in_b) << text;
        EXPECT_EQ(of_only && fits(of_only, text), in_a && !in_b) << text;
      }
    }
  }
}

TEST(Languages, AreRefusedWhenTheyHaveTooManyStates) {
  for (const char* regex :
       {"(?!(a|b)*a(a|b){30}$)[ab]*", "(?=.*a.{0,60}b.{0,60}c.{0,60}d)[a-d]*x"}) {
    SCOPED_TRACE(regex);
    test::expect_error([&] { compile_regex(regex); }, Error::Code::kUnsupported,
                       {"too many states"});
  }
}

}  // namespace
}  // namespace cria::grammar
