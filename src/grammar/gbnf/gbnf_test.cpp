#include "grammar/gbnf/gbnf.h"

#include <gtest/gtest.h>

#include "grammar/test_grammar.h"
#include "tests/support/expect_error.h"

namespace cria::grammar {
namespace {

using cria::test::expect_error;
using Code = Error::Code;

struct Case {
  const char* gbnf;
  std::vector<std::string_view> fit, not_fit;
};

TEST(Gbnf, ReadsEveryPartOfTheNotation) {
  const Case cases[] = {
      {"root ::= \"yes\" | \"no\"", {"yes", "no"}, {"", "ye", "yesno", "Yes"}},
      {"root ::= \"a\" (\"b\" | \"c\")* [x-z]?", {"a", "abcb", "acz"}, {"b", "aw", "azz"}},
      {"root ::= \"a\"{2} \"b\"{1,2} \"c\"{1,}", {"aabc", "aabbccc"}, {"abc", "aab", "aabbbc"}},
      {"root ::= [^a\\]-] .", {"bx", "b\n", "bé"}, {"ax", "]x", "-x", "b"}},
      {"root ::= \"\\\"\\\\\\x41\\u00e9\\U0001F600\\t\"", {"\"\\Aé😀\t"}, {"Aé"}},
      {"# a comment\n\nroot ::= # here too\n  item\n  | \"x\" |\n \"y\"\nitem ::= \"1\" # end\n",
       {"1"},
       {}},
      {"root ::= (\n \"a\"\n | \"b\" )\r\n\r\n", {"a", "b"}, {"c"}},
      {"root ::= a-1 a_2\na-1 ::= \"x\"\na_2 ::= \"y\"", {"xy"}, {"x"}},
      {"root ::= [a-]+", {"a-a"}, {"x"}},
      {"root ::= \"\" | \"a\"", {"", "a"}, {"aa"}},
      {"root ::= \"a\"**", {"", "aaa"}, {"b"}},
      {"root ::= ((\"a\"*)*)* \"b\"{0,1000000000}", {"", "aaabb"}, {"ba"}},
      {"root ::= [é-ü]", {"é", "ü", "ö"}, {"e", "\xc3"}},
  };
  for (const auto& [gbnf, fit, not_fit] : cases) {
    SCOPED_TRACE(gbnf);
    GrammarPtr grammar;
    try {
      grammar = compile_gbnf(gbnf);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
      continue;
    }
    for (const auto text : fit) EXPECT_TRUE(fits(grammar, text)) << text;
    for (const auto text : not_fit) EXPECT_FALSE(fits(grammar, text)) << text;
  }
}

TEST(Gbnf, AdmitsOnlyUtf8) {
  const GrammarPtr any = compile_gbnf("root ::= .*");
  EXPECT_TRUE(begins(any, "\xf0\x9f"));
  for (const char* bad : {"\x80", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x28"}) {
    EXPECT_FALSE(begins(any, bad));
  }
}

TEST(Gbnf, NamesThePlaceOfWhatIsWrong) {
  const auto refused = [](std::string_view gbnf, Code code,
                          std::initializer_list<std::string_view> parts) {
    SCOPED_TRACE(gbnf);
    expect_error([&] { compile_gbnf(gbnf); }, code, parts);
  };
  refused("", Code::kInvalidArgument, {"line 1, column 1", "the end", "root"});
  refused("a ::= \"x\"", Code::kInvalidArgument, {"rule \"root\""});
  refused("root ::= \"x\"\nb = \"y\"", Code::kInvalidArgument, {"line 2, column 3", "::="});
  refused("root ::= missing", Code::kInvalidArgument, {"column 10", "missing", "not defined"});
  refused("root ::= \"a\"\nroot ::= \"b\"", Code::kInvalidArgument, {"line 2", "twice"});
  refused("root ::= (\"a\"", Code::kInvalidArgument, {"expected )"});
  refused("root ::= \"a", Code::kInvalidArgument, {"the end"});
  refused("root ::= \"\\q\"", Code::kInvalidArgument, {"column 12", "nrt"});
  refused("root ::= [z-a]", Code::kInvalidArgument, {"range"});
  refused("root ::= \"a\"{3,2}", Code::kInvalidArgument, {"at least 3 and at most 2"});
  refused("root ::= \"a\"{9999999999}", Code::kInvalidArgument, {"more than 1000000000"});
  refused("root ::= \"\\uD800\"", Code::kInvalidArgument, {"no Unicode character"});
  refused("root ::= \"\xff\"", Code::kInvalidArgument, {"UTF-8"});
  refused("root ::= )", Code::kInvalidArgument, {"the end of the line"});
  refused("root ::= <think> \"a\"", Code::kUnsupported, {"tokens by their names"});
}

TEST(Gbnf, RefusesRulesThatBeginWithThemselves) {
  for (const char* gbnf :
       {"root ::= root \"a\" | \"a\"", "root ::= x\nx ::= y\ny ::= x \"a\" | \"b\"",
        "root ::= \"a\"? root \"b\" | \"c\"", "root ::= (\"a\"* root)*",
        "root ::= \"x\"\nlost ::= lost"}) {
    SCOPED_TRACE(gbnf);
    expect_error([&] { compile_gbnf(gbnf); }, Code::kUnsupported, {"begins with itself"});
  }
}

TEST(Gbnf, RefusesGrammarsThatNothingFits) {
  for (const char* gbnf :
       {"root ::= \"a\" root", "root ::= []", "root ::= \"a\" x\nx ::= \"b\" x"}) {
    SCOPED_TRACE(gbnf);
    expect_error([&] { compile_gbnf(gbnf); }, Code::kInvalidArgument, {"no text fits"});
  }
}

// A text that has begun can always be ended.
TEST(Gbnf, LeavesOutWaysThatLeadNowhere) {
  const GrammarPtr grammar = compile_gbnf("root ::= \"a\" x | \"b\"\nx ::= \"c\" x");
  EXPECT_FALSE(begins(grammar, "a"));
  EXPECT_TRUE(fits(grammar, "b"));
}

TEST(Gbnf, StaysWithinLimits) {
  const std::string deep = "root ::= " + std::string(60'000, '(') + "\"a\"";
  expect_error([&] { compile_gbnf(deep); }, Code::kInvalidArgument, {"deeper than 100"});
  std::string stars = "root ::= \"a\"";
  for (int i = 0; i < 50; ++i) stars += "{0,3}";
  expect_error([&] { compile_gbnf(stars); }, Code::kInvalidArgument, {"states"});
  const std::string dots = "root ::= " + std::string(120'000, '.');
  expect_error([&] { compile_gbnf(dots); }, Code::kInvalidArgument, {"states"});
  expect_error([&] { compile_gbnf(std::string(2 << 20, ' ')); }, Code::kInvalidArgument, {"bytes"});
  expect_error([] { compile_gbnf("root ::= (\"a\"?){0,1000}"); }, Code::kUnsupported,
               {"may be empty", "1000"});
}

// What is empty adds no state, however often it is written out.
TEST(Gbnf, RefusesWhatIsTooLargeWrittenOut) {
  std::string gbnf = "root ::= e8\ne1 ::= \"\"\n";
  for (int i = 2; i <= 8; ++i) {
    gbnf += concat("e", i, " ::=");
    for (int part = 0; part < 100; ++part) gbnf += concat(" e", i - 1);
    gbnf += "\n";
  }
  expect_error([&] { compile_gbnf(gbnf); }, Code::kInvalidArgument, {"written out"});
}

TEST(Gbnf, CountsRepetitionsInsteadOfWritingThemOut) {
  const GrammarPtr grammar =
      compile_gbnf("root ::= \"a\"{3,1000000000} | (\"b\"{0,90000} \"c\"){70000}");
  EXPECT_LT(grammar->states(), 30u);
  EXPECT_FALSE(fits(grammar, "aa"));
  EXPECT_TRUE(fits(grammar, std::string(5000, 'a')));
  EXPECT_TRUE(fits(grammar, std::string(70'000, 'c')));
  EXPECT_FALSE(begins(grammar, std::string(70'001, 'c')));
}

// Chains of rules, in whatever order, are analysed in time or refused.
TEST(Gbnf, CompilesManyRules) {
  std::string gbnf = "root ::= r0\n";
  for (int i = 0; i < 5000; ++i) gbnf += concat("r", i, " ::= \"a\" r", i + 1, " | \"b\"\n");
  gbnf += "r5000 ::= \"c\"\n";
  const GrammarPtr grammar = compile_gbnf(gbnf);
  EXPECT_TRUE(fits(grammar, std::string(5000, 'a') + "c"));
  EXPECT_TRUE(fits(grammar, "aab"));
}

}  // namespace
}  // namespace cria::grammar
