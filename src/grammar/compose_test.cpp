#include "grammar/compose.h"

#include <gtest/gtest.h>

#include "grammar/gbnf/gbnf.h"
#include "grammar/test_grammar.h"
#include "tests/support/expect_error.h"

namespace cria::grammar {
namespace {

TEST(Compose, FitsOneOfTheSequences) {
  const GrammarPtr digits = compile_gbnf("root ::= [0-9]{2,5} inner?\ninner ::= \"(\" root \")\"");
  const GrammarPtr letters = compile_gbnf("root ::= (\"a\" | \"b\"){4,6}");
  const std::vector<Sequence> sequences{{Exactly{"x="}, digits, Exactly{"; y="}, letters},
                                        {letters, digits, digits}};
  const GrammarPtr both = one_of(sequences);
  EXPECT_TRUE(fits(both, "x=12(345); y=abab"));
  EXPECT_TRUE(fits(both, "aabb123456"));
  EXPECT_FALSE(fits(both, "x=1; y=abab"));
  EXPECT_FALSE(fits(both, "x=12; y=aba"));
  EXPECT_FALSE(fits(both, "aab12"));
  EXPECT_FALSE(begins(both, "x=123456"));
}

TEST(Compose, GoesOnBehindTheFirstEndOfWhatMayBeAnything) {
  const std::vector<Sequence> sequences{{Until{"aab"}, Exactly{"!"}}};
  const GrammarPtr grammar = one_of(sequences);
  for (const char* text : {"aab!", "aaab!", "xaaxaaab!", "\xc3\xff aab!"}) {
    EXPECT_TRUE(fits(grammar, text)) << text;
  }
  for (const char* text : {"aab", "aabaab!", "ab!", "!"}) EXPECT_FALSE(fits(grammar, text)) << text;
}

TEST(Compose, AllowsSomeSpace) {
  const std::vector<Sequence> sequences{{Space{}, Exactly{"x"}}};
  const GrammarPtr grammar = one_of(sequences);
  EXPECT_TRUE(fits(grammar, "x"));
  EXPECT_TRUE(fits(grammar, "\n \t\r\nx"));
  EXPECT_TRUE(fits(grammar, std::string(16, ' ') + "x"));
  EXPECT_FALSE(begins(grammar, std::string(17, ' ')));
}

TEST(Compose, RefusesMoreStatesThanTheLimit) {
  const std::vector<Sequence> sequences{{Exactly{std::string(100, 'x')}}};
  test::expect_error([&] { one_of(sequences, {.states = 50}); }, Error::Code::kInvalidArgument,
                     {"more than 50 states"});
}

TEST(Compose, MasksAreWhatTryingEachTokenSays) {
  const auto trie = test_tokens(4, 600);
  const GrammarPtr list = compile_gbnf("root ::= \"[\" [a-z\"]{0,20} (\",\" root){0,4} \"]\"");
  const std::vector<Sequence> sequences{{Until{"ab}"}, Space{}, list}, {list, Exactly{"\xc3\xa9"}}};
  const auto shared = std::make_shared<Constraint>(one_of(sequences), trie);
  for (uint32_t seed = 0; seed < 8; ++seed) {
    random_walk(Matcher(shared), *trie, seed, 20, [&](const Matcher& matcher, const auto& mask) {
      ASSERT_EQ(mask, allowed_by_trying(matcher, *trie));
    });
  }
}

TEST(ControlTokens, AreMarkedWhereTheyBegin) {
  const ControlTokens tokens({"<a>", "<a>b", "</a>", ""});
  EXPECT_EQ(tokens.mark("x<a>b<a></a"), "x\xff<a>b\xff<a></a");
  EXPECT_EQ(ControlTokens().mark("<a>"), "<a>");
}

// 0 "<call>" that controls, 1 to 3 its text, 4 and 5 functions, 6 "1", 7 "</call>" that controls
TEST(Calls, AreWrittenWithControlTokens) {
  const auto trie = std::make_shared<TokenTrie>(
      std::vector<std::string>{ControlTokens::bytes("<call>"), "<", "call", ">", "f(", "g(", "1",
                               ControlTokens::bytes("</call>"), ")", "<end>"},
      std::vector<int32_t>{9});
  const GrammarPtr number = compile_gbnf("root ::= [0-9]");
  const GrammarPtr none = compile_gbnf("root ::= \"\"");
  const std::vector<CallShape> shapes{{"<call>f(", number, ")</call>"},
                                      {"<call>g(", none, ")</call>"}};
  Matcher matcher(std::make_shared<Constraint>(
      calls_grammar(shapes, ControlTokens({"<call>", "</call>"})), trie));
  EXPECT_EQ(allowed(matcher, *trie), std::vector<int32_t>{0});
  ASSERT_TRUE(matcher.accept(0));
  EXPECT_EQ(allowed(matcher, *trie), (std::vector<int32_t>{4, 5}));
  ASSERT_TRUE(matcher.accept(4));
  EXPECT_EQ(allowed(matcher, *trie), std::vector<int32_t>{6});
  ASSERT_TRUE(matcher.accept(6));
  ASSERT_TRUE(matcher.accept(8));
  EXPECT_EQ(allowed(matcher, *trie), std::vector<int32_t>{7});
  ASSERT_TRUE(matcher.accept(7));
  EXPECT_TRUE(matcher.must_end());
}

}  // namespace
}  // namespace cria::grammar
