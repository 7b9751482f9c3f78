#include "grammar/matcher.h"

#include <gtest/gtest.h>

#include <thread>

#include "grammar/gbnf/gbnf.h"
#include "grammar/test_grammar.h"
#include "tests/support/expect_error.h"

namespace cria::grammar {
namespace {

using cria::test::expect_error;

std::shared_ptr<Constraint> constraint(std::string_view gbnf,
                                       const std::shared_ptr<const TokenTrie>& trie,
                                       const MatchLimits& limits = {}) {
  return std::make_shared<Constraint>(compile_gbnf(gbnf), trie, limits);
}

// 0 "a", 1 "b", 2 "ab", 3 "abc", 4 a control token, 5 the end
std::shared_ptr<const TokenTrie> few_tokens() {
  return std::make_shared<TokenTrie>(std::vector<std::string>{"a", "b", "ab", "abc", "", "<end>"},
                                     std::vector<int32_t>{5});
}

TEST(Matcher, AllowsTheTokensThatGoOn) {
  const auto trie = few_tokens();
  Matcher matcher(constraint("root ::= \"a\" \"b\"+", trie));
  EXPECT_EQ(allowed(matcher, *trie), (std::vector<int32_t>{0, 2}));
  ASSERT_TRUE(matcher.accept(0));
  EXPECT_FALSE(matcher.can_end());
  EXPECT_EQ(allowed(matcher, *trie), (std::vector<int32_t>{1}));
  ASSERT_TRUE(matcher.accept(1));
  EXPECT_TRUE(matcher.can_end());
  EXPECT_FALSE(matcher.must_end());
  EXPECT_EQ(allowed(matcher, *trie), (std::vector<int32_t>{1, 5}));
}

TEST(Matcher, StaysWhereItIsAfterATokenThatIsNotAllowed) {
  const auto trie = few_tokens();
  Matcher matcher(constraint("root ::= \"abc\"", trie));
  for (const int32_t token : {1, 4, 5, -1, 6}) EXPECT_FALSE(matcher.accept(token)) << token;
  EXPECT_TRUE(matcher.accept(3));
  EXPECT_TRUE(matcher.must_end());
}

TEST(Matcher, AllowsNothingAfterTheEnd) {
  const auto trie = few_tokens();
  Matcher matcher(constraint("root ::= \"a\"*", trie));
  ASSERT_TRUE(matcher.accept(5));
  EXPECT_TRUE(allowed(matcher, *trie).empty());
  EXPECT_FALSE(matcher.accept(0));
  EXPECT_FALSE(matcher.can_end());
}

TEST(Matcher, CopiesGoOnByThemselves) {
  const auto trie = few_tokens();
  Matcher matcher(constraint("root ::= \"ab\"", trie));
  Matcher copy = matcher;
  ASSERT_TRUE(copy.accept(2));
  EXPECT_TRUE(copy.can_end());
  EXPECT_FALSE(matcher.can_end());
}

TEST(Matcher, ClearsTheBitsBehindTheVocabulary) {
  const auto trie = few_tokens();
  Matcher matcher(constraint("root ::= .*", trie));
  std::vector<uint64_t> mask(3, ~uint64_t{0});
  matcher.mask(mask);
  EXPECT_EQ(mask, (std::vector<uint64_t>{0b101111, 0, 0}));
}

// Masks must be what trying each token says, in whatever order what is known was found out.
void expect_masks_are_right(std::string_view gbnf, const MatchLimits& limits = {}) {
  SCOPED_TRACE(gbnf);
  const auto trie = test_tokens(1, 700);
  const auto shared = constraint(gbnf, trie, limits);
  for (uint32_t seed = 0; seed < 4; ++seed) {
    random_walk(Matcher(shared), *trie, seed, 12, [&](const Matcher& matcher, const auto& mask) {
      ASSERT_EQ(mask, allowed_by_trying(matcher, *trie));
    });
  }
}

const char* const kGrammars[] = {
    "root ::= \"a\"",
    "root ::= [a-b]* \"x\"?",
    "root ::= .*",
    "root ::= ([^\"\\\\] | \"\\\\\" [n\"u])* \"\\\"\"",
    "root ::= \"[\" (root (\",\" root)*)? \"]\" | [0-9]+",
    "root ::= \"a\" root \"b\" | \"a\" root \"1\" | \"x\"",
    "root ::= other root | \"b\"\nother ::= \"a\"*  \"0\"",
    "root ::= a a a\na ::= (\"a\" | \"ab\")* [b]?",
    "root ::= [a-b]{5,9} \"x\"",
    "root ::= [^x]{0,300}",
    "root ::= (\"a\"{2,7} \"b\"){4,6}",
    "root ::= (\"a\" | \"aa\"){10,100}",
    "root ::= item{6,} \"]\"\nitem ::= \"{\" item* \"}\"",
    "root ::= word [0-9a-z]{2,9} \".\"\nword ::= [a-z0-9]{1,7}",
    "root ::= \"\\\"\" [^\\\"]{3,9} \"\\\"\" (\",\" root)?",
    "root ::= (\"a\" [0-9]{2,4} | [a-z]{1,5}){2,6} \"-\"",
    "root ::= inner{0,4} | [a-z]{7}\ninner ::= ([a-b]{2,20} \"x\"){1,3}",
    "root ::= (word \" \")* word\nword ::= [a-z]+ | \"é\" | \"€\"",
    "root ::= \"\"",
};

TEST(Matcher, MasksAreWhatTryingEachTokenSays) {
  for (const char* gbnf : kGrammars) expect_masks_are_right(gbnf);
}

TEST(Matcher, MasksAreTheSameWhenMemoryIsTooShortToKnowAnything) {
  for (const char* gbnf : kGrammars) expect_masks_are_right(gbnf, {.memory = 0});
}

// Rules of random shape over the parts that test_tokens() are made of.
std::string random_grammar(uint32_t seed) {
  std::mt19937 random(seed);
  const auto pick = [&](std::initializer_list<const char*> of) {
    return std::string(of.begin()[random() % of.size()]);
  };
  std::string text;
  for (int rule = 0; rule < 4; ++rule) {
    text += concat(rule == 0 ? std::string("root") : concat("r", rule), " ::= ");
    for (auto choice = random() % 3 + 1; choice > 0; --choice) {
      // Begins with a literal, so that no rule begins with itself.
      text += pick({"\"a\"", "\"b\"", "\"{\"", "\"\\\"\"", "[a-z]", "[0-9]"});
      for (auto part = random() % 3; part > 0; --part) {
        text += ' ';
        text += pick({"\"ab\"", "\"}\"", "[^a-y]", ".", "r1", "r2", "r3", "(r1 | \"x\")",
                      "(\"0\" r2)?"}) +
                pick({"", "", "", "?", "*", "+", "{2}", "{0,5}", "{4,}"});
      }
      if (choice > 1) text += " | ";
    }
    text += "\n";
  }
  return text;
}

TEST(Matcher, MasksOfRandomGrammarsAreWhatTryingEachTokenSays) {
  int compiled = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    const std::string gbnf = random_grammar(seed);
    try {
      compile_gbnf(gbnf);
    } catch (const Error&) {
      continue;  // nothing fits it
    }
    ++compiled;
    expect_masks_are_right(gbnf);
  }
  EXPECT_GT(compiled, 20);
}

// Every count of loops with bounds of all sizes, alone, in a row, and within each other.
TEST(Matcher, MasksOfEveryCountAreWhatTryingEachTokenSays) {
  const auto trie = test_tokens(3, 450);
  const std::pair<const char*, std::vector<std::string>> bodies[]{
      {"[a-z]", {"a", "x"}},
      {"[^\"\\\\]", {"€", "b", " "}},
      {"([^\"] | \"\\\\\" [n\"])", {"é", "\\n"}},
      {"(\"a\" | \"ab\" | [0-9])", {"ab", "0", "a"}},
      {"([a-b]{4,7} \",\")", {"abab,", "bbbbb,"}},
  };
  const char* const bounds[]{"{4}", "{0,6}", "{3,9}", "{5,}", "{2,40}"};
  const char* const around[]{"root ::= \"\\\"\" %\"\\\"\" \":\"", "root ::= word \"x\"\nword ::= %",
                             "root ::= (word \",\" | % \"]\"){4,5}\nword ::= %"};
  for (const auto& [body, texts] : bodies) {
    for (const std::string bound : bounds) {
      for (std::string gbnf : around) {
        for (size_t at; (at = gbnf.find('%')) != gbnf.npos;) gbnf.replace(at, 1, body + bound);
        SCOPED_TRACE(gbnf);
        Matcher matcher(constraint(gbnf, trie));
        matcher.accept_bytes("\"");  // where it begins so
        for (size_t count = 0; count < 42; ++count) {
          ASSERT_EQ(allowed(matcher, *trie), allowed_by_trying(matcher, *trie)) << count;
          if (!matcher.accept_bytes(texts[count % texts.size()])) break;
        }
      }
    }
  }
}

TEST(Matcher, EndsInsteadOfReadingATextInTooManyWays) {
  const auto trie = few_tokens();
  Matcher matcher(constraint("root ::= (\"a\"{1,1000} \"a\"{1,1000})* \"b\"", trie, {.work = 100}));
  expect_error(
      [&] {
        for (int i = 0; i < 100; ++i) matcher.accept(0);
      },
      Error::Code::kUnsupported, {"too many ways"});
}

// Rules that differ, and each have tokens of their own to go through.
std::string many_rules(int count) {
  std::string gbnf = "root ::= r0";
  for (int i = 1; i < count; ++i) gbnf += concat(" \"0\" | r", i);
  for (int i = 0; i < count; ++i) gbnf += concat("\nr", i, " ::= .* \"q\"");
  return gbnf;
}

TEST(Matcher, EndsInsteadOfGoingThroughTheTokensForTooManyRules) {
  const auto trie = test_tokens(1, 20'000);
  const MatchLimits limits{.work = 2'000'000};
  Matcher few(constraint(many_rules(10), trie, limits));
  EXPECT_FALSE(allowed(few, *trie).empty());
  Matcher many(constraint(many_rules(500), trie, limits));
  expect_error([&] { allowed(many, *trie); }, Error::Code::kUnsupported, {"too many ways"});
}

TEST(Matcher, EndsInsteadOfKeepingTooMuchForOneMask) {
  const auto trie = test_tokens(1, 700);
  Matcher few(constraint(many_rules(10), trie, {.growth = 1'000'000}));
  EXPECT_FALSE(allowed(few, *trie).empty());
  Matcher many(constraint(many_rules(500), trie, {.growth = 1'000'000}));
  expect_error([&] { allowed(many, *trie); }, Error::Code::kUnsupported, {"too many ways"});
}

// Each begins with the next, and what comes after it differs: so do all that are joined.
TEST(Matcher, EndsWhereRulesBeginWithinTooManyOthers) {
  std::string gbnf = "root ::= z0 \"1\" | z0 \"2\"\n";
  for (int i = 0; i < 10'000; ++i) gbnf += concat("z", i, " ::= z", i + 1, " \"x\"\n");
  gbnf += "z10000 ::= \"y\"*";
  const auto deep = constraint(gbnf, few_tokens());
  expect_error([&] { Matcher matcher(deep); }, Error::Code::kUnsupported, {"4000 rules"});
}

TEST(Matcher, EndsWhereATextNestsTooDeep) {
  const auto trie = few_tokens();
  Matcher matcher(constraint("root ::= \"a\" root \"b\" | \"c\"", trie, {.depth = 50}));
  for (int i = 0; i < 49; ++i) ASSERT_TRUE(matcher.accept(0));
  expect_error(
      [&] {
        matcher.accept(0);
        matcher.accept(0);
      },
      Error::Code::kUnsupported, {"50 levels"});
}

TEST(Matcher, SharesAConstraintBetweenThreads) {
  const auto trie = test_tokens(2, 600);
  const auto shared = constraint(kGrammars[4], trie, {.memory = 50'000});
  std::vector<std::string> texts(4);
  std::vector<std::thread> threads;
  for (auto& text : texts) {
    threads.emplace_back(
        [&] { text = random_walk(Matcher(shared), *trie, 7, 60, [](auto&, auto&) {}).text; });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& text : texts) EXPECT_EQ(text, texts[0]);
}

}  // namespace
}  // namespace cria::grammar
