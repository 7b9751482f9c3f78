// Texts that have to fit a grammar.

#include <gtest/gtest.h>

#include "grammar/gbnf/gbnf.h"
#include "runner/engine.h"
#include "runner/fake_model.h"

namespace cria::runner {
namespace {

constexpr sample::Options kGreedy{.temperature = 0, .repeat_penalty = 1};

class EngineGrammarTest : public testing::Test {
 protected:
  // A model that likes each byte less than the one before, and the end of the text least of all.
  static void descending(std::span<const tokenizer::Id> /*history*/, std::span<float> row) {
    for (size_t i = 0; i < row.size(); ++i) row[i] = -static_cast<float>(i);
  }
  Request request(std::string_view gbnf) const {
    return {.prompt = ids_of("P"), .sampling = kGreedy, .grammar = grammar::compile_gbnf(gbnf)};
  }
  Result run(Request given) {
    std::string text;
    given.on_text = [&](std::string_view certain) {
      text += certain;
      return true;
    };
    Result result = engine_.submit(std::move(given)).wait();
    text_ = text;
    return result;
  }

  ByteTokenizer tokenizer_;
  Engine engine_{std::make_unique<FakeModel>(FakeOptions{}, descending), tokenizer_};
  std::string text_;
};

TEST_F(EngineGrammarTest, TakesTheLikeliestOfTheTokensThatFit) {
  const Result result = run(request("root ::= \"<\" [c-x]{3} \">\""));
  EXPECT_EQ(result.finish, Finish::kStop);
  EXPECT_EQ(text_, "<ccc>");
  EXPECT_EQ(result.tokens, ids_of("<ccc>"));
}

TEST_F(EngineGrammarTest, EndsTheTextOnlyWhereItMayEnd) {
  Request limited = request("root ::= [x]*");
  limited.sampling.logit_bias = {{kEnd, 1000}};
  EXPECT_EQ(run(std::move(limited)).finish, Finish::kStop);
  EXPECT_EQ(text_, "");
  Request longer = request("root ::= [x]{2,}");
  longer.sampling.logit_bias = {{kEnd, 1000}};
  EXPECT_EQ(run(std::move(longer)).finish, Finish::kStop);
  EXPECT_EQ(text_, "xx");
}

TEST_F(EngineGrammarTest, CutsTheTextAtMaxTokens) {
  Request limited = request("root ::= [x]{5}");
  limited.max_tokens = 3;
  EXPECT_EQ(run(std::move(limited)).finish, Finish::kLength);
  EXPECT_EQ(text_, "xxx");
}

TEST_F(EngineGrammarTest, EndsWithAnErrorWhenNoTokenIsLeft) {
  Request impossible = request("root ::= \"x\"");
  impossible.sampling.logit_bias = {{'x', -std::numeric_limits<float>::infinity()}};
  const Result result = run(std::move(impossible));
  EXPECT_EQ(result.finish, Finish::kError);
  EXPECT_NE(result.error.find("no token is possible"), std::string::npos) << result.error;
}

TEST_F(EngineGrammarTest, HoldsEachTextToItsOwnGrammar) {
  Generation first = engine_.submit(request("root ::= \"a\"{20}"));
  Generation second = engine_.submit(request("root ::= \"b\"{20}"));
  Generation free = engine_.submit({.prompt = ids_of("P"), .sampling = kGreedy, .max_tokens = 2});
  EXPECT_EQ(second.wait().tokens, ids_of(std::string(20, 'b')));
  EXPECT_EQ(first.wait().tokens, ids_of(std::string(20, 'a')));
  EXPECT_EQ(free.wait().tokens, (Ids{0, 0}));
}

}  // namespace
}  // namespace cria::runner
