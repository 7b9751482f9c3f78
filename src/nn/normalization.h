#pragma once
// Normalisations along the last dimension.

#include "ml/ops.h"
#include "nn/weights.h"

namespace cria::nn {

// x / sqrt(mean(x^2) + eps) * weight. Reference: Zhang and Sennrich, arXiv:1910.07467.
struct RmsNorm {
  ml::Tensor weight;  // [width]

  void bind(Weights& w, const ml::Shape& shape) { w("weight", weight, shape); }
  ml::Tensor operator()(ml::Tensor x, float eps) const { return ml::rms_norm(x, weight, eps); }
};

// (x - mean) / sqrt(variance + eps) * weight + bias. Reference: Ba et al., arXiv:1607.06450.
struct LayerNorm {
  ml::Tensor weight, bias;  // [width]

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("bias", bias, shape, kOptional);
  }
  ml::Tensor operator()(ml::Tensor x, float eps) const {
    return ml::layer_norm(x, weight, bias, eps);
  }
};

}  // namespace cria::nn
