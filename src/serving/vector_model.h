#pragma once
// A model that reads texts and makes vectors of them, or scores.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "model/loading.h"
#include "runner/embedder.h"
#include "serving/compute.h"
#include "tokenizer/tokenizer.h"

namespace cria::serving {

// How much is read at once.
struct VectorSize {
  int64_t context = 0;    // the most tokens of a text
  int64_t sequences = 1;  // texts at once
  int64_t tokens = 0;     // of one pass; of models that see a text as a whole at least a context
};

class VectorModel {
 public:
  static constexpr int64_t kLargestContext = 8192, kPass = 512, kMostSequences = 64;

  explicit VectorModel(model::LoadedModel loaded);

  const model::LoadedModel& loaded() const { return loaded_; }
  const tokenizer::Tokenizer& tokenizer() const { return *tokenizer_; }
  model::Output output() const { return loaded_.model->output(); }
  int64_t token_types() const { return loaded_.model->token_types(); }
  model::Pooling pooling() const { return pooling_; }
  void set_pooling(model::Pooling pooling) { pooling_ = pooling; }
  bool normalizes() const;  // that its vectors are meant to have the length 1
  // Tokens of a text: `asked`, as far as the model was made for so many; 0: at most
  // kLargestContext.
  int64_t context_for(int64_t asked) const;

  // As an executor has to be made for it.
  model::ExecutorOptions executor_options(const ComputeOptions& compute,
                                          const VectorSize& size) const;
  void start(const ComputeOptions& compute, const VectorSize& size,
             const model::Executor::Progress& progress = {});
  const VectorSize& size() const { return size_; }
  model::Executor& executor() const { return *executor_; }

  // A vector for each text; one caller at a time is served, for some texts each. Cancelled when
  // `goes_on` says no; Corrupt when a vector holds NaN or infinity.
  std::vector<std::vector<float>> run(std::span<const runner::EmbedInput> texts,
                                      const std::function<bool()>& goes_on = {});

 private:
  model::LoadedModel loaded_;
  std::unique_ptr<tokenizer::Tokenizer> tokenizer_;
  model::Pooling pooling_;
  VectorSize size_;
  std::unique_ptr<model::Executor> executor_;
  std::mutex running_;
};

}  // namespace cria::serving
