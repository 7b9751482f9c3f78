// Grammars that apply behind thoughts, and control tokens whose text is shown.

#include <gtest/gtest.h>

#include <regex>

#include "grammar/gbnf/gbnf.h"
#include "runner/engine.h"
#include "runner/fake_model.h"
#include "tests/support/expect_error.h"

namespace cria::runner {
namespace {

constexpr sample::Options kGreedy{.temperature = 0, .repeat_penalty = 1};
const Thoughts kBegun{.begin = "<think>", .end = "</think>", .begun = true};
const Thoughts kPerhaps{.begin = "<think>", .end = "</think>"};

Ids operator+(Ids a, const Ids& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Wants to write these tokens behind a prompt of one, and otherwise the lowest byte.
FakeModel::Logits wants(Ids tokens) {
  return
      [tokens = std::move(tokens)](std::span<const tokenizer::Id> history, std::span<float> row) {
        for (size_t i = 0; i < row.size(); ++i) row[i] = -static_cast<float>(i);
        const size_t said = history.size() - 1;
        if (said < tokens.size()) row[static_cast<size_t>(tokens[said])] = 1;
      };
}

// Thinks in letters, for as long as what it sees has it.
void muses(std::span<const tokenizer::Id> history, std::span<float> row) {
  uint64_t hash = history.size();
  for (const tokenizer::Id id : history) hash = hash * 31 + static_cast<uint64_t>(id);
  row['a' + hash % 20] = 3;
  row['0' + hash % 10] = 2;
  row[hash % 13 == 0 ? kThought : kEnd] = 4;
}

class EngineThoughtsTest : public testing::Test {
 protected:
  void start(FakeModel::Logits logits, const FakeOptions& options = {}) {
    engine_.emplace(std::make_unique<FakeModel>(options, std::move(logits)), tokenizer_);
  }
  static Request request(const Thoughts& thoughts, std::string_view gbnf = "root ::= [0-9]{3}") {
    return {.prompt = ids_of("P"),
            .sampling = kGreedy,
            .grammar = grammar::compile_gbnf(gbnf),
            .thoughts = thoughts};
  }
  Result run(Request given) {
    text_.clear();
    given.on_text = [&](std::string_view certain) {
      text_ += certain;
      return true;
    };
    return engine_->submit(std::move(given)).wait();
  }

  ByteTokenizer tokenizer_;
  std::optional<Engine> engine_;
  std::string text_;
};

TEST_F(EngineThoughtsTest, HoldToTheGrammarWhatComesBehindThem) {
  start(wants(ids_of("hm </think> <think>") + Ids{kThought} + ids_of("\n 7x")));
  const Result result = run(request(kBegun));
  EXPECT_EQ(result.finish, Finish::kStop);
  EXPECT_EQ(result.tokens, ids_of("hm </think> <think>") + Ids{kThought} + ids_of("\n 700"));
  EXPECT_EQ(text_, "hm </think> <think>\n 700");
}

TEST_F(EngineThoughtsTest, MayBegin) {
  start(wants(Ids{kThink} + ids_of("hm") + Ids{kThought} + ids_of("x")));
  EXPECT_EQ(run(request(kPerhaps)).tokens, Ids{kThink} + ids_of("hm") + Ids{kThought} +
                                               ids_of("\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t000"));
}

TEST_F(EngineThoughtsTest, MayNotBegin) {
  start(wants(ids_of("h7")));
  EXPECT_EQ(run(request(kPerhaps)).tokens, ids_of("070"));
}

TEST_F(EngineThoughtsTest, AreNotBegunByTheTextOfAControlToken) {
  start(wants(ids_of("<think>")));
  EXPECT_EQ(run(request(kPerhaps)).tokens, ids_of("000"));
}

TEST_F(EngineThoughtsTest, MayHaveMarkersOfText) {
  start(wants(ids_of("[hm]]>5x")));
  EXPECT_EQ(run(request({.begin = "[", .end = "]>"})).tokens, ids_of("[hm]]>500"));
}

TEST_F(EngineThoughtsTest, KeepTheTextFromEnding) {
  start(wants(ids_of("a") + Ids{kEnd, kThought, kEnd, '4', kEnd}));
  Request any_length = request(kBegun, "root ::= [0-9]+");
  any_length.max_tokens = 40;
  const Result result = run(std::move(any_length));
  EXPECT_EQ(result.finish, Finish::kStop);
  EXPECT_EQ(result.tokens, (Ids{'a', 0, kThought, '\t', '4'}));
}

TEST_F(EngineThoughtsTest, AreCutAtMaxTokens) {
  start(wants(ids_of("hmmmm")));
  Request limited = request(kBegun);
  limited.max_tokens = 3;
  EXPECT_EQ(run(std::move(limited)).finish, Finish::kLength);
  EXPECT_EQ(text_, "hmm");
}

TEST_F(EngineThoughtsTest, AreCutAtStopStrings) {
  start(wants(ids_of("hm stop")));
  Request stopped = request(kBegun);
  stopped.stop = {" st"};
  const Result result = run(std::move(stopped));
  EXPECT_EQ(result.stopped_by, " st");
  EXPECT_EQ(text_, "hm");
}

TEST_F(EngineThoughtsTest, AreShiftedAndPreempted) {
  start(muses, {.context = 24, .pool = 40});
  const std::regex form("[^]*?</think>[ \\t\\r\\n]{0,16}[0-9]{30}");
  std::vector<std::string> texts(4);
  std::vector<Generation> generations;
  for (size_t i = 0; i < texts.size(); ++i) {
    Request longer = request(kBegun, "root ::= [0-9]{30}");
    longer.prompt = ids_of(std::string(i + 1, 'P'));
    longer.shift = Shift{};
    longer.special = true;
    longer.on_text = [&text = texts[i]](std::string_view certain) {
      text += certain;
      return true;
    };
    generations.push_back(engine_->submit(std::move(longer)));
  }
  int64_t shifts = 0, preemptions = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    const Result result = generations[i].wait();
    EXPECT_EQ(result.finish, Finish::kStop) << result.error;
    EXPECT_TRUE(std::regex_match(texts[i], form)) << texts[i];
    shifts += result.shifts;
    preemptions += result.preemptions;
  }
  EXPECT_GT(shifts, 0);
  EXPECT_GT(preemptions, 0);
}

TEST_F(EngineThoughtsTest, NeedMarkers) {
  start(wants({}));
  for (const Thoughts& thoughts : {Thoughts{"<think>", ""}, Thoughts{"", "</think>"}}) {
    test::expect_error([&] { engine_->submit(request(thoughts)); }, Error::Code::kInvalidArgument,
                       {"marker of thoughts is empty"});
  }
}

TEST_F(EngineThoughtsTest, ControlTokensHaveTextOnlyWhenAsked) {
  start(wants(Ids{kThink} + ids_of("hm") + Ids{kThought, '1', kEnd}));
  Request shown{.prompt = ids_of("P"), .sampling = kGreedy};
  EXPECT_EQ(run(shown).finish, Finish::kStop);
  EXPECT_EQ(text_, "hm1");
  shown.special = true;
  EXPECT_EQ(run(shown).finish, Finish::kStop);
  EXPECT_EQ(text_, "<think>hm</think>1");
  shown.stop = {"</think>"};
  EXPECT_EQ(run(shown).stopped_by, "</think>");
  EXPECT_EQ(text_, "<think>hm");
}

TEST_F(EngineThoughtsTest, ControlTokensThatAreShownAreNoPartOfWhatFitsAGrammar) {
  start(wants(Ids{kThink} + ids_of("hm") + Ids{kThought, kThink, '1'}));
  Request shown = request(kPerhaps);
  shown.special = true;
  shown.stop = {"0"};
  EXPECT_EQ(run(std::move(shown)).stopped_by, "0");
  EXPECT_EQ(text_, "<think>hm</think>\t1");
}

}  // namespace
}  // namespace cria::runner
