// What is predicted of models, against what they allocate.

#include "serving/memory.h"

#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <stdexcept>

#include "model/binder.h"
#include "serving/compute.h"
#include "serving/text_model.h"
#include "tests/support/map_config.h"

namespace cria::serving {
namespace {

// Large enough that what a model computes with outweighs what it is organised by.
model::MapConfig decoder(const std::string& architecture) {
  return {architecture,
          {{"vocab_size", 4096},
           {"embedding_length", 512},
           {"feed_forward_length", 1024},
           {"block_count", 4},
           {"attention.head_count", 8},
           {"attention.head_count_kv", 4},
           {"attention.layer_norm_rms_epsilon", 1e-5},
           {"rope.freq_base", 10000}}};
}

struct Case {
  std::string name;
  model::MapConfig config;
  ml::DType weights;
};

void PrintTo(const Case& of, std::ostream* out) { *out << of.name; }

std::vector<Case> cases() {
  using ml::DType;
  return {
      {"llama_f16", decoder("llama"), DType::kF16},
      {"llama_q4_0", decoder("llama"), DType::kQ4_0},
      {"llama_q4_k", decoder("llama"), DType::kQ4_K},
      {"llama_q8_0", decoder("llama"), DType::kQ8_0},
      {"llama_mxfp4", decoder("llama"), DType::kMXFP4},
      {"gemma3_with_windows",
       decoder("gemma3")
           .with("attention.sliding_window", 128)
           .with("attention.sliding_window_pattern", 2)
           .with("attention.key_length", 64)
           .with("rope.freq_base_swa", 1000),
       DType::kF16},
      {"qwen3moe",
       decoder("qwen3moe")
           .without("feed_forward_length")
           .with("expert_count", 8)
           .with("expert_used_count", 2)
           .with("expert_feed_forward_length", 256),
       DType::kQ8_0},
      {"lfm2_with_convolutions",
       decoder("lfm2").with("attention.head_count_kv", {0, 4, 0, 4}).with("shortconv.l_cache", 3),
       DType::kF16},
  };
}

struct Invented {
  explicit Invented(const Case& of) {
    loaded.config = std::make_unique<model::MapConfig>(of.config);
    loaded.model = model::make_model(*loaded.config);
    model::RandomBinder binder(7, of.weights);
    loaded.model->bind(binder);
    loaded.weights = binder.finish();
    data = binder.take_data();
  }
  model::LoadedModel loaded;
  std::deque<std::vector<std::byte>> data;
};

// Bytes of memory of this process alone, whether or not they were touched yet.
int64_t allocated() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t kilobytes = 0;
    if (word == "VmData:" && status >> kilobytes) return kilobytes << 10;
  }
  throw std::runtime_error("the system does not say how much memory there is");
}

// What an executor takes, also after passes of several shapes.
int64_t measured(const Invented& model, const model::ExecutorOptions& options) {
  const int64_t before = allocated();
  model::Executor executor(*model.loaded.model, model.loaded.weight_list(), options);
  const kvcache::Sequence sequence = executor.cache().open().value();
  for (const int64_t tokens : {options.max_tokens, int64_t{7}, int64_t{1}}) {
    EXPECT_EQ(executor.cache().reserve(sequence, tokens), kvcache::Cache::Outcome::kOk);
    const std::vector<int32_t> ids(static_cast<size_t>(tokens), 3);
    const std::vector<kvcache::Sequence> sequences(ids.size(), sequence);
    const int32_t last[] = {static_cast<int32_t>(tokens - 1)};
    executor.run({.tokens = ids, .sequences = sequences, .outputs = last});
  }
  return allocated() - before;
}

class PredictedMemory : public testing::TestWithParam<Case> {};

// Not below: a model that was said to fit has to. Not more than two fifths above: rows of
// embeddings stay where the file is mapped, and of a pass the prediction knows the widest layer,
// not how many results live at once. Both are a smaller part of larger models.
TEST_P(PredictedMemory, IsNotBelowWhatIsTakenAndNotFarAbove) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers take memory of their own";
#endif
  const Invented model(GetParam());
  for (const char* types : {"f16", "q8_0"}) {
    for (const int64_t sequences : {1, 8}) {
      const EngineSize size{.context = 1024, .sequences = sequences, .tokens = 1024 * sequences};
      const model::ExecutorOptions options =
          executor_options({.backend = "cpu", .threads = 1, .cache_type = types}, size);
      const int64_t predicted = predicted_bytes(model.loaded, options);
      const int64_t taken = measured(model, options);
      EXPECT_GE(predicted, taken) << types << ", sequences: " << sequences;
      EXPECT_LE(predicted, taken * 7 / 5) << types << ", sequences: " << sequences;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, PredictedMemory, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace cria::serving
