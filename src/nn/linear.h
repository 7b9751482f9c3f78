#pragma once
// x W^T + b.

#include "ml/ops.h"
#include "nn/weights.h"

namespace cria::nn {

struct Linear {
  ml::Tensor weight, bias;  // [out, in], [out]

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("bias", bias, {shape[0]}, kOptional);
  }
  ml::Tensor operator()(ml::Tensor x) const {  // [.., in] -> [.., out]
    x = ml::matmul(weight, x);
    return bias ? x + bias : x;
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
