// Attention of a pass, split by key-value head and by runs of consecutive tokens of one sequence;
// long histories also by segments, where there would be too few parts to keep all threads busy. How
// it is split does not change the result.

#include <algorithm>
#include <atomic>

#include "ml/backend/cpu/state.h"
#include "ml/backend/cpu/step.h"
#include "ml/ops.h"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kItemsPerThread = 4;  // wanted, of equal size, so that threads end together
constexpr int64_t kMostPartFloats = 16
                                    << 20;  // of split histories: 64 MiB, taken where they are used

class AttentionStep final : public Step {
 public:
  AttentionStep(const Kernels& kernels, const AttentionStepSpec& spec)
      : kernels_(kernels),
        spec_(spec),
        keys_(*static_cast<const CpuState*>(spec.node->inputs[1]->state)),
        values_(*static_cast<const CpuState*>(spec.node->inputs[2]->state)),
        options_(std::get<AttentionOptions>(spec.node->options)),
        tokens_(spec.node->inputs[0]->shape[0]),
        heads_(spec.node->inputs[0]->shape[1]),
        unfinished_(static_cast<size_t>(tokens_ * kv_heads())) {
    runs_.reserve(static_cast<size_t>(tokens_));
  }

  void prepare() override {
    find_runs();
    int64_t work = 0;
    for (const Run& run : runs_) work += run.work();
    items = 0;
    int64_t parts = 0, counters = 0;
    for (Run& run : runs_) {
      const int64_t floats = run.work() * heads_ * kernels_.attention_part_floats(value_dim());
      run.split = spec_.threads > 1 && run.segments > 1 && parts + floats <= part_floats() &&
                  run.work() * spec_.threads * kItemsPerThread > work * kv_heads();
      run.first_item = items;
      items += kv_heads() * (run.split ? run.segments : 1);
      if (!run.split) continue;
      run.parts = parts;
      run.first_counter = counters;
      parts += floats;
      for (int64_t i = 0; i < kv_heads(); ++i, ++counters) {
        unfinished_[static_cast<size_t>(counters)].store(run.segments, std::memory_order_relaxed);
      }
    }
  }

  void run(int64_t first, int64_t last, float* scratch) const override {
    for (int64_t i = first; i < last; ++i) {
      const auto next =
          std::upper_bound(runs_.begin(), runs_.end(), i,
                           [](int64_t item, const Run& run) { return item < run.first_item; });
      const Run& run = *std::prev(next);
      const int64_t item = i - run.first_item;
      if (run.split) {
        attend_segment(run, item / run.segments, item % run.segments, scratch);
      } else {
        kernels_.attention(arguments(run, item, scratch));
      }
    }
  }

  int64_t scratch_floats() const override {
    return kernels_.attention_scratch_floats(std::min(longest_run(), tokens_), group(), head_dim(),
                                             value_dim());
  }
  int64_t shared_floats() const override { return spec_.threads > 1 ? part_floats() : 0; }
  void share(float* memory) override { parts_ = memory; }

 private:
  struct Run {
    int64_t first, tokens;
    int64_t step = 1;                         // of their last positions
    int64_t first_segment = 0, segments = 0;  // of the history that it sees
    bool split = false;
    int64_t first_item = 0;
    int64_t parts = 0, first_counter = 0;  // if split: of its first head
    int64_t work() const { return tokens * segments; }
  };

  int64_t kv_heads() const { return keys_.shape()[1]; }
  int64_t group() const { return heads_ / kv_heads(); }
  int64_t head_dim() const { return keys_.shape()[2]; }
  int64_t value_dim() const { return values_.shape()[2]; }
  int64_t longest_run() const { return std::max<int64_t>(1, kAttentionRows / group()); }

  int64_t part_floats() const {
    const int64_t positions = spec_.node->inputs[3]->shape[1] * options_.block_size;
    const int64_t segments = (positions + kAttentionSegment - 1) / kAttentionSegment;
    if (segments < 2) return 0;
    const int64_t row = segments * kernels_.attention_part_floats(value_dim());
    return std::min(kMostPartFloats / row, tokens_ * heads_) * row;
  }

  int64_t first_seen(int64_t t) const { return spec_.firsts ? spec_.firsts[t] : 0; }

  // Whether token t, like the others of a run, sees as much as the one before it, or one more.
  bool goes_on(const Run& run, int64_t t) const {
    const int64_t step = spec_.positions[t] - spec_.positions[t - 1];
    return run.tokens < longest_run() && spec_.sequences[t] == spec_.sequences[t - 1] &&
           first_seen(t) == first_seen(t - 1) &&
           (run.tokens == 1 ? step == 0 || step == 1 : step == run.step);
  }

  // In the order in which they are taken: later tokens, which have more to do, first.
  void find_runs() {
    runs_.clear();
    for (int64_t t = 0; t < tokens_; ++t) {
      if (runs_.empty() || !goes_on(runs_.back(), t)) {
        const int64_t in_window =
            options_.window > 0 ? spec_.positions[t] - options_.window + 1 : 0;
        runs_.push_back({.first = t,
                         .tokens = 0,
                         .first_segment = std::max(in_window, first_seen(t)) / kAttentionSegment});
      }
      Run& run = runs_.back();
      if (run.tokens++ == 1) run.step = spec_.positions[t] - spec_.positions[t - 1];
      run.segments = spec_.positions[t] / kAttentionSegment + 1 - run.first_segment;
    }
    std::reverse(runs_.begin(), runs_.end());
  }

  // Whoever computes the last segment joins them all.
  void attend_segment(const Run& run, int64_t kv_head, int64_t segment, float* scratch) const {
    const AttentionArgs args = arguments(run, kv_head, scratch);
    const int64_t row = kernels_.attention_part_floats(value_dim());
    const int64_t rows = run.tokens * group();
    float* parts = parts_ + run.parts + kv_head * run.segments * rows * row;
    kernels_.attend_segment(args, run.first_segment + segment, parts + segment * rows * row);
    auto& unfinished = unfinished_[static_cast<size_t>(run.first_counter + kv_head)];
    if (unfinished.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      kernels_.join_segments(args, parts);
    }
  }

  AttentionArgs arguments(const Run& run, int64_t kv_head, float* scratch) const {
    const int64_t head = kv_head * group();
    return {.q = spec_.q + (run.first * heads_ + head) * head_dim(),
            .q_token_stride = heads_ * head_dim(),
            .tokens = run.tokens,
            .group = group(),
            .head_dim = head_dim(),
            .value_dim = value_dim(),
            .first_position = spec_.positions[run.first],
            .step = run.step,
            .first_seen = first_seen(run.first),
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
            .softcap = options_.softcap,
            .sinks = spec_.sinks ? spec_.sinks + head : nullptr,
            .out = spec_.out + (run.first * heads_ + head) * value_dim(),
            .out_token_stride = heads_ * value_dim(),
            .scratch = scratch};
  }

  const Kernels& kernels_;
  const AttentionStepSpec spec_;
  const CpuState& keys_;
  const CpuState& values_;
  const AttentionOptions options_;
  const int64_t tokens_, heads_;
  std::vector<Run> runs_;
  float* parts_ = nullptr;
  mutable std::vector<std::atomic<int64_t>> unfinished_;  // segments of a run's heads
};

}  // namespace

std::unique_ptr<Step> make_attention_step(const Kernels& kernels, const AttentionStepSpec& spec) {
  return std::make_unique<AttentionStep>(kernels, spec);
}

}  // namespace cria::ml::cpu
