#pragma once
// x W^T + b.

#include "ml/ops.h"
#include "nn/weights.h"

namespace cria::nn {

struct Linear {
  ml::Tensor weight, bias;  // [out, in], [out]
  LowRank adapters;

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("weight", adapters, shape)("bias", bias, {shape[0]}, kOptional);
  }
  ml::Tensor operator()(ml::Tensor x) const {  // [.., in] -> [.., out]
    const ml::Tensor y = adapters.added(ml::matmul(weight, x), [&](const LowRank::Term& term) {
      return ml::matmul(term.b, ml::matmul(term.a, x) * term.scale);
    });
    return bias ? y + bias : y;
  }
};

// A matrix for each head.
struct HeadLinear {
  ml::Tensor weight;  // [heads, out, in]

  void bind(Weights& w, const ml::Shape& shape) { w("weight", weight, shape); }
  ml::Tensor operator()(ml::Tensor x) const {  // [t, heads, in] -> [t, heads, out]
    return ml::permute(ml::matmul(weight, ml::permute(x, {1, 0, 2})), {1, 0, 2});
  }
};

}  // namespace cria::nn
