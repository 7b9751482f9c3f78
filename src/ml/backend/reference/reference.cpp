// The oracle that every other backend is tested against: primitives only, scalar, double
// accumulators.

#include <algorithm>
#include <cstring>

#include "base/cores.h"
#include "base/error.h"
#include "base/thread_pool.h"
#include "ml/backend.h"
#include "ml/formats.h"
#include "ml/lowering.h"
#include "ml/memory_plan.h"
#include "ml/primitives.h"

namespace cria::ml {
namespace {

class ReferenceState final : public State {
 public:
  explicit ReferenceState(const StateSpec& spec)
      : State(spec.name, spec.dtype, spec.shape),
        slot_bytes(row_bytes(spec.dtype, spec.shape[1] * spec.shape[2])),
        bytes(static_cast<size_t>(slot_bytes * spec.shape[0])) {}

  const int64_t slot_bytes;
  std::vector<std::byte> bytes;
};

class ReferencePlan final : public Plan {
 public:
  ReferencePlan(const Graph& graph, std::span<const Tensor> outputs)
      : lowered_(lower(graph, outputs, [](const Node& node) { return !info(node.op).lower; })) {
    for (const Tensor& output : outputs) outputs_.push_back(storage(lowered_[output.node()]));
    place();
  }

  std::span<std::byte> input(Tensor input) override { return bytes_of(lowered_[input.node()]); }

  std::span<const float> output(size_t i) const override {
    const Node* node = outputs_[i];
    return {reinterpret_cast<const float*>(data(node)), static_cast<size_t>(node->shape.size())};
  }

  void run(ThreadPool& pool) {
    for (const Node& node : lowered_.graph->nodes()) step(node, pool);
  }

 private:
  // Where a node's elements lie: a reshape shares its operand's.
  static const Node* storage(const Node* node) {
    while (node->op == Op::kReshape) node = node->inputs[0];
    return node;
  }

  void place() {
    const auto& nodes = lowered_.graph->nodes();
    std::vector<Lifetime> lifetimes(nodes.size());
    for (const Node& node : nodes) {
      if (node.state || node.op == Op::kReshape) continue;
      auto& life = lifetimes[static_cast<size_t>(node.index)];
      life = {row_bytes(node.dtype, node.shape.size()), node.op == Op::kInput ? 0 : node.index,
              node.index};
    }
    const auto extend = [&](const Node* node, int64_t step) {
      if (node && storage(node)->index >= 0) {
        auto& life = lifetimes[static_cast<size_t>(storage(node)->index)];
        life.last = std::max(life.last, step);
      }
    };
    for (const Node& node : nodes) {
      for (const Node* in : node.inputs) extend(in, node.index);
      if (node.op == Op::kInput) extend(&node, static_cast<int64_t>(nodes.size()));
    }
    for (const Node* output : outputs_) extend(output, static_cast<int64_t>(nodes.size()));
    memory_ = plan_memory(lifetimes);
    arena_.resize(static_cast<size_t>(memory_.bytes));
  }

  const std::byte* data(const Node* node) const {
    node = storage(node);
    if (node->data) return node->data;
    if (node->state) return static_cast<ReferenceState*>(node->state)->bytes.data();
    return arena_.data() + memory_.offsets[static_cast<size_t>(node->index)];
  }

  std::span<std::byte> bytes_of(const Node* node) {
    node = storage(node);
    return {arena_.data() + memory_.offsets[static_cast<size_t>(node->index)],
            static_cast<size_t>(row_bytes(node->dtype, node->shape.size()))};
  }

  void step(const Node& node, ThreadPool& pool) {
    if (node.op == Op::kInput || node.op == Op::kState || node.op == Op::kReshape) return;
    std::vector<Operand> operands;
    for (const Node* in : node.inputs) {
      if (in) operands.push_back({in, data(in)});
    }
    if (node.op == Op::kStore) {
      evaluate_store(node, operands, static_cast<ReferenceState*>(node.state)->bytes.data());
      return;
    }
    float* out = reinterpret_cast<float*>(bytes_of(&node).data());
    const int64_t n = parts(node);
    if (is_recurrence(node.op)) {
      const Node& state = *recurrent_state(node);
      auto& memory = static_cast<ReferenceState*>(state.state)->bytes;
      std::vector<double> scratch(static_cast<size_t>(recurrence_scratch_bytes(node) + 7) / 8);
      return evaluate_recurrence(node, operands,
                                 {.data = reinterpret_cast<float*>(memory.data()),
                                  .rows = state.shape[1],
                                  .dim = state.shape[2]},
                                 0, n, std::as_writable_bytes(std::span(scratch)), out);
    }
    const bool heavy = node.op == Op::kMatmul || node.op == Op::kConv;
    if (!heavy) return evaluate(node, operands, 0, n, out);
    pool.run([&](int thread) {
      evaluate(node, operands, n * thread / pool.size(), n * (thread + 1) / pool.size(), out);
    });
  }

  Lowered lowered_;
  std::vector<const Node*> outputs_;
  MemoryPlan memory_;
  std::vector<std::byte> arena_;
};

class ReferenceBackend final : public Backend {
 public:
  explicit ReferenceBackend(const BackendOptions& options)
      : pool_(options.threads > 0 ? options.threads : usable_cores()) {}

  std::string_view name() const override { return "reference"; }
  std::vector<Device> devices() const override {
    return {{.name = "reference",
             .description = concat("scalar, double accumulators, threads: ", pool_.size())}};
  }
  bool supports(const Node& node) const override { return !info(node.op).lower; }
  void load(const Node&, const WeightUses&) override {}  // used where the file is mapped

  std::unique_ptr<State> allocate(const StateSpec& spec) override {
    return std::make_unique<ReferenceState>(spec);
  }
  void read(const State& state, int64_t first_slot, std::span<std::byte> out) const override {
    const auto& from = static_cast<const ReferenceState&>(state);
    std::copy_n(from.bytes.data() + first_slot * from.slot_bytes, out.size(), out.data());
  }
  void write(State& state, int64_t first_slot, std::span<const std::byte> rows) override {
    auto& to = static_cast<ReferenceState&>(state);
    std::copy(rows.begin(), rows.end(), to.bytes.data() + first_slot * to.slot_bytes);
  }
  std::unique_ptr<Plan> plan(const Graph& graph, std::span<const Tensor> outputs) override {
    return std::make_unique<ReferencePlan>(graph, outputs);
  }
  void run(Plan& plan) override { static_cast<ReferencePlan&>(plan).run(pool_); }

 private:
  ThreadPool pool_;
};

const BackendRegistration kRegistered{
    "reference", 0, [](const BackendOptions& options) -> std::unique_ptr<Backend> {
      return std::make_unique<ReferenceBackend>(options);
    }};

}  // namespace
}  // namespace cria::ml
