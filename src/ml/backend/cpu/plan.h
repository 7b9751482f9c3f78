#pragma once
// A graph compiled for the cpu backend.

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/thread_pool.h"
#include "ml/aligned.h"
#include "ml/backend.h"
#include "ml/backend/cpu/groups.h"
#include "ml/backend/cpu/step.h"
#include "ml/lowering.h"
#include "ml/memory_plan.h"

namespace cria::ml::cpu {

// Memory of results, which all plans of a backend use in turn.
struct Arena {
  MemoryPlan layout;  // of the largest plan, which came first
  std::shared_ptr<AlignedBytes> memory;
};

// What a plan needs of its backend.
struct PlanContext {
  const Kernels& kernels;
  const PackedWeights& weights;
  std::function<const std::byte*(const Node* weight)> weight_data;
  int threads;
  Arena& arena;
};

class CpuPlan final : public Plan {
 public:
  CpuPlan(const Graph& graph, std::span<const Tensor> outputs, const PlanContext& context);

  std::span<std::byte> input(Tensor input) override;
  std::span<const float> output(size_t i) const override;
  void run(ThreadPool& pool);

 private:
  void describe_memory(const Groups& groups, std::span<const Tensor> outputs,
                       const PackedWeights& weights);
  void read(const Node* node, int64_t step, bool quantized = false);
  void place(Arena& arena);
  void make_steps(const Groups& groups, const PlanContext& context);
  std::unique_ptr<Step> make_rows(const Group& group, const PlanContext& context) const;
  std::unique_ptr<Step> make_matmul(const Group& group, const PlanContext& context) const;
  std::unique_ptr<Step> make_experts(const Group& group, const PlanContext& context) const;
  std::unique_ptr<Step> make_attention(const Node& node, const PlanContext& context) const;
  std::byte* address(const Node* node) const;
  std::byte* quantized_address(const Node* node) const;

  Lowered lowered_;
  std::function<const std::byte*(const Node*)> weight_data_;
  std::vector<const Node*> outputs_;
  std::vector<Lifetime> lifetimes_;
  std::unordered_map<const Node*, size_t> values_,
      quantized_values_;  // indices into lifetimes_, by storage
  std::vector<int64_t> offsets_;
  std::shared_ptr<AlignedBytes> memory_;
  std::vector<std::unique_ptr<Step>> steps_;
  std::vector<WorkCounter> counters_;
  std::vector<AlignedBytes> scratch_;  // one per thread
  AlignedBytes shared_scratch_;        // of the step that runs
};

}  // namespace cria::ml::cpu
