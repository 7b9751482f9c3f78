// The engine over the executor and a llama with invented weights: what a sequence says does not
// depend on the others.

#include <gtest/gtest.h>

#include "runner/engine.h"
#include "runner/test_llama.h"
#include "sample/random.h"

namespace cria::runner {
namespace {

std::vector<Request> some_requests() {
  sample::Random random(5);
  std::vector<Request> requests;
  for (const int length : {1, 50, 3, 17, 90, 8}) {
    Request request{.sampling = {.repeat_penalty = 1.1f, .seed = random.bits()}, .max_tokens = 24};
    for (int i = 0; i < length; ++i) {
      request.prompt.push_back(static_cast<tokenizer::Id>(random.uniform() * 256));
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

// Both backends are linked in; `models` and they register themselves.
class EngineOverModel : public testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<model::Executor> make_executor(const kvcache::Options& cache,
                                                 int64_t max_tokens) const {
    model::ExecutorOptions options;
    options.backend = GetParam();
    options.cache = cache;
    options.max_tokens = max_tokens;
    options.max_outputs = 3;
    return llama_.executor(options);
  }

  const RandomLlama llama_;
  const ByteTokenizer tokenizer_;
};

TEST_P(EngineOverModel, SaysTheSameAloneAndAmongOthers) {
  std::vector<Ids> alone;
  for (Request& request : some_requests()) {
    const auto executor = make_executor({.tokens = 128, .sequences = 1, .context = 128}, 128);
    Engine engine(*executor, tokenizer_);
    const Result result = engine.submit(std::move(request)).wait();
    ASSERT_EQ(result.error, "");
    alone.push_back(result.tokens);
  }
  // Chunks of prompts, fewer sequences than requests, fewer outputs than sequences.
  const auto executor = make_executor({.tokens = 512, .sequences = 4, .context = 128}, 16);
  Engine engine(*executor, tokenizer_);
  std::vector<Generation> generations;
  for (Request& request : some_requests()) generations.push_back(engine.submit(std::move(request)));
  for (size_t i = 0; i < generations.size(); ++i) {
    const Result result = generations[i].wait();
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(result.tokens, alone[i]) << "request " << i;
  }
}

// Shared beginnings, full pools, contexts that are shifted, and some that nobody waits for.
TEST_P(EngineOverModel, SaysTheSameHoweverLittleRoomThereIs) {
  const bool reference = std::string(GetParam()) == "reference";
  sample::Random random(9);
  std::vector<Request> requests;
  for (int i = 0; i < (reference ? 10 : 60); ++i) {
    Request request{.sampling = {.repeat_penalty = 1.1f, .seed = random.bits()},
                    .max_tokens = static_cast<int64_t>(random.uniform() * 60)};
    const int length = 1 + static_cast<int>(random.uniform() * 70);
    const int alike = static_cast<int>(random.uniform() * length);
    for (int t = 0; t < length; ++t) {
      request.prompt.push_back(t < alike ? t % 5 : static_cast<int32_t>(random.uniform() * 256));
    }
    if (i % 2 == 0) request.shift = Shift{7};
    requests.push_back(std::move(request));
  }
  const kvcache::Options tight{.tokens = 160, .sequences = 4, .context = 80, .block_size = 16};
  const auto executor = make_executor(tight, 16);
  std::vector<Result> results;
  std::vector<Request> asked;
  {
    Engine engine(*executor, tokenizer_);
    std::vector<Generation> generations;
    for (const Request& request : requests) {
      const bool twice = random.uniform() < 0.3;
      for (int i = 0; i <= twice; ++i) {
        generations.push_back(engine.submit(request));
        asked.push_back(request);
      }
      if (random.uniform() < 0.3) engine.submit(request);  // which cancels it
    }
    for (Generation& generation : generations) results.push_back(generation.wait());
  }
  EXPECT_EQ(executor->cache().usage()[0].used, 0);
  int64_t shifts = 0, preemptions = 0, cached = 0;
  for (size_t i = 0; i < asked.size(); ++i) {
    const auto fresh = make_executor(tight, 80);
    Engine engine(*fresh, tokenizer_);
    const Result alone = engine.submit(asked[i]).wait();
    EXPECT_EQ(results[i].error, "");
    EXPECT_EQ(results[i].finish, alone.finish);
    EXPECT_EQ(results[i].tokens, alone.tokens) << "request " << i;
    shifts += results[i].shifts;
    preemptions += results[i].preemptions;
    cached += results[i].cached_tokens;
  }
  EXPECT_GT(shifts, 0);
  EXPECT_GT(cached, 0);
  EXPECT_TRUE(reference || preemptions > 0);
}

INSTANTIATE_TEST_SUITE_P(Backends, EngineOverModel, testing::Values("reference", "cpu"));

}  // namespace
}  // namespace cria::runner
