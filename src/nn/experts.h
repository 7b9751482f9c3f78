#pragma once
// Mixtures of experts: a router chooses for each token which of many small networks compute it.
// Reference: Shazeer et al., arXiv:1701.06538.

#include "ml/ops.h"
#include "nn/weights.h"

namespace cria::nn {

// Which experts each token uses, and how much of each.
struct Routing {
  ml::Tensor ids;      // i32 [t, used]
  ml::Tensor weights;  // [t, used]
};

struct RouterOptions {
  int64_t used = 0;          // experts of one token
  bool renormalise = false;  // so that their weights add up to 1
  bool sigmoid = false;      // what makes scores of logits; else softmax
  float scale = 1;           // of the weights
  // Experts in groups, of which a token uses so many only: those whose best expert is best, or with
  // sigmoid those whose best two are. Reference: DeepSeek-V3, arXiv:2412.19437.
  int64_t groups = 1, groups_used = 1;
};

// Lowers the scores of all groups but the chosen ones beyond reach. [t, experts]
inline ml::Tensor in_chosen_groups(ml::Tensor scores, const RouterOptions& o) {
  const int64_t tokens = scores.dim(0), size = scores.dim(1) / o.groups;
  const ml::Tensor grouped = scores.reshape({tokens, o.groups, size});
  const ml::Tensor best =
      o.sigmoid ? ml::sum(ml::gather(grouped, ml::top_k(grouped, 2), 2)) : ml::max(grouped);
  const ml::Tensor group_scores = best.reshape({tokens, o.groups});
  const ml::Tensor ids = ml::top_k(group_scores, o.groups_used);
  const ml::Tensor ones = ml::affine(ml::gather(group_scores, ids, 1), 0, 1);
  const ml::Tensor chosen = ml::scatter(ones, ids, 1, o.groups).reshape({tokens, o.groups, 1});
  return (grouped + ml::affine(chosen, 1e30f, -1e30f)).reshape(scores.shape());
}

// The experts with the best scores by the router's logits [t, experts]. A bias [experts] or null
// counts when they are chosen, not in their weights.
inline Routing route(ml::Tensor logits, const RouterOptions& o, ml::Tensor bias = {}) {
  const ml::Tensor scores = o.sigmoid ? ml::sigmoid(logits) : ml::softmax(logits);
  ml::Tensor choice = bias ? scores + bias : scores;
  if (o.groups > 1) choice = in_chosen_groups(choice, o);
  const ml::Tensor ids = ml::top_k(choice, o.used);
  ml::Tensor weights = ml::gather(scores, ids, 1);
  if (o.renormalise) weights = weights / ml::affine(ml::sum(weights), 1, 1e-20f);
  return {ids, o.scale == 1 ? weights : weights * o.scale};
}

// The `used` most probable experts by softmax. With `renormalise` their weights add up to 1.
inline Routing route(ml::Tensor logits, int64_t used, bool renormalise) {
  return route(logits, {.used = used, .renormalise = renormalise});
}

// A linear layer of each expert.
struct ExpertLinear {
  ml::Tensor weight, bias;  // [experts, out, in], [experts, out]
  LowRank adapters;

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("weight", adapters, shape);
    w("bias", bias, {shape[0], shape[1]}, kOptional);
  }
  // Of the experts that ids [t, used] name: x [t, in] or [t, used, in] -> [t, used, out]
  ml::Tensor operator()(ml::Tensor x, ml::Tensor ids) const {
    const ml::Tensor y =
        adapters.added(ml::experts_matmul(weight, x, ids), [&](const LowRank::Term& term) {
          return ml::experts_matmul(term.b, ml::experts_matmul(term.a, x, ids) * term.scale, ids);
        });
    if (!bias) return y;
    const ml::Tensor chosen = ml::rows(bias, ids.reshape({ids.shape().size()}));
    return y + chosen.reshape(y.shape());
  }
};

// Gated networks, one per expert, whose results are summed by their weights.
struct ExpertMlp {
  ExpertLinear gate, up, down;

  struct Options {
    int64_t experts, width, hidden;
  };
  void bind(Weights& w, const Options& o) {
    w("ffn_gate_exps", gate, {o.experts, o.hidden, o.width});
    w("ffn_up_exps", up, {o.experts, o.hidden, o.width});
    w("ffn_down_exps", down, {o.experts, o.width, o.hidden});
  }
  ml::Tensor operator()(ml::Tensor x, const Routing& routing) const {  // [t, width] -> [t, width]
    const ml::Tensor h = ml::swiglu(gate(x, routing.ids), up(x, routing.ids));
    return ml::weighted_sum(down(h, routing.ids), routing.weights);
  }
};

}  // namespace cria::nn
