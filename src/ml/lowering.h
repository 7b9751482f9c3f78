#pragma once
// Fused operations written in others: the fallback of a backend that lacks one, and what tests
// compare it with.

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "ml/ops.h"

namespace cria::ml {

Tensor lower_activate(Graph& graph, const Node& node);
Tensor lower_gated(Graph& graph, const Node& node);
Tensor lower_swiglu_limited(Graph& graph, const Node& node);
Tensor lower_softmax(Graph& graph, const Node& node);
Tensor lower_rms_norm(Graph& graph, const Node& node);
Tensor lower_layer_norm(Graph& graph, const Node& node);
Tensor lower_rotate(Graph& graph, const Node& node);
Tensor lower_paged_attention(Graph& graph, const Node& node);
Tensor lower_experts_matmul(Graph& graph, const Node& node);
Tensor lower_weighted_sum(Graph& graph, const Node& node);

// A graph in which only supported nodes are left, and where each node of the old one went.
struct Lowered {
  std::unique_ptr<Graph> graph;
  std::vector<const Node*> nodes;  // by index in the old graph; null where nothing needs it

  const Node* operator[](const Node* old) const {
    return old->index < 0 ? old : nodes[static_cast<size_t>(old->index)];
  }
};

// Copies what of a graph leads to an output or to a change of a state, and its inputs, putting
// lowerings in place of what is not supported, until everything is: Unsupported, naming the
// operation, when a primitive is not.
Lowered lower(const Graph& graph, std::span<const Tensor> outputs,
              const std::function<bool(const Node&)>& supports);

}  // namespace cria::ml
