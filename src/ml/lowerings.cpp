// The lowerings of ops.def.

#include <limits>

#include "ml/lowering.h"

namespace cria::ml {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Tensor operand(Graph& graph, const Node& node, size_t i) {
  const Node* input = node.inputs[i];
  return {input && input->index >= 0 ? &graph : nullptr, input};
}

}  // namespace

Tensor lower_activate(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0);
  switch (std::get<Activation>(node.options)) {
    case Activation::kSilu:
      return x * sigmoid(x);
    case Activation::kGelu:
      return x * affine(tanh(x * affine(square(x), 0.0356774081f, 0.797884561f)), 0.5f, 0.5f);
    case Activation::kGeluErf:
      return x * affine(erf(x * 0.707106781f), 0.5f, 0.5f);
    case Activation::kQuickGelu:
      return x * sigmoid(x * 1.702f);
    default:
      return clamp(x, 0, kInfinity);
  }
}

Tensor lower_gated(Graph& graph, const Node& node) {
  return activate(operand(graph, node, 0), std::get<Activation>(node.options)) *
         operand(graph, node, 1);
}

Tensor lower_swiglu_limited(Graph& graph, const Node& node) {
  const auto& o = std::get<SwigluOptions>(node.options);
  const Tensor gate = clamp(operand(graph, node, 0), -kInfinity, o.limit);
  const Tensor up = clamp(operand(graph, node, 1), -o.limit, o.limit);
  return gate * sigmoid(gate * o.alpha) * affine(up, 1, 1);
}

Tensor lower_softmax(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0);
  const Tensor e = exp(x - max(x));
  return e / sum(e);
}

Tensor lower_rms_norm(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0), weight = operand(graph, node, 1);
  const float eps = std::get<NormOptions>(node.options).eps;
  const Tensor y = x * rsqrt(affine(mean(square(x)), 1, eps));
  return weight ? y * weight : y;
}

Tensor lower_layer_norm(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0), weight = operand(graph, node, 1),
               bias = operand(graph, node, 2);
  const Tensor centred = x - mean(x);
  const float eps = std::get<NormOptions>(node.options).eps;
  Tensor y = centred * rsqrt(affine(mean(square(centred)), 1, eps));
  if (weight) y = y * weight;
  return bias ? y + bias : y;
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
    y = concat_along(-1, first.reshape({tokens, heads, half, 1}),
                     second.reshape({tokens, heads, half, 1}))
            .reshape({tokens, heads, dims});
  } else {
    y = concat_along(-1, first, second);
  }
  return dims < x.dim(2) ? concat_along(-1, y, slice(x, 2, dims, x.dim(2))) : y;
}

// Every token scores every slot of the pool; the mask leaves those of its own history.
Tensor lower_paged_attention(Graph& graph, const Node& node) {
  const auto& options = std::get<AttentionOptions>(node.options);
  const Tensor q = operand(graph, node, 0), keys = operand(graph, node, 1),
               values = operand(graph, node, 2);
  const Tensor mask = apply(Op::kHistoryMask,
                            {keys, operand(graph, node, 3), operand(graph, node, 4),
                             operand(graph, node, 5), operand(graph, node, 7)},
                            options);
  Tensor scores =
      matmul(permute(keys, {1, 0, 2}), permute(q, {1, 0, 2})) * options.scale;  // [h, t, slots]
  if (options.softcap > 0) scores = softcap(scores, options.softcap);
  scores = scores + mask;
  Tensor weights;
  if (node.inputs[6]) {
    // One more slot, which has no values.
    const Tensor sinks = affine({&graph, node.inputs[6]}, 1, 0).reshape({q.dim(1), 1, 1});
    const Tensor column = max(scores) * 0.f + sinks;  // [h, t, 1]
    weights = slice(softmax(concat_along(-1, scores, column)), 2, 0, keys.dim(0));
  } else {
    weights = softmax(scores);
  }
  return permute(matmul(permute(values, {1, 2, 0}), weights), {1, 0, 2});
}

// All experts see all tokens, or zeros, and the results asked for are picked: few operations, and
// no copies of weights.
Tensor lower_experts_matmul(Graph& graph, const Node& node) {
  const Tensor weights = operand(graph, node, 0), x = operand(graph, node, 1),
               ids = operand(graph, node, 2);
  const int64_t experts = weights.dim(0), tokens = ids.dim(0), used = ids.dim(1), k = x.dim(-1);
  const Tensor named = ids.reshape({tokens, used, 1});
  const Tensor spread = x.shape().rank() == 2
                            ? repeat(x.reshape({1, tokens, k}), {experts, tokens, k})
                            : permute(scatter(x, named, 1, experts), {1, 0, 2});
  const Tensor products = permute(matmul(weights, spread), {1, 0, 2});  // [t, experts, m]
  return gather(products, named, 1);
}

Tensor lower_weighted_sum(Graph& graph, const Node& node) {
  const Tensor x = operand(graph, node, 0), weights = operand(graph, node, 1);
  const int64_t tokens = x.dim(0), n = x.dim(1), width = x.dim(2);
  const Tensor terms = x * weights.reshape({tokens, n, 1});
  return sum(permute(terms, {0, 2, 1})).reshape({tokens, width});
}

}  // namespace cria::ml
