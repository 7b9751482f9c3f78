// The engine over the executor and a llama with invented weights: what a sequence says does not
// depend on the others.

#include <gtest/gtest.h>

#include "model/binder.h"
#include "model/model.h"
#include "runner/engine.h"
#include "runner/fake_model.h"
#include "sample/random.h"
#include "tests/support/map_config.h"

namespace cria::runner {
namespace {

class RandomLlama {
 public:
  RandomLlama() : model_(model::make_model(config_)) {
    model::RandomBinder binder(11, ml::DType::kF32);
    model_->bind(binder);
    nodes_ = binder.finish();
    data_ = binder.take_data();
    for (const ml::Node& node : nodes_) weights_.push_back(&node);
  }

  model::Executor executor(const std::string& backend, const kvcache::Options& cache,
                           int64_t max_tokens) const {
    model::ExecutorOptions options;
    options.backend = backend;
    options.backend_options.threads = 2;
    options.cache = cache;
    options.max_tokens = max_tokens;
    options.max_outputs = 3;
    return model::Executor(*model_, weights_, options);
  }

 private:
  model::MapConfig config_{"llama",
                           {{"vocab_size", kByteVocabulary},
                            {"embedding_length", 32},
                            {"feed_forward_length", 48},
                            {"block_count", 2},
                            {"attention.head_count", 4},
                            {"attention.head_count_kv", 2},
                            {"attention.layer_norm_rms_epsilon", 1e-5},
                            {"rope.freq_base", 10000}}};
  std::unique_ptr<model::Model> model_;
  model::WeightNodes nodes_;
  std::deque<std::vector<std::byte>> data_;
  std::vector<const ml::Node*> weights_;
};

std::vector<Request> some_requests() {
  sample::Random random(5);
  std::vector<Request> requests;
  for (const int length : {1, 50, 3, 17, 90, 8}) {
    Request request{.sampling = {.seed = random.bits()}, .max_tokens = 24};
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
  const RandomLlama llama_;
  const ByteTokenizer tokenizer_;
};

TEST_P(EngineOverModel, SaysTheSameAloneAndAmongOthers) {
  std::vector<Ids> alone;
  for (Request& request : some_requests()) {
    model::Executor executor =
        llama_.executor(GetParam(), {.tokens = 128, .sequences = 1, .context = 128}, 128);
    Engine engine(executor, tokenizer_);
    const Result result = engine.submit(std::move(request)).wait();
    ASSERT_EQ(result.error, "");
    alone.push_back(result.tokens);
  }
  // Chunks of prompts, fewer sequences than requests, fewer outputs than sequences.
  model::Executor executor =
      llama_.executor(GetParam(), {.tokens = 512, .sequences = 4, .context = 128}, 16);
  Engine engine(executor, tokenizer_);
  std::vector<Generation> generations;
  for (Request& request : some_requests()) generations.push_back(engine.submit(std::move(request)));
  for (size_t i = 0; i < generations.size(); ++i) {
    const Result result = generations[i].wait();
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(result.tokens, alone[i]) << "request " << i;
  }
}

TEST_P(EngineOverModel, EndsClearlyWhenThePoolIsFull) {
  model::Executor executor = llama_.executor(
      GetParam(), {.tokens = 96, .sequences = 4, .context = 96, .block_size = 32}, 16);
  Engine engine(executor, tokenizer_);
  const int64_t free_blocks = executor.cache().free_blocks();
  std::vector<Generation> generations;
  for (Request& request : some_requests()) {
    request.max_tokens = 1000;
    generations.push_back(engine.submit(std::move(request)));
  }
  for (Generation& generation : generations) {
    const Result result = generation.wait();
    EXPECT_EQ(result.error, "");
    EXPECT_TRUE(result.finish == Finish::kContext || result.finish == Finish::kStop);
  }
  EXPECT_EQ(executor.cache().free_blocks(), free_blocks);
}

INSTANTIATE_TEST_SUITE_P(Backends, EngineOverModel, testing::Values("reference", "cpu"));

}  // namespace
}  // namespace cria::runner
