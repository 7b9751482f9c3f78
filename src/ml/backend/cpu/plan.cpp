#include "ml/backend/cpu/plan.h"

#include <algorithm>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/row_operations.h"
#include "ml/ops.h"

namespace cria::ml::cpu {

CpuPlan::CpuPlan(const Graph& graph, std::span<const Tensor> outputs, const PlanContext& context)
    : lowered_(
          lower(graph, outputs, [&](const Node& node) { return runs(node, context.weights); })),
      weight_data_(context.weight_data) {
  std::vector<Tensor> results;
  for (const Tensor& output : outputs) {
    results.emplace_back(lowered_.graph.get(), lowered_[output.node()]);
    outputs_.push_back(Groups::storage(results.back().node()));
  }
  const Groups groups(*lowered_.graph, results, context.weights);
  describe_memory(groups, results, context.weights);
  place(context.arena);
  make_steps(groups, context);
}

std::span<std::byte> CpuPlan::input(Tensor input) {
  const Node* node = lowered_[input.node()];
  return {address(node), static_cast<size_t>(row_bytes(node->dtype, node->shape.size()))};
}

std::span<const float> CpuPlan::output(size_t i) const {
  return {reinterpret_cast<const float*>(address(outputs_[i])),
          static_cast<size_t>(outputs_[i]->shape.size())};
}

// Lifetimes in steps: inputs are there before the first, outputs after the last.
void CpuPlan::describe_memory(const Groups& groups, std::span<const Tensor> outputs,
                              const PackedWeights& weights) {
  const int64_t end = static_cast<int64_t>(groups.list().size()) + 1;
  const auto write = [&](const Node* node, int64_t bytes, int64_t step, bool quantized) {
    (quantized ? quantized_values_ : values_)[node] = lifetimes_.size();
    lifetimes_.push_back({bytes, step, step});
  };
  for (const Node& node : lowered_.graph->nodes()) {
    if (node.op != Op::kInput) continue;
    write(&node, row_bytes(node.dtype, node.shape.size()), 0, false);
    lifetimes_.back().last = end;
  }
  int64_t step = 0;
  for (const Group& group : groups.list()) {
    ++step;
    for (size_t i = 0; i < group.nodes.size(); ++i) {
      const Node* node = group.nodes[i];
      const Node* add = group.kind == Group::Kind::kMatmul ? group.added[i] : nullptr;
      const bool multiplies =
          group.kind == Group::Kind::kMatmul || group.kind == Group::Kind::kExperts;
      // Others may read the same activations as they are.
      const bool quantized =
          multiplies && quantizes_activations(weights.find(node->inputs[0])->dtype);
      for (const Node* in : node->inputs) {
        if (in) read(in, step, quantized && in == node->inputs[1]);
      }
      if (add) read(Groups::addend(add, node), step);
      const Node* result = add ? add : node;
      if (!node->state) write(result, row_bytes(DType::kF32, result->shape.size()), step, false);
    }
    for (const Node* node : group.quantized) {
      read(node, step);
      write(node,
            group.rows * quantized_row_bytes(node->shape.size() / std::max<int64_t>(1, group.rows)),
            step, true);
    }
  }
  for (const Tensor& output : outputs) read(output.node(), end);
}

void CpuPlan::read(const Node* node, int64_t step, bool quantized) {
  const auto& values = quantized ? quantized_values_ : values_;
  const auto found = values.find(Groups::storage(node));
  if (found != values.end())
    lifetimes_[found->second].last = std::max(lifetimes_[found->second].last, step);
}

void CpuPlan::place(Arena& arena) {
  if (arena.memory && arena.layout.fits(lifetimes_)) {
    offsets_ = arena.layout.offsets;
  } else {
    MemoryPlan layout = plan_memory(lifetimes_);
    offsets_ = layout.offsets;
    if (!arena.memory || layout.bytes > arena.memory->size()) {
      arena.memory = std::make_shared<AlignedBytes>(layout.bytes, "memory of a pass");
      arena.layout = std::move(layout);
    }
  }
  memory_ = arena.memory;
}

std::byte* CpuPlan::address(const Node* node) const {
  node = Groups::storage(node);
  // Weights are only read; one pointer type keeps the makers of steps simple.
  if (node->op == Op::kWeight) return const_cast<std::byte*>(weight_data_(node));  // NOLINT
  const auto found = values_.find(node);
  return found == values_.end() ? nullptr : memory_->data() + offsets_[found->second];
}

std::byte* CpuPlan::quantized_address(const Node* node) const {
  return memory_->data() + offsets_[quantized_values_.at(Groups::storage(node))];
}

void CpuPlan::make_steps(const Groups& groups, const PlanContext& context) {
  for (const Group& group : groups.list()) {
    switch (group.kind) {
      case Group::Kind::kRows:
        steps_.push_back(make_rows(group, context));
        break;
      case Group::Kind::kMatmul:
        steps_.push_back(make_matmul(group, context));
        break;
      case Group::Kind::kExperts:
        steps_.push_back(make_experts(group, context));
        break;
      case Group::Kind::kAttention:
        steps_.push_back(make_attention(*group.nodes[0], context));
        break;
      case Group::Kind::kPrimitive: {
        const Node& node = *group.nodes[0];
        std::vector<const std::byte*> operands;
        for (const Node* in : node.inputs) {
          if (in) operands.push_back(in->op == Op::kWeight ? in->data : address(in));
        }
        steps_.push_back(make_primitive_step(
            node, std::move(operands), reinterpret_cast<float*>(address(&node)), context.threads));
      }
    }
  }
  counters_ = std::vector<WorkCounter>(steps_.size());
  int64_t floats = 0, shared_floats = 0;
  for (const auto& step : steps_) {
    floats = std::max(floats, step->scratch_floats());
    shared_floats = std::max(shared_floats, step->shared_floats());
  }
  shared_scratch_ =
      AlignedBytes(shared_floats * static_cast<int64_t>(sizeof(float)), "scratch of all threads");
  for (const auto& step : steps_) step->share(reinterpret_cast<float*>(shared_scratch_.data()));
  for (int i = 0; i < context.threads; ++i) {
    scratch_.emplace_back(floats * static_cast<int64_t>(sizeof(float)), "scratch of a thread");
  }
}

std::unique_ptr<Step> CpuPlan::make_rows(const Group& group, const PlanContext& context) const {
  std::vector<RowOperation> operations;
  const Address where = [this](const Node* node) { return address(node); };
  for (const Node* node : group.nodes)
    operations.push_back(make_row_operation(context.kernels, *node, where));
  for (const Node* node : group.quantized) {
    operations.push_back(make_quantize_operation(
        context.kernels, reinterpret_cast<const float*>(address(node)),
        node->shape.size() / std::max<int64_t>(1, group.rows), quantized_address(node)));
  }
  return make_row_step(std::move(operations), group.rows, context.threads);
}

std::unique_ptr<Step> CpuPlan::make_matmul(const Group& group, const PlanContext& context) const {
  const Node* x = group.nodes[0]->inputs[1];
  const PackedMatrix& weight = *context.weights.find(group.nodes[0]->inputs[0]);
  const bool quantized = quantizes_activations(weight.dtype);
  const std::byte* activations = quantized ? quantized_address(x) : address(x);
  const int64_t width = x->shape[-1], tokens = group.rows / weight.matrices;
  const int64_t stride =
      quantized ? quantized_row_bytes(width) : width * static_cast<int64_t>(sizeof(float));
  std::vector<MatmulPart> parts;
  for (size_t i = 0; i < group.nodes.size(); ++i) {
    const Node *node = group.nodes[i], *add = group.added[i];
    const PackedMatrix* matrices = context.weights.find(node->inputs[0]);
    float* out = reinterpret_cast<float*>(address(add ? add : node));
    const float* addend =
        add ? reinterpret_cast<const float*>(address(Groups::addend(add, node))) : nullptr;
    for (int64_t m = 0; m < matrices->matrices; ++m) {
      const int64_t first = m * tokens * matrices->rows;
      parts.push_back({.weight = matrices,
                       .matrix = m,
                       .x = activations + m * tokens * stride,
                       .out = out + first,
                       .addend = addend ? addend + first : nullptr});
    }
  }
  return make_matmul_step(context.kernels, std::move(parts), stride, tokens, context.threads);
}

std::unique_ptr<Step> CpuPlan::make_experts(const Group& group, const PlanContext& context) const {
  const Node *x = group.nodes[0]->inputs[1], *ids = group.nodes[0]->inputs[2];
  const int64_t width = x->shape[-1];
  std::vector<ExpertsPart> parts;
  for (const Node* node : group.nodes) {
    parts.push_back({.weight = context.weights.find(node->inputs[0]),
                     .out = reinterpret_cast<float*>(address(node))});
  }
  const bool quantized = quantizes_activations(parts[0].weight->dtype);
  return make_experts_step(context.kernels, std::move(parts),
                           {.tokens = ids->shape[0],
                            .used = ids->shape[1],
                            .ids = reinterpret_cast<const int32_t*>(address(ids)),
                            .x = quantized ? quantized_address(x) : address(x),
                            .x_stride = quantized ? quantized_row_bytes(width)
                                                  : width * static_cast<int64_t>(sizeof(float)),
                            .row_per_expert = x->shape.rank() == 3},
                           context.threads);
}

std::unique_ptr<Step> CpuPlan::make_attention(const Node& node, const PlanContext& context) const {
  const auto ints = [&](size_t i) {
    return reinterpret_cast<const int32_t*>(address(node.inputs[i]));
  };
  return make_attention_step(
      context.kernels,
      {.node = &node,
       .q = reinterpret_cast<const float*>(address(node.inputs[0])),
       .tables = ints(3),
       .sequences = ints(4),
       .positions = ints(5),
       .firsts = node.inputs[7] ? ints(7) : nullptr,
       .sinks = node.inputs[6] ? reinterpret_cast<const float*>(address(node.inputs[6])) : nullptr,
       .out = reinterpret_cast<float*>(address(&node)),
       .threads = context.threads});
}

void CpuPlan::run(ThreadPool& pool) {
  for (size_t i = 0; i < steps_.size(); ++i) {
    steps_[i]->prepare();
    counters_[i].reset();
  }
  pool.run([&](int thread) {
    float* scratch = reinterpret_cast<float*>(scratch_[static_cast<size_t>(thread)].data());
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = *steps_[i];
      if (step.items == 0) continue;
      for (int64_t first; (first = counters_[i].next() * step.chunk) < step.items;) {
        step.run(first, std::min(first + step.chunk, step.items), scratch);
      }
      pool.barrier();
    }
  });
}

}  // namespace cria::ml::cpu
