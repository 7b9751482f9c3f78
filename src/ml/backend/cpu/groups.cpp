#include "ml/backend/cpu/groups.h"

#include <algorithm>
#include <span>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/row_operations.h"
#include "ml/ops.h"

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

bool runs(const Node& node, const PackedWeights& weights) {
  if (!info(node.op).lower || node.op == Op::kPagedAttention) return true;
  if (node.op == Op::kExpertsMatmul) return weights.find(node.inputs[0]) != nullptr;
  return rows_of(node).has_value();
}

// One matrix for all rows, or several that serve as many rows each.
bool Groups::multiplies_weights(const Node& node) const {
  return node.op == Op::kMatmul && weights_.find(node.inputs[0]);
}

void Groups::add(const Node& node) {
  if (node.op == Op::kInput || node.op == Op::kState || node.op == Op::kReshape) return;
  if (node.op == Op::kPagedAttention) {
    put(start(Group::Kind::kAttention, 0), node);
  } else if (multiplies_weights(node)) {
    add_matmul(node, Group::Kind::kMatmul);
  } else if (node.op == Op::kExpertsMatmul) {
    add_matmul(node, Group::Kind::kExperts);
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

// Products that share their activations (and experts) are computed together.
void Groups::add_matmul(const Node& node, Group::Kind kind) {
  const Node* x = storage(node.inputs[1]);
  const int64_t rows = node.inputs[1]->shape.rows();
  const auto quantizes = [&](const Node& product) {
    return quantizes_activations(weights_.find(product.inputs[0])->dtype);
  };
  if (quantizes(node)) quantize(x, rows);
  const auto alike = [&](const Node& other) {
    return storage(other.inputs[1]) == x && other.inputs[2] == node.inputs[2] &&
           weights_.find(other.inputs[0])->matrices == weights_.find(node.inputs[0])->matrices &&
           quantizes(other) == quantizes(node);
  };
  const bool joins = !groups_.empty() && groups_.back().kind == kind &&
                     groups_.back().rows == rows && alike(*groups_.back().nodes[0]);
  Group& group = joins ? groups_.back() : start(kind, rows);
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
