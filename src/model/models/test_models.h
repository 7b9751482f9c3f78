#pragma once
// Models with invented weights, and what tests do with them.

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "ml/backend/cpu/kernels/kernels.h"
#include "model/binder.h"
#include "model/executor.h"
#include "model/model.h"
#include "model/models/test_configs.h"

namespace cria::model {

struct RandomModel {
  explicit RandomModel(const Config& config, ml::DType type = ml::DType::kF32,
                       bool with_optional = true)
      : model(make_model(config)) {
    RandomBinder binder(7, type, with_optional);
    model->bind(binder);
    nodes = binder.finish();
    data = binder.take_data();
    for (const ml::Node& node : nodes) list.push_back(&node);
  }

  std::unique_ptr<Model> model;
  WeightNodes nodes;
  std::deque<std::vector<std::byte>> data;
  std::vector<const ml::Node*> list;
};

// A backend and, of the cpu backend, an instruction set that runs here.
struct Target {
  std::string backend, instructions;
  std::string name() const { return instructions.empty() ? backend : backend + "_" + instructions; }
};

inline void PrintTo(const Target& target, std::ostream* out) { *out << target.name(); }

inline std::vector<Target> targets() {
  std::vector<Target> list = {{"reference", ""}};
  for (const ml::cpu::Isa& isa : ml::cpu::isas()) {
    if (isa.runs_here) list.push_back({"cpu", std::string(isa.name)});
  }
  return list;
}

inline ExecutorOptions options_for(const Target& target, int threads = 2) {
  ExecutorOptions options;
  options.backend = target.backend;
  options.backend_options.threads = threads;
  options.backend_options.instructions = target.instructions;
  options.cache = {.tokens = 256, .sequences = 4, .context = 64};
  options.max_tokens = 32;
  options.max_outputs = 32;
  return options;
}

inline ExecutorOptions with_exact_cache(ExecutorOptions options) {
  options.cache.key_type = options.cache.value_type = ml::DType::kF32;
  return options;
}

inline std::vector<int32_t> some_tokens(size_t n, int32_t seed = 3) {
  std::vector<int32_t> tokens;
  for (size_t i = 0; i < n; ++i)
    tokens.push_back(static_cast<int32_t>((i * i * 7 + i * 13 + static_cast<size_t>(seed)) % 97));
  return tokens;
}

// Logits of all tokens of one new sequence, given in chunks of these sizes.
inline std::vector<float> run(Executor& executor, const std::vector<int32_t>& tokens,
                              const std::vector<size_t>& chunks) {
  const kvcache::Sequence sequence = executor.cache().open().value();
  std::vector<float> logits;
  size_t begin = 0;
  for (const size_t size : chunks) {
    EXPECT_EQ(executor.cache().reserve(sequence, static_cast<int64_t>(size)),
              kvcache::Cache::Outcome::kOk);
    const std::vector<kvcache::Sequence> sequences(size, sequence);
    std::vector<int32_t> outputs;
    for (size_t i = 0; i < size; ++i) outputs.push_back(static_cast<int32_t>(i));
    const auto rows = executor.run({.tokens = std::span(tokens).subspan(begin, size),
                                    .sequences = sequences,
                                    .outputs = outputs});
    logits.insert(logits.end(), rows.begin(), rows.end());
    begin += size;
  }
  executor.cache().close(sequence);
  return logits;
}

inline std::vector<float> run(Executor& executor, const std::vector<int32_t>& tokens) {
  return run(executor, tokens, {tokens.size()});
}

}  // namespace cria::model
