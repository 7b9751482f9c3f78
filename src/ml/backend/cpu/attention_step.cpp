// Attention of a pass, split by key-value head and by runs of consecutive tokens of one sequence.

#include <algorithm>

#include "ml/backend/cpu/state.h"
#include "ml/backend/cpu/step.h"
#include "ml/ops.h"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kLongestRun = 16;  // tokens that share each load of keys and values

class AttentionStep final : public Step {
 public:
  AttentionStep(const Kernels& kernels, const AttentionStepSpec& spec)
      : kernels_(kernels),
        spec_(spec),
        keys_(*static_cast<const CpuState*>(spec.node->inputs[1]->state)),
        values_(*static_cast<const CpuState*>(spec.node->inputs[2]->state)),
        options_(std::get<AttentionOptions>(spec.node->options)),
        tokens_(spec.node->inputs[0]->shape[0]),
        heads_(spec.node->inputs[0]->shape[1]) {
    runs_.reserve(static_cast<size_t>(tokens_));
  }

  void prepare() override {
    runs_.clear();
    for (int64_t t = 0; t < tokens_; ++t) {
      const bool goes_on = !runs_.empty() && runs_.back().tokens < kLongestRun &&
                           spec_.sequences[t] == spec_.sequences[t - 1] &&
                           spec_.positions[t] == spec_.positions[t - 1] + 1;
      if (goes_on) {
        ++runs_.back().tokens;
      } else {
        runs_.push_back({t, 1});
      }
    }
    items = static_cast<int64_t>(runs_.size()) * kv_heads();
  }

  // Later tokens have more to do: they are taken first.
  void run(int64_t first, int64_t last, float* scratch) const override {
    for (int64_t i = first; i < last; ++i) {
      attend(runs_[runs_.size() - 1 - static_cast<size_t>(i / kv_heads())], i % kv_heads(),
             scratch);
    }
  }

  int64_t scratch_floats() const override {
    return kernels_.attention_scratch_floats(std::min(kLongestRun, tokens_), group(), head_dim(),
                                             value_dim(), options_.block_size);
  }

 private:
  struct Run {
    int64_t first, tokens;
  };

  int64_t kv_heads() const { return keys_.shape()[1]; }
  int64_t group() const { return heads_ / kv_heads(); }
  int64_t head_dim() const { return keys_.shape()[2]; }
  int64_t value_dim() const { return values_.shape()[2]; }

  void attend(const Run& run, int64_t kv_head, float* scratch) const {
    const int64_t head = kv_head * group();
    kernels_.attention(
        {.q = spec_.q + (run.first * heads_ + head) * head_dim(),
         .q_token_stride = heads_ * head_dim(),
         .tokens = run.tokens,
         .group = group(),
         .head_dim = head_dim(),
         .value_dim = value_dim(),
         .first_position = spec_.positions[run.first],
         .table = spec_.tables + spec_.sequences[run.first] * spec_.node->inputs[3]->shape[1],
         .keys = keys_.data(),
         .values = values_.data(),
         .key_type = keys_.dtype(),
         .value_type = values_.dtype(),
         .kv_heads = kv_heads(),
         .kv_head = kv_head,
         .block_size = options_.block_size,
         .scale = options_.scale,
         .window = options_.window,
         .out = spec_.out + (run.first * heads_ + head) * value_dim(),
         .out_token_stride = heads_ * value_dim(),
         .scratch = scratch});
  }

  const Kernels& kernels_;
  const AttentionStepSpec spec_;
  const CpuState& keys_;
  const CpuState& values_;
  const AttentionOptions options_;
  const int64_t tokens_, heads_;
  std::vector<Run> runs_;
};

}  // namespace

std::unique_ptr<Step> make_attention_step(const Kernels& kernels, const AttentionStepSpec& spec) {
  return std::make_unique<AttentionStep>(kernels, spec);
}

}  // namespace cria::ml::cpu
