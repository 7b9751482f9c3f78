// The fast backend for processors, and the fallback everywhere.

#include <unordered_map>

#include "base/cores.h"
#include "base/error.h"
#include "base/memory.h"
#include "ml/backend/cpu/plan.h"
#include "ml/backend/cpu/state.h"
#include "ml/formats.h"

namespace cria::ml::cpu {
namespace {

class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(const BackendOptions& options)
      : isa_(options.instructions.empty() ? chosen_isa() : find_isa(options.instructions)),
        pool_(options.threads > 0 ? options.threads : usable_cores()) {}

  std::string_view name() const override { return "cpu"; }

  std::vector<Device> devices() const override {
    const int64_t available = available_memory();
    return {{.name = "cpu",
             .description = concat(isa_.name, ", threads: ", pool_.size()),
             .memory_total = available,
             .memory_free = available}};
  }

  bool supports(const Node& node) const override { return runs(node, weights_); }

  void load(const Node& weight, const WeightUses& uses) override {
    const bool matrices = weight.shape.rank() == 2 || weight.shape.rank() == 3;
    if (uses.matmul && matrices) weights_.pack(weight, pool_);
    if (uses.other && weight.shape.rank() < 2) {
      std::vector<float>& floats = vectors_[&weight];
      floats.resize(static_cast<size_t>(weight.shape.size()));
      dequantize(weight.dtype, weight.data, floats);
    }
  }

  std::unique_ptr<State> allocate(const StateSpec& spec) override {
    return std::make_unique<CpuState>(spec);
  }

  void read(const State& state, int64_t first_slot, std::span<std::byte> out) const override {
    static_cast<const CpuState&>(state).read(first_slot, out);
  }
  void write(State& state, int64_t first_slot, std::span<const std::byte> rows) override {
    static_cast<CpuState&>(state).write(first_slot, rows);
  }
  void copy(State& state, int64_t from_slot, int64_t to_slot, int64_t slots) override {
    auto& ours = static_cast<CpuState&>(state);
    const int64_t size = ours.block_size();
    const bool whole = from_slot % size == 0 && to_slot % size == 0 && slots % size == 0;
    if (!whole) return Backend::copy(state, from_slot, to_slot, slots);
    ours.copy_blocks(from_slot, to_slot, slots);
  }

  std::unique_ptr<Plan> plan(const Graph& graph, std::span<const Tensor> outputs) override {
    const auto data = [this](const Node* weight) {
      const auto found = vectors_.find(weight);
      return found == vectors_.end() ? weight->data
                                     : reinterpret_cast<const std::byte*>(found->second.data());
    };
    return std::make_unique<CpuPlan>(graph, outputs,
                                     PlanContext{.kernels = *isa_.kernels,
                                                 .weights = weights_,
                                                 .weight_data = data,
                                                 .threads = pool_.size(),
                                                 .arena = arena_});
  }

  void run(Plan& plan) override { static_cast<CpuPlan&>(plan).run(pool_); }

 private:
  const Isa& isa_;
  ThreadPool pool_;
  PackedWeights weights_;
  std::unordered_map<const Node*, std::vector<float>> vectors_;  // norms and biases
  Arena arena_;
};

const BackendRegistration kRegistered{
    "cpu", 10, [](const BackendOptions& options) -> std::unique_ptr<Backend> {
      return std::make_unique<CpuBackend>(options);
    }};

}  // namespace
}  // namespace cria::ml::cpu
