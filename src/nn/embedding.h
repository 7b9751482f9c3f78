#pragma once
// A vector for each token id.

#include "ml/ops.h"
#include "nn/weights.h"

namespace cria::nn {

struct Embedding {
  ml::Tensor weight;  // [vocab, width]
  LowRank adapters{LowRank::Of::kEmbedding, {}};

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("weight", adapters, shape);
  }
  ml::Tensor operator()(ml::Tensor ids) const {  // [t] -> [t, width]
    return adapters.added(ml::rows(weight, ids), [&](const LowRank::Term& term) {
      return ml::matmul(term.b, ml::rows(term.a, ids) * term.scale);
    });
  }
};

}  // namespace cria::nn
