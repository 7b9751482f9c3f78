// Many requests at once over a model that answers by all that a sequence holds: whatever runs
// beside it, whatever the cache holds, each must get the text it gets alone.

#include <gtest/gtest.h>

#include <thread>

#include "runner/engine.h"
#include "runner/fake_model.h"
#include "runner/stop.h"
#include "sample/random.h"

namespace cria::runner {
namespace {

void talk(std::span<const tokenizer::Id> history, std::span<float> row) {
  uint64_t hash = 0;
  for (const tokenizer::Id id : history)
    hash = sample::Random(hash ^ static_cast<uint64_t>(id)).bits();
  sample::Random random(hash);
  for (float& logit : row) logit = static_cast<float>(random.uniform() * 4);
  // Bytes of a two-byte character often follow each other, and an end comes after some fifty
  // tokens.
  for (const int byte : {0xC3, 0xA9, int{'a'}, int{'b'}}) row[static_cast<size_t>(byte)] += 3;
  row[kEnd] += 2;
}

Request random_request(sample::Random& random) {
  Request request;
  const auto below = [&](double most) { return static_cast<int>(random.uniform() * most); };
  const int length = 1 + below(random.uniform() < 0.2 ? 300 : 20);
  // Many begin alike.
  const int alike = random.uniform() < 0.5 ? below(length) : 0;
  for (int i = 0; i < alike; ++i) request.prompt.push_back(i % 7 + below(1.05));
  for (int i = alike; i < length; ++i) request.prompt.push_back(below(256));
  request.sampling.seed = random.bits();
  if (random.uniform() < 0.3) request.sampling.temperature = 0;
  if (random.uniform() < 0.5) request.max_tokens = below(80);
  if (random.uniform() < 0.5) request.stop = {"ab", "\xC3\xA9\xC3\xA9", "bab"};
  if (random.uniform() < 0.5) request.shift = Shift{below(40)};
  return request;
}

struct Answer {
  Finish finish = Finish::kStop;
  std::string text;
  Ids tokens;
};

// The same without an engine.
Answer answer_alone(const Request& request, int64_t context) {
  const ByteTokenizer tokenizer;
  Answer answer;
  sample::Sampler sampler(request.sampling);
  StopMatcher matcher(request.stop);
  Ids history = request.prompt;
  std::vector<float> row(kByteVocabulary);
  for (const tokenizer::Id id : history) sampler.accept(id);
  for (;;) {
    const auto made = static_cast<int64_t>(answer.tokens.size());
    if (made == request.max_tokens) answer.finish = Finish::kLength;
    if (made == request.max_tokens || matcher.stopped_by()) break;
    if (static_cast<int64_t>(history.size()) > context) {
      if (!request.shift) {
        answer.finish = Finish::kContext;
        break;
      }
      const auto keep = history.begin() + std::min(request.shift->keep, context - 1);
      history.erase(keep, keep + std::max<int64_t>((context - request.shift->keep) / 2, 1));
    }
    talk(history, row);
    const tokenizer::Id token = sampler.sample(row).token;
    if (token == kEnd) break;
    answer.tokens.push_back(token);
    history.push_back(token);
    answer.text += matcher.feed(tokenizer.piece(token));
    if (matcher.stopped_by()) break;
  }
  answer.text += matcher.finish();
  return answer;
}

class EngineStress : public testing::TestWithParam<FakeOptions> {};

// Room for all; too little of it; a window beside; a model that can not shift.
INSTANTIATE_TEST_SUITE_P(
    Caches, EngineStress,
    testing::Values(
        FakeOptions{.context = 340, .pool = 340 * 7, .sequences = 7, .tokens = 40, .outputs = 5},
        FakeOptions{
            .context = 340, .pool = 400, .sequences = 7, .tokens = 40, .outputs = 5, .block = 8},
        FakeOptions{.context = 320,
                    .pool = 640,
                    .sequences = 7,
                    .tokens = 40,
                    .outputs = 5,
                    .block = 16,
                    .window = 50},
        FakeOptions{.context = 328,
                    .pool = 500,
                    .sequences = 5,
                    .tokens = 40,
                    .outputs = 3,
                    .block = 4,
                    .can_shift = false}),
    [](const auto& suite) { return "blocks_of_" + std::to_string(suite.param.block); });

TEST_P(EngineStress, GivesEveryoneTheirOwnText) {
  constexpr int kRequests = 240;
  constexpr int kThreads = 4;
  const FakeOptions options = GetParam();
  const ByteTokenizer tokenizer;
  Engine engine(std::make_unique<FakeModel>(options, talk), tokenizer);

  const auto submit_some = [&](uint64_t seed) {
    sample::Random random(seed);
    for (int i = 0; i < kRequests / kThreads / 10; ++i) {
      std::vector<Answer> expected(10), received(10);
      std::vector<int> cancel_after(10, -1);
      std::vector<Generation> generations;
      for (size_t j = 0; j < expected.size(); ++j) {
        Request request = random_request(random);
        expected[j] = answer_alone(request, options.context);
        if (random.uniform() < 0.2) cancel_after[j] = static_cast<int>(random.uniform() * 20);
        request.on_text = [&, j](std::string_view text) {
          received[j].text += text;
          return cancel_after[j] < 0 || static_cast<int>(received[j].text.size()) < cancel_after[j];
        };
        generations.push_back(engine.submit(std::move(request)));
      }
      const size_t cancelled = static_cast<size_t>(random.uniform() * 30);  // mostly none
      if (cancelled < generations.size()) generations[cancelled].cancel();
      for (size_t j = 0; j < expected.size(); ++j) {
        const Result result = generations[j].wait();
        if (result.finish == Finish::kCancelled) {
          EXPECT_TRUE(cancel_after[j] >= 0 || j == cancelled);
          EXPECT_TRUE(expected[j].text.starts_with(received[j].text));
          continue;
        }
        EXPECT_EQ(result.finish, expected[j].finish) << result.error;
        EXPECT_EQ(result.tokens, expected[j].tokens);
        EXPECT_EQ(received[j].text, expected[j].text);
      }
    }
  };
  std::vector<std::thread> threads;
  for (uint64_t seed = 1; seed <= kThreads; ++seed) threads.emplace_back(submit_some, seed);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace cria::runner
