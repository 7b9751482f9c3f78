#pragma once
// For tests: a llama of two blocks with invented weights, whose tokens are bytes.

#include <deque>
#include <memory>
#include <vector>

#include "model/binder.h"
#include "model/executor.h"
#include "model/model.h"
#include "runner/fake_model.h"
#include "tests/support/map_config.h"

namespace cria::runner {

class RandomLlama {
 public:
  // Quantised caches need heads of whole blocks: a width of 128.
  explicit RandomLlama(int64_t width = 32)
      : model_(model::make_model(model::MapConfig{"llama",
                                                  {{"vocab_size", kByteVocabulary},
                                                   {"embedding_length", static_cast<double>(width)},
                                                   {"feed_forward_length", 48},
                                                   {"block_count", 2},
                                                   {"attention.head_count", 4},
                                                   {"attention.head_count_kv", 2},
                                                   {"attention.layer_norm_rms_epsilon", 1e-5},
                                                   {"rope.freq_base", 10000}}})) {
    model::RandomBinder binder(11, ml::DType::kF32);
    model_->bind(binder);
    nodes_ = binder.finish();
    data_ = binder.take_data();
    for (const ml::Node& node : nodes_) weights_.push_back(&node);
  }

  // On one thread: models_test shows that it does not matter.
  std::unique_ptr<model::Executor> executor(model::ExecutorOptions options) const {
    options.backend_options.threads = 1;
    return std::make_unique<model::Executor>(*model_, weights_, options);
  }

 private:
  std::unique_ptr<model::Model> model_;
  model::WeightNodes nodes_;
  std::deque<std::vector<std::byte>> data_;
  std::vector<const ml::Node*> weights_;
};

}  // namespace cria::runner
