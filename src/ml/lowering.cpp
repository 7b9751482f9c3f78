#include "ml/lowering.h"

#include "base/error.h"

namespace cria::ml {
namespace {

// Copies nodes of one graph into another, lowering on the way.
class Copier {
 public:
  Copier(const Graph& source, Graph& target, const std::function<bool(const Node&)>& supports)
      : target_(target), supports_(supports) {
    for (const Node& node : source.nodes()) copied_.push_back(copy(node));
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

Lowered lower(const Graph& graph, const std::function<bool(const Node&)>& supports) {
  Lowered lowered{std::make_unique<Graph>(), {}};
  lowered.nodes = Copier(graph, *lowered.graph, supports).take();
  return lowered;
}

}  // namespace cria::ml
