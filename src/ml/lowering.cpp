#include "ml/lowering.h"

#include "base/error.h"

namespace cria::ml {
namespace {

Tensor operand(Graph& graph, const Node& node, size_t i) {
  const Node* input = node.inputs[i];
  return {input && input->index >= 0 ? &graph : nullptr, input};
}

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

Tensor lower_silu(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0);
  return x * sigmoid(x);
}

Tensor lower_swiglu(Graph& graph, const Node& node) {
  return silu(operand(graph, node, 0)) * operand(graph, node, 1);
}

Tensor lower_softmax(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0);
  const Tensor e = exp(x - max(x));
  return e / sum(e);
}

Tensor lower_rms_norm(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0), weight = operand(graph, node, 1);
  const float eps = std::get<NormOptions>(node.options).eps;
  const Tensor mean = sum(x * x) * (1.f / static_cast<float>(x.dim(-1)));
  const Tensor y = x * rsqrt(affine(mean, 1, eps));
  return weight ? y * weight : y;
}

Tensor lower_rotate(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0),
               table = operand(graph, node, 1);  // [t, h, d], [t, dims]
  const int64_t tokens = x.dim(0), heads = x.dim(1), half = table.dim(1) / 2, dims = 2 * half;
  const bool adjacent = std::get<RopePairs>(node.options) == RopePairs::kAdjacent;
  const Tensor cosine = slice(table, 1, 0, half).reshape({tokens, 1, half});
  const Tensor sine = slice(table, 1, half, dims).reshape({tokens, 1, half});
  const Tensor rotated = dims < x.dim(2) ? slice(x, 2, 0, dims) : x;

  // The first and second members of all pairs, [t, h, half] each.
  const auto member = [&](int64_t i) {
    if (!adjacent) return slice(rotated, 2, i * half, (i + 1) * half);
    return slice(rotated.reshape({tokens, heads, half, 2}), 3, i, i + 1)
        .reshape({tokens, heads, half});
  };
  const Tensor a = member(0), b = member(1);
  const Tensor first = a * cosine - b * sine, second = b * cosine + a * sine;
  Tensor y;
  if (adjacent) {
    y = concat_last(first.reshape({tokens, heads, half, 1}),
                    second.reshape({tokens, heads, half, 1}))
            .reshape({tokens, heads, dims});
  } else {
    y = concat_last(first, second);
  }
  return dims < x.dim(2) ? concat_last(y, slice(x, 2, dims, x.dim(2))) : y;
}

// Every token scores every slot of the pool; the mask leaves those of its own history.
Tensor lower_paged_attention(Graph& graph, const Node& node) {
  const auto& options = std::get<AttentionOptions>(node.options);
  const Tensor q = operand(graph, node, 0), keys = operand(graph, node, 1),
               values = operand(graph, node, 2);
  const Tensor mask = apply(
      Op::kHistoryMask,
      {keys, operand(graph, node, 3), operand(graph, node, 4), operand(graph, node, 5)}, options);
  Tensor scores =
      matmul(permute(keys, {1, 0, 2}), permute(q, {1, 0, 2})) * options.scale;  // [h, t, slots]
  if (options.softcap > 0) {
    // tanh(x) = 2 sigmoid(2 x) - 1
    scores = affine(sigmoid(scores * (2 / options.softcap)), 2 * options.softcap, -options.softcap);
  }
  scores = scores + mask;
  Tensor weights;
  if (node.inputs[6]) {
    // One more slot, which has no values.
    const Tensor sinks = affine({&graph, node.inputs[6]}, 1, 0).reshape({q.dim(1), 1, 1});
    const Tensor column = max(scores) * 0.f + sinks;  // [h, t, 1]
    weights = slice(softmax(concat_last(scores, column)), 2, 0, keys.dim(0));
  } else {
    weights = softmax(scores);
  }
  return permute(matmul(permute(values, {1, 2, 0}), weights), {1, 0, 2});
}

Lowered lower(const Graph& graph, const std::function<bool(const Node&)>& supports) {
  Lowered lowered{std::make_unique<Graph>(), {}};
  lowered.nodes = Copier(graph, *lowered.graph, supports).take();
  return lowered;
}

}  // namespace cria::ml
