#pragma once
// What adapts a weight: products of two small matrices, which are added to it. Reference: Hu et
// al., arXiv:2106.09685.

#include <cstdint>
#include <vector>

#include "ml/ops.h"

namespace cria::nn {

struct LowRank {
  enum class Of : uint8_t { kMatrix, kEmbedding };
  // Of a matrix [.., out, in]: a [.., rank, in], b [.., out, rank]; of embeddings [rows, width]:
  // a [rows, rank], b [width, rank].
  struct Term {
    ml::Tensor a, b;
    float scale;
  };

  Of of = Of::kMatrix;
  std::vector<Term> terms;

  // y, which the weight made, and what `product(term)` makes [.., out] for each term.
  template <class Product>
  ml::Tensor added(ml::Tensor y, Product product) const {
    for (const Term& term : terms) y = y + product(term);
    return y;
  }
};

}  // namespace cria::nn
