#pragma once
// A vector for each token id.

#include "ml/ops.h"
#include "nn/weights.h"

namespace cria::nn {

struct Embedding {
  ml::Tensor weight;  // [vocab, width]

  void bind(Weights& w, const ml::Shape& shape) { w("weight", weight, shape); }
  ml::Tensor operator()(ml::Tensor ids) const {
    return ml::rows(weight, ids);
  }  // [t] -> [t, width]
};

}  // namespace cria::nn
