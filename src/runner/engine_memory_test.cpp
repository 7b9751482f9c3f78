// What the engine does with the cache: what was computed is not computed again, the youngest give
// way when it is full, long texts lose their middle, and only so many may wait.

#include <gtest/gtest.h>

#include <future>

#include "runner/engine.h"
#include "runner/fake_model.h"
#include "tests/support/expect_error.h"

namespace cria::runner {
namespace {

constexpr sample::Options kGreedy{.temperature = 0, .repeat_penalty = 1};

// Counts upwards, a digit at a time, as the sum of all that it sees says.
void count(std::span<const tokenizer::Id> history, std::span<float> row) {
  int64_t sum = 0;
  for (const tokenizer::Id id : history) sum += id;
  row[static_cast<size_t>('a' + sum % 23)] = 1;
}

class EngineMemory : public testing::Test {
 protected:
  void start(const FakeOptions& options, FakeModel::Logits logits = count,
             FakeModel::Watch before_pass = {}, const EngineOptions& engine = {}) {
    const auto watch = [this, before_pass](const model::Step& step) {
      if (before_pass) before_pass(step);
      computed_ += static_cast<int64_t>(step.tokens.size());
    };
    engine_.emplace(std::make_unique<FakeModel>(options, std::move(logits), watch), tokenizer_,
                    engine);
  }
  static Request request(const Ids& prompt, int64_t tokens) {
    return {.prompt = prompt, .sampling = kGreedy, .max_tokens = tokens};
  }
  Result answer(const Ids& prompt, int64_t tokens) {
    return engine_->submit(request(prompt, tokens)).wait();
  }

  ByteTokenizer tokenizer_;
  std::atomic<int64_t> computed_ = 0;
  std::optional<Engine> engine_;
};

TEST_F(EngineMemory, ComputesNothingTwice) {
  start({.block = 4});
  Ids conversation = ids_of("a system text. first question");
  const Result first = answer(conversation, 9);
  EXPECT_EQ(first.cached_tokens, 0);
  EXPECT_EQ(computed_, 29 + 8) << "the last token of an answer is not read";
  conversation.insert(conversation.end(), first.tokens.begin(), first.tokens.end());
  for (const tokenizer::Id id : ids_of(" second question")) conversation.push_back(id);
  computed_ = 0;
  const Result second = answer(conversation, 1);
  EXPECT_EQ(second.cached_tokens, 29 + 8);
  EXPECT_EQ(second.prompt_tokens, 29 + 9 + 16) << "as if all had been computed";
  EXPECT_EQ(computed_, 1 + 16);
  start({.block = 4});
  EXPECT_EQ(answer(conversation, 1).tokens, second.tokens) << "by an engine that knows nothing";
}

TEST_F(EngineMemory, ComputesOneTokenOfAPromptThatItKnows) {
  start({.block = 4});
  const Result first = answer(ids_of("the very same"), 5);
  computed_ = 0;
  const Result second = answer(ids_of("the very same"), 5);
  EXPECT_EQ(second.cached_tokens, 12);
  EXPECT_EQ(computed_, 1 + 4);
  EXPECT_EQ(second.tokens, first.tokens);
}

TEST_F(EngineMemory, PreemptsTheYoungestAndComputesItAgain) {
  std::promise<void> opened;
  const auto gate = [passed = opened.get_future().share()](const model::Step&) { passed.wait(); };
  start({.context = 40, .pool = 40, .block = 4}, count, gate);
  std::vector<Generation> generations;
  for (const char* prompt : {"first", "second", "third"}) {
    generations.push_back(engine_->submit(request(ids_of(prompt), 30)));
  }
  opened.set_value();
  std::vector<Result> results;
  for (Generation& generation : generations) results.push_back(generation.wait());
  start({.context = 40, .pool = 40, .block = 4});
  const char* prompts[] = {"first", "second", "third"};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(results[i].finish, Finish::kLength) << results[i].error;
    EXPECT_EQ(results[i].tokens, answer(ids_of(prompts[i]), 30).tokens);
  }
  EXPECT_EQ(results[0].preemptions, 0);
  EXPECT_GT(results[2].preemptions, 0);
}

TEST_F(EngineMemory, EndsOnlyWhatWouldNeverFit) {
  start({.context = 1000, .pool = 16, .block = 4});
  const Result result = answer(ids_of("0123456789"), 100);
  EXPECT_EQ(result.finish, Finish::kContext);
  EXPECT_EQ(result.tokens.size(), 7u) << "six more fit, and what follows the last needs no room";
  test::expect_error([&] { answer(Ids(17, 1), 1); }, Error::Code::kInvalidArgument,
                     {"17 tokens", "context of 16"});
}

// The same with a list of tokens that loses its middle.
Ids shifted_answer(Ids history, size_t keep, size_t context, size_t tokens) {
  Ids generated;
  std::vector<float> row(kByteVocabulary);
  while (generated.size() < tokens) {
    std::ranges::fill(row, 0.f);
    count(history, row);
    const auto id = static_cast<tokenizer::Id>(std::ranges::max_element(row) - row.begin());
    generated.push_back(id);
    if (history.size() == context) {
      const size_t drop = std::max<size_t>((context - keep) / 2, 1);
      history.erase(history.begin() + static_cast<int64_t>(keep),
                    history.begin() + static_cast<int64_t>(keep + drop));
    }
    history.push_back(id);
  }
  return generated;
}

TEST_F(EngineMemory, ShiftsAFullContextAndKeepsItsBeginning) {
  for (const bool can_shift : {true, false}) {
    for (const int64_t keep : {0, 3, 10, 19, 50, -1}) {
      start({.context = 20, .pool = 40, .block = 4, .can_shift = can_shift});
      Request longer = request(ids_of("begin: "), 100);
      longer.shift = Shift{keep};
      const Result result = engine_->submit(std::move(longer)).wait();
      EXPECT_EQ(result.finish, Finish::kLength);
      EXPECT_GT(result.shifts, 0);
      const size_t kept = std::min<size_t>(keep < 0 ? 7 : static_cast<size_t>(keep), 19);
      EXPECT_EQ(result.tokens, shifted_answer(ids_of("begin: "), kept, 20, 100))
          << keep << (can_shift ? " moved" : " computed anew");
    }
  }
}

TEST_F(EngineMemory, EndsAShiftedTextAfterTenContexts) {
  start({.context = 20, .block = 4});
  Request endless = request(ids_of("x"), -1);
  endless.shift = Shift{};
  const Result result = engine_->submit(std::move(endless)).wait();
  EXPECT_EQ(result.finish, Finish::kLength);
  EXPECT_EQ(result.tokens.size(), 200u);
}

TEST_F(EngineMemory, ShiftsAndPreemptsAtOnce) {
  for (const bool can_shift : {true, false}) {
    start({.context = 20, .pool = 44, .block = 4, .can_shift = can_shift});
    std::vector<Generation> generations;
    const std::vector<Ids> prompts = {ids_of("first"), ids_of("second one"), ids_of("3"),
                                      ids_of("second two")};
    for (const Ids& prompt : prompts) {
      Request longer = request(prompt, 90);
      longer.shift = Shift{4};
      generations.push_back(engine_->submit(std::move(longer)));
    }
    for (size_t i = 0; i < prompts.size(); ++i) {
      const Result result = generations[i].wait();
      EXPECT_EQ(result.finish, Finish::kLength);
      EXPECT_EQ(result.tokens, shifted_answer(prompts[i], 4, 20, 90)) << i;
    }
  }
}

TEST_F(EngineMemory, LetsOnlySoManyWaitAndSaysHowManyWereBefore) {
  std::promise<void> opened, running;
  const auto gate = [&, passed = opened.get_future().share(),
                     once = false](const model::Step&) mutable {
    if (!std::exchange(once, true)) running.set_value();
    passed.wait();
  };
  start({.sequences = 1}, count, gate, {.most_waiting = 2});
  std::vector<Generation> generations;
  generations.push_back(engine_->submit(request({1}, 2)));
  running.get_future().wait();
  generations.push_back(engine_->submit(request({2}, 2)));
  generations.push_back(engine_->submit(request({3}, 2)));
  EXPECT_EQ(generations[0].queue_position(), 0);
  EXPECT_EQ(generations[1].queue_position(), 0);
  EXPECT_EQ(generations[2].queue_position(), 1);
  EXPECT_THROW(engine_->submit(request({4}, 2)), QueueFull);
  opened.set_value();
  for (Generation& generation : generations) EXPECT_EQ(generation.wait().finish, Finish::kLength);
  EXPECT_EQ(answer({5}, 2).finish, Finish::kLength);
}

TEST_F(EngineMemory, RunsWhatHasAPlaceWhenNobodyMayWait) {
  std::promise<void> opened, running;
  const auto gate = [&, passed = opened.get_future().share(),
                     once = false](const model::Step&) mutable {
    if (!std::exchange(once, true)) running.set_value();
    passed.wait();
  };
  start({.sequences = 2}, count, gate, {.most_waiting = 0});
  Generation first = engine_->submit(request({1}, 2));
  running.get_future().wait();
  Generation second = engine_->submit(request({2}, 2));
  EXPECT_THROW(engine_->submit(request({3}, 2)), QueueFull);
  opened.set_value();
  EXPECT_EQ(first.wait().finish, Finish::kLength);
  EXPECT_EQ(second.wait().finish, Finish::kLength);
  // Whoever hears of an end finds its place free.
  for (int i = 0; i < 50; ++i) EXPECT_EQ(answer({5}, 2).finish, Finish::kLength);
}

TEST_F(EngineMemory, LeavesNothingBehindAStormOfCancellations) {
  start({.sequences = 3, .block = 4}, count, {}, {.most_waiting = 8});
  for (int round = 0; round < 30; ++round) {
    std::vector<Generation> generations;
    for (tokenizer::Id i = 0; i < 11; ++i) {
      generations.push_back(engine_->submit(request(Ids(20, i), 200)));
      if ((round + i) % 3 == 0) generations.back().cancel();
    }
    for (size_t i = 0; i < generations.size(); ++i) {
      if (i % 2 == 0) continue;  // nobody waits for these
      generations[i].cancel();
      generations[i].wait();
    }
  }
  // All places are free, and the fake model checks that no block is left.
  std::vector<Generation> generations;
  for (tokenizer::Id i = 0; i < 11; ++i) generations.push_back(engine_->submit(request({i}, 5)));
  for (Generation& generation : generations) EXPECT_EQ(generation.wait().finish, Finish::kLength);
}

TEST_F(EngineMemory, KeepsToTheContextOfARequest) {
  start({.context = 200, .pool = 400, .block = 4});
  Request limited = request(ids_of("begin: "), 100);
  limited.context = 20;
  const Result full = engine_->submit(limited).wait();
  EXPECT_EQ(full.finish, Finish::kContext);
  EXPECT_EQ(full.tokens.size(), 14u);
  limited.shift = Shift{3};
  const Result shifted = engine_->submit(limited).wait();
  EXPECT_EQ(shifted.finish, Finish::kLength);
  EXPECT_EQ(shifted.tokens, shifted_answer(ids_of("begin: "), 3, 20, 100));
  limited.max_tokens = -1;
  EXPECT_EQ(engine_->submit(limited).wait().tokens.size(), 200u) << "ten of its contexts";
  limited.prompt = Ids(21, 1);
  test::expect_error([&] { engine_->submit(limited); }, Error::Code::kInvalidArgument,
                     {"21 tokens", "context of 20"});
  limited.context = 1000;
  limited.prompt = Ids(201, 1);
  test::expect_error([&] { engine_->submit(limited); }, Error::Code::kInvalidArgument,
                     {"context of 200"});
  limited.context = -1;
  test::expect_error([&] { engine_->submit(limited); }, Error::Code::kInvalidArgument,
                     {"context is -1"});
}

TEST_F(EngineMemory, IsNotHeldUpByASlowReceiver) {
  start({.sequences = 2});
  std::promise<void> other_is_done;
  Request slow = request({1}, 50);
  size_t received = 0;
  slow.on_text = [&](std::string_view) {
    if (received++ == 0) other_is_done.get_future().wait();
    return true;
  };
  Generation waiting = engine_->submit(std::move(slow));
  auto slow_result = std::async(std::launch::async, [&] { return waiting.wait(); });
  EXPECT_EQ(answer({2}, 50).finish, Finish::kLength);
  other_is_done.set_value();
  EXPECT_EQ(slow_result.get().finish, Finish::kLength);
  EXPECT_EQ(received, 50u);
}

TEST_F(EngineMemory, HandsOutLogprobsWhenTheSamplerReportsThem) {
  start({}, says({"hi"}));
  Request request{.prompt = ids_of("H"), .sampling = kGreedy};
  request.sampling.logprobs = 2;
  std::string tokens;
  request.on_token = [&](const Token& token) {
    tokens += token.bytes;
    EXPECT_EQ(token.logprobs.value().top.size(), 2u);
    EXPECT_EQ(token.logprobs->top[0].id, token.id);
    EXPECT_EQ(token.logprobs->top[0].logprob, token.logprobs->logprob);
    EXPECT_LT(token.logprobs->logprob, 0);
    return true;
  };
  EXPECT_EQ(engine_->submit(std::move(request)).wait().finish, Finish::kStop);
  EXPECT_EQ(tokens, "hi");
}

TEST_F(EngineMemory, HandsOutEveryTokenWithItsBytes) {
  start({}, says({"hello"}));
  Request request{.prompt = ids_of("H"), .sampling = kGreedy, .stop = {"lo"}};
  std::string bytes, log;
  request.on_token = [&](const Token& token) {
    bytes += token.bytes;
    log += "t";
    EXPECT_FALSE(token.logprobs.has_value());
    return true;
  };
  request.on_text = [&](std::string_view text) {
    log += text;
    return true;
  };
  EXPECT_EQ(engine_->submit(std::move(request)).wait().stopped_by, "lo");
  EXPECT_EQ(bytes, "hello") << "also what the stop string took";
  EXPECT_EQ(log, "thtettlt");
}

}  // namespace
}  // namespace cria::runner
