#include "runner/engine.h"

#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <stdexcept>

#include "runner/fake_model.h"

namespace cria::runner {
namespace {

constexpr sample::Options kGreedy{.temperature = 0, .repeat_penalty = 1};

class EngineTest : public testing::Test {
 protected:
  void start(FakeModel::Logits logits, const FakeOptions& options = {},
             FakeModel::Watch before_pass = {}) {
    engine_.emplace(std::make_unique<FakeModel>(options, std::move(logits), std::move(before_pass)),
                    tokenizer_);
  }
  Request request(std::string_view prompt, std::string* text = nullptr) const {
    return {
        .prompt = ids_of(prompt), .sampling = kGreedy, .on_text = [text](std::string_view certain) {
          EXPECT_FALSE(certain.empty());
          if (text) *text += certain;
          return true;
        }};
  }
  std::string refusal(Request given) {
    try {
      engine_->submit(std::move(given));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Error::Code::kInvalidArgument);
      return error.what();
    }
    return "accepted";
  }

  ByteTokenizer tokenizer_;
  std::optional<Engine> engine_;
  std::string text_;
};

// Holds the first pass until it is opened, so that a test can submit what is to run together.
struct Gate {
  std::promise<void> opened;
  std::shared_future<void> passed = opened.get_future().share();
  FakeModel::Watch watch() {
    return [passed = passed](const model::Step&) { passed.wait(); };
  }
};

TEST_F(EngineTest, StreamsTheTextUntilTheEndOfGeneration) {
  start(says({"hello"}));
  const Result result = engine_->submit(request("HH", &text_)).wait();
  EXPECT_EQ(result.finish, Finish::kStop);
  EXPECT_EQ(text_, "hello");
  EXPECT_EQ(result.tokens, ids_of("hello")) << "without the token that ended it";
  EXPECT_EQ(result.prompt_tokens, 2);
  EXPECT_EQ(result.stopped_by, "");
  EXPECT_GE(result.prompt_seconds, 0);
  EXPECT_GE(result.decode_seconds, 0);
}

TEST_F(EngineTest, WorksWithoutAReceiver) {
  start(says({"hello"}));
  EXPECT_EQ(engine_->submit({.prompt = ids_of("H"), .sampling = kGreedy}).wait().tokens,
            ids_of("hello"));
}

TEST_F(EngineTest, EndsAfterMaxTokens) {
  start(says({"hello"}));
  Request limited = request("H", &text_);
  limited.max_tokens = 3;
  const Result result = engine_->submit(std::move(limited)).wait();
  EXPECT_EQ(result.finish, Finish::kLength);
  EXPECT_EQ(text_, "hel");
}

TEST_F(EngineTest, ComputesOnlyThePromptForNoTokens) {
  start(says({"hello"}));
  Request none = request("HHH", &text_);
  none.max_tokens = 0;
  const Result result = engine_->submit(std::move(none)).wait();
  EXPECT_EQ(result.finish, Finish::kLength);
  EXPECT_EQ(result.prompt_tokens, 3);
  EXPECT_EQ(text_, "");
}

TEST_F(EngineTest, EndsBeforeAStopString) {
  start(says({"hello"}));
  Request stopped = request("H", &text_);
  stopped.stop = {"lx", "lo"};
  const Result result = engine_->submit(std::move(stopped)).wait();
  EXPECT_EQ(result.finish, Finish::kStop);
  EXPECT_EQ(result.stopped_by, "lo");
  EXPECT_EQ(text_, "hel");
  EXPECT_EQ(result.tokens, ids_of("hello"));
}

TEST_F(EngineTest, FlushesWhatCouldHaveBecomeAStopString) {
  start(says({"hello"}));
  Request stopped = request("H", &text_);
  stopped.stop = {"lots"};
  EXPECT_EQ(engine_->submit(std::move(stopped)).wait().stopped_by, "");
  EXPECT_EQ(text_, "hello");
}

TEST_F(EngineTest, HandsOutWholeCharacters) {
  start(says({"a\xC3\xA9\xE2\x82\xAC"}));
  std::vector<std::string> pieces;
  Request whole = request("A");
  whole.on_text = [&](std::string_view certain) {
    pieces.emplace_back(certain);
    return true;
  };
  engine_->submit(std::move(whole)).wait();
  EXPECT_EQ(pieces, (std::vector<std::string>{"a", "\xC3\xA9", "\xE2\x82\xAC"}));
}

TEST_F(EngineTest, ReplacesACharacterThatWasCutOff) {
  start(says({"a\xE2\x82\xAC"}));
  Request cut = request("A", &text_);
  cut.max_tokens = 3;
  engine_->submit(std::move(cut)).wait();
  EXPECT_EQ(text_, "a\xEF\xBF\xBD");
}

TEST_F(EngineTest, EndsWhenTheContextIsFull) {
  start(says({"hello"}), {.context = 5});
  const Result result = engine_->submit(request("HHH", &text_)).wait();
  EXPECT_EQ(result.finish, Finish::kContext);
  EXPECT_EQ(text_, "hel") << "two tokens fit, and what follows the last needs no room";
  text_.clear();
  EXPECT_EQ(engine_->submit(request("HHHHH", &text_)).wait().finish, Finish::kContext);
  EXPECT_EQ(text_, "h");
}

TEST_F(EngineTest, RefusesBadRequests) {
  start(says({"hello"}), {.context = 5});
  EXPECT_EQ(refusal(request("")), "the prompt has no tokens");
  EXPECT_EQ(refusal(request("HHHHHH")), "the prompt has 6 tokens, more than the context of 5");
  for (const tokenizer::Id id : {-1, 259, std::numeric_limits<tokenizer::Id>::min()}) {
    Request wrong = request("H");
    wrong.prompt.push_back(id);
    EXPECT_EQ(refusal(std::move(wrong)),
              concat("token 1 of the prompt is ", id, ", expected 0 to 258"));
  }
  Request negative = request("H");
  negative.max_tokens = -2;
  EXPECT_EQ(refusal(std::move(negative)), "max_tokens is -2, expected -1 (no limit), 0 or more");
  Request keeping = request("H");
  keeping.shift = Shift{.keep = -2};
  EXPECT_EQ(refusal(std::move(keeping)), "keep is -2, expected -1 (the whole prompt), 0 or more");
  Request hot = request("H");
  hot.sampling.temperature = -1;
  EXPECT_EQ(refusal(std::move(hot)), "option temperature is -1, expected a finite number from 0");
  Request endless = request("H");
  endless.stop = {""};
  EXPECT_EQ(refusal(std::move(endless)), "a stop string is empty");
}

TEST_F(EngineTest, RefusesAModelThatComputesNothing) {
  const auto make = [&](FakeOptions options) { start(says({"hello"}), options); };
  EXPECT_THROW(make({.tokens = 0}), Error);
  EXPECT_THROW(make({.outputs = 0}), Error);
}

TEST_F(EngineTest, IsCancelledByItsReceiver) {
  start(says({"hello"}));
  Request cancelled = request("H");
  cancelled.on_text = [&](std::string_view certain) {
    text_ += certain;
    return text_ != "hel";
  };
  const Result result = engine_->submit(std::move(cancelled)).wait();
  EXPECT_EQ(result.finish, Finish::kCancelled);
  EXPECT_EQ(text_, "hel");
}

TEST_F(EngineTest, IsCancelledBeforeTheNextPass) {
  Gate gate;
  start(says({"hello"}), {.sequences = 1, .tokens = 2}, gate.watch());
  Generation running = engine_->submit(request("HHHHHH", &text_));
  Generation waiting = engine_->submit(request("H"));
  Generation last = engine_->submit(request("H"));
  running.cancel();
  waiting.cancel();
  gate.opened.set_value();
  const Result result = running.wait();
  EXPECT_EQ(result.finish, Finish::kCancelled);
  EXPECT_LE(result.prompt_tokens, 2) << "the chunk under way";
  EXPECT_EQ(text_, "");
  EXPECT_EQ(waiting.wait().finish, Finish::kCancelled);
  EXPECT_EQ(last.wait().finish, Finish::kStop);
}

TEST_F(EngineTest, CancelsWhatNobodyWaitsFor) {
  Gate gate;
  start(says({"hello"}), {}, gate.watch());
  gate.opened.set_value();
  { Generation dropped = engine_->submit(request("H", &text_)); }
  EXPECT_LE(text_.size(), 5u);
  EXPECT_EQ(engine_->submit(request("H")).wait().finish, Finish::kStop);
}

TEST_F(EngineTest, CancelsEverythingWhenItEnds) {
  std::promise<void> passed;
  const auto forever = [](std::span<const tokenizer::Id>, std::span<float> row) { row['x'] = 1; };
  start(forever, {.context = 50, .sequences = 1}, [&, once = false](const model::Step&) mutable {
    if (!std::exchange(once, true)) passed.set_value();
  });
  Request first = request("H");
  first.shift = Shift{};
  first.max_tokens = std::numeric_limits<int64_t>::max();
  Generation running = engine_->submit(std::move(first));
  Generation waiting = engine_->submit(request("H"));
  passed.get_future().wait();
  engine_.reset();
  EXPECT_EQ(running.wait().finish, Finish::kCancelled);
  EXPECT_EQ(waiting.wait().finish, Finish::kCancelled);
}

TEST_F(EngineTest, FailsASequenceWhoseLogitsAreNoNumbersAndNoOther) {
  Gate gate;
  const auto talk = says({"hello"});
  const auto nan = [talk](std::span<const tokenizer::Id> history, std::span<float> row) {
    talk(history, row);
    if (history[0] == 'N') row[7] = std::numeric_limits<float>::quiet_NaN();
  };
  start(nan, {}, gate.watch());
  Generation good = engine_->submit(request("H", &text_));
  Generation bad = engine_->submit(request("N"));
  gate.opened.set_value();
  const Result result = bad.wait();
  EXPECT_EQ(result.finish, Finish::kError);
  EXPECT_EQ(result.error, "model output contains NaN");
  EXPECT_EQ(good.wait().finish, Finish::kStop);
  EXPECT_EQ(text_, "hello");
}

TEST_F(EngineTest, SurvivesAPassThatFails) {
  const auto fail_once = [failed = false](const model::Step&) mutable {
    if (!std::exchange(failed, true)) fail(Error::Code::kOutOfMemory, "device: out of memory");
  };
  start(says({"hello"}), {}, fail_once);
  const Result result = engine_->submit(request("H")).wait();
  EXPECT_EQ(result.finish, Finish::kError);
  EXPECT_EQ(result.error, "device: out of memory");
  EXPECT_EQ(engine_->submit(request("H", &text_)).wait().finish, Finish::kStop);
  EXPECT_EQ(text_, "hello");
}

TEST_F(EngineTest, SurvivesAReceiverThatThrows) {
  start(says({"hello"}));
  for (const size_t when : {size_t{0}, size_t{4}}) {  // at once, and when held text is flushed
    Request throwing = request("H");
    throwing.stop = {"ox"};
    throwing.on_text = [&, seen = size_t{0}](std::string_view) mutable -> bool {
      if (seen++ < when) return true;
      throw std::runtime_error("receiver: gone");
    };
    const Result result = engine_->submit(std::move(throwing)).wait();
    EXPECT_EQ(result.finish, Finish::kError);
    EXPECT_EQ(result.error, "receiver: gone");
  }
  EXPECT_EQ(engine_->submit(request("H")).wait().finish, Finish::kStop);
}

TEST_F(EngineTest, ServesThoseWhoWaitInOrder) {
  Gate gate;
  std::string read;
  start(says({"a", "b", "c"}), {.sequences = 1}, [&, wait = gate.watch()](const model::Step& step) {
    wait(step);
    read += static_cast<char>(step.tokens[0]);
  });
  std::vector<Generation> generations;
  for (const char* prompt : {"A", "B", "C"})
    generations.push_back(engine_->submit(request(prompt)));
  gate.opened.set_value();
  for (Generation& generation : generations) EXPECT_EQ(generation.wait().finish, Finish::kStop);
  EXPECT_EQ(read, "AaBbCc");
}

TEST_F(EngineTest, FailsWhatTheCacheHasNoSequenceFor) {
  start(says({"hello"}), {.sequences = 0});
  const Result result = engine_->submit(request("H")).wait();
  EXPECT_EQ(result.finish, Finish::kError);
  EXPECT_EQ(result.error, "engine: the cache has no sequence to give");
}

TEST_F(EngineTest, DecodesInEveryPassOfALongPrompt) {
  Gate gate;
  std::vector<std::vector<kvcache::Sequence>> passes;
  start(says({"hello", "world"}), {.tokens = 8}, [&, wait = gate.watch()](const model::Step& step) {
    wait(step);
    passes.emplace_back(step.sequences.begin(), step.sequences.end());
  });
  Generation talking = engine_->submit(request("H"));
  Generation reading = engine_->submit(request(std::string(21, 'W')));
  gate.opened.set_value();
  EXPECT_EQ(talking.wait().finish, Finish::kStop);
  EXPECT_EQ(reading.wait().finish, Finish::kStop);
  // Whichever pass the long prompt joins first, it takes all the room but that of the other's
  // decode step.
  const kvcache::Sequence long_one = 1;
  size_t full = 0;
  for (const auto& pass : passes) {
    const auto mine = std::count(pass.begin(), pass.end(), long_one);
    if (mine > 1 && pass.size() == 8) {
      ++full;
      EXPECT_EQ(mine, 7);
    }
  }
  EXPECT_GE(full, 2u);
}

TEST_F(EngineTest, TakesTurnsWhenOutputsAreScarce) {
  Gate gate;
  std::vector<kvcache::Sequence> turns;
  start(says({"hello", "world"}), {.outputs = 1},
        [&, wait = gate.watch()](const model::Step& step) {
          wait(step);
          turns.push_back(step.sequences[0]);
        });
  Generation first = engine_->submit(request("H"));
  Generation second = engine_->submit(request("W"));
  gate.opened.set_value();
  EXPECT_EQ(first.wait().finish, Finish::kStop);
  EXPECT_EQ(second.wait().finish, Finish::kStop);
  ASSERT_EQ(turns.size(), 12u);  // one for each letter and for the end
  for (size_t i = 2; i < 10; ++i) EXPECT_NE(turns[i], turns[i + 1]) << "pass " << i;
}

TEST_F(EngineTest, ServesEveryoneWithOneOutputForAPass) {
  Gate gate;
  start(says({"hello", "world", "abc"}), {.tokens = 2, .outputs = 1}, gate.watch());
  std::string texts[3];
  std::vector<Generation> generations;
  generations.push_back(engine_->submit(request("HHHH", &texts[0])));
  generations.push_back(engine_->submit(request("W", &texts[1])));
  generations.push_back(engine_->submit(request("AAAAAAA", &texts[2])));
  gate.opened.set_value();
  for (Generation& generation : generations) EXPECT_EQ(generation.wait().finish, Finish::kStop);
  EXPECT_EQ(texts[0], "hello");
  EXPECT_EQ(texts[1], "world");
  EXPECT_EQ(texts[2], "abc");
}

}  // namespace
}  // namespace cria::runner
