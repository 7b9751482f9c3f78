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

// The `used` most probable experts by softmax of the router's logits [t, experts]. With
// `renormalise` their weights add up to 1.
inline Routing route(ml::Tensor logits, int64_t used, bool renormalise) {
  const ml::Tensor probabilities = ml::softmax(logits);
  const ml::Tensor ids = ml::top_k(probabilities, used);
  const ml::Tensor weights = ml::gather(probabilities, ids, 1);
  return {ids, renormalise ? weights / ml::sum(weights) : weights};
}

// A linear layer of each expert.
struct ExpertLinear {
  ml::Tensor weight, bias;  // [experts, out, in], [experts, out]

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("bias", bias, {shape[0], shape[1]}, kOptional);
  }
  // Of the experts that ids [t, used] name: x [t, in] or [t, used, in] -> [t, used, out]
  ml::Tensor operator()(ml::Tensor x, ml::Tensor ids) const {
    x = ml::experts_matmul(weight, x, ids);
    if (!bias) return x;
    const ml::Tensor chosen = ml::rows(bias, ids.reshape({ids.shape().size()}));
    return x + chosen.reshape(x.shape());
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
