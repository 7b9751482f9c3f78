#include "ml/backend/cpu/groups.h"

#include <algorithm>
#include <span>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/row_operations.h"

namespace cria::ml::cpu {

const Node* Groups::storage(const Node* node) {
  while (node && node->op == Op::kReshape) node = node->inputs[0];
  return node;
}

const Node* Groups::addend(const Node* add, const Node* product) {
  return storage(add->inputs[0]) == product ? add->inputs[1] : add->inputs[0];
}

Groups::Groups(const Graph& graph, std::span<const Tensor> outputs, const PackedWeights& weights)
    : weights_(weights) {
  for (const Node& node : graph.nodes()) {
    if (node.op == Op::kReshape) continue;
    for (const Node* input : node.inputs) {
      if (input) ++readers_[storage(input)];
    }
  }
  for (const Tensor& output : outputs) ++readers_[storage(output.node())];
  for (const Node& node : graph.nodes()) add(node);
}

void Groups::add(const Node& node) {
  if (node.op == Op::kInput || node.op == Op::kState || node.op == Op::kReshape) return;
  if (node.op == Op::kPagedAttention) {
    put(start(Group::Kind::kAttention, 0), node);
  } else if (node.op == Op::kMatmul && weights_.find(node.inputs[0])) {
    add_matmul(node);
  } else if (node.op == Op::kAdd && merge_addend(node)) {
    group_of_[&node] = groups_.size() - 1;
  } else if (const auto rows = rows_of(node)) {
    add_rows(node, *rows);
  } else {
    put(start(Group::Kind::kPrimitive, 0), node);
  }
}

Group& Groups::start(Group::Kind kind, int64_t rows) {
  return groups_.emplace_back(Group{kind, rows, {}, {}, {}});
}

void Groups::put(Group& group, const Node& node) {
  group.nodes.push_back(&node);
  group_of_[&node] = static_cast<size_t>(&group - groups_.data());
}

bool Groups::in_last_group(const Node* node) const {
  const auto found = group_of_.find(storage(node));
  return found != group_of_.end() && found->second + 1 == groups_.size();
}

void Groups::add_rows(const Node& node, int64_t rows) {
  bool joins =
      !groups_.empty() && groups_.back().kind == Group::Kind::kRows && groups_.back().rows == rows;
  for (size_t i = 0; joins && i < node.inputs.size(); ++i) {
    if (node.inputs[i] && !reads_own_row(node, i)) joins = !in_last_group(node.inputs[i]);
  }
  put(joins ? groups_.back() : start(Group::Kind::kRows, rows), node);
}

void Groups::add_matmul(const Node& node) {
  const Node* x = storage(node.inputs[1]);
  const int64_t rows = node.inputs[1]->shape.rows();
  if (quantizes_activations(weights_.find(node.inputs[0])->dtype)) quantize(x, rows);
  const bool joins =
      !groups_.empty() && groups_.back().kind == Group::Kind::kMatmul &&
      storage(groups_.back().nodes[0]->inputs[1]) == x && groups_.back().rows == rows &&
      quantizes_activations(weights_.find(groups_.back().nodes[0]->inputs[0])->dtype) ==
          quantizes_activations(weights_.find(node.inputs[0])->dtype);
  Group& group = joins ? groups_.back() : start(Group::Kind::kMatmul, rows);
  put(group, node);
  group.added.push_back(nullptr);
}

// x + product, where nothing else reads the product and x is there before: the kernel adds x as it
// writes.
bool Groups::merge_addend(const Node& add) {
  if (groups_.empty() || groups_.back().kind != Group::Kind::kMatmul) return false;
  if (add.inputs[0]->shape != add.inputs[1]->shape) return false;
  Group& group = groups_.back();
  for (size_t i = 0; i < group.nodes.size(); ++i) {
    const Node* product = group.nodes[i];
    const bool is_operand = storage(add.inputs[0]) == product || storage(add.inputs[1]) == product;
    if (!is_operand || group.added[i] || readers_[product] != 1) continue;
    const Node* other = addend(&add, product);
    if (in_last_group(other) || other->dtype != DType::kF32) return false;
    group.added[i] = &add;
    return true;
  }
  return false;
}

// Has the rows of some activations quantised by the group that makes them, or by a new one.
void Groups::quantize(const Node* activations, int64_t rows) {
  if (!quantized_.insert(activations).second) return;
  const auto maker = group_of_.find(activations);
  if (maker != group_of_.end()) {
    Group& group = groups_[maker->second];
    if (group.kind == Group::Kind::kRows && group.rows == rows) {
      group.quantized.push_back(activations);
      return;
    }
  }
  start(Group::Kind::kRows, rows).quantized.push_back(activations);
}

}  // namespace cria::ml::cpu
