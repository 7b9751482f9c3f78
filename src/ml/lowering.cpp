#include "ml/lowering.h"

#include "base/error.h"
#include "ml/primitives.h"

namespace cria::ml {
namespace {

// By index. Inputs may be written to whether or not anything reads them.
std::vector<bool> needed_nodes(const Graph& graph, std::span<const Tensor> outputs) {
  std::vector<bool> needed(graph.nodes().size());
  for (const Tensor& output : outputs) needed[static_cast<size_t>(output.node()->index)] = true;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node) {
    const auto i = static_cast<size_t>(node->index);
    const bool changes_state = node->op == Op::kStore || is_recurrence(node->op);
    needed[i] = needed[i] || changes_state || node->op == Op::kInput;
    for (const Node* input : node->inputs) {
      if (needed[i] && input && input->index >= 0) needed[static_cast<size_t>(input->index)] = true;
    }
  }
  return needed;
}

// Copies nodes of one graph into another, lowering on the way.
class Copier {
 public:
  Copier(const Graph& source, Graph& target, std::span<const Tensor> outputs,
         const std::function<bool(const Node&)>& supports)
      : target_(target), supports_(supports) {
    const std::vector<bool> needed = needed_nodes(source, outputs);
    for (const Node& node : source.nodes()) {
      copied_.push_back(needed[static_cast<size_t>(node.index)] ? copy(node) : nullptr);
    }
  }
  std::vector<const Node*> take() { return std::move(copied_); }

 private:
  const Node* copy(const Node& old) {
    Node node = old;
    for (const Node*& input : node.inputs) {
      if (input && input->index >= 0) input = copied_[static_cast<size_t>(input->index)];
    }
    const Tensor result = place(node);
    if (!old.name.empty() && result.node()->name.empty()) result.named(old.name);
    return result.node();
  }

  Tensor place(const Node& node) {
    if (supports_(node)) return target_.add(node);
    const OpInfo& row = info(node.op);
    if (!row.lower) {
      fail(Error::Code::kUnsupported, "backend cannot run the primitive operation ", row.name);
    }
    // The lowering goes to a graph of its own first: what it uses may have to be lowered in turn.
    Graph parts;
    Node moved = node;
    std::vector<const Node*> given;
    for (const Node*& input : moved.inputs) {
      if (!input || input->index < 0) continue;
      Node leaf;
      leaf.op = Op::kInput;
      leaf.dtype = input->dtype;
      leaf.shape = input->shape;
      leaf.state = input->state;
      leaf.name = concat("operand ", given.size());
      given.push_back(input);
      input = parts.add(std::move(leaf)).node();
    }
    const Node* result = row.lower(parts, moved).node();
    std::vector<const Node*> mapped = given;
    for (size_t i = given.size(); i < parts.nodes().size(); ++i) {
      Node part = parts.nodes()[i];
      for (const Node*& input : part.inputs) {
        if (input && input->index >= 0) input = mapped[static_cast<size_t>(input->index)];
      }
      mapped.push_back(place(part).node());
    }
    return {&target_, mapped[static_cast<size_t>(result->index)]};
  }

  Graph& target_;
  const std::function<bool(const Node&)>& supports_;
  std::vector<const Node*> copied_;
};

}  // namespace

Lowered lower(const Graph& graph, std::span<const Tensor> outputs,
              const std::function<bool(const Node&)>& supports) {
  Lowered lowered{std::make_unique<Graph>(), {}};
  lowered.nodes = Copier(graph, *lowered.graph, outputs, supports).take();
  return lowered;
}

}  // namespace cria::ml
