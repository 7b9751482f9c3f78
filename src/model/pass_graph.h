#pragma once
// The graph of one pass, as a model builds it, with its inputs.

#include "kvcache/cache.h"
#include "model/model.h"

namespace cria::model {

struct PassGraph {
  using Encoders = kvcache::Cache::Encoders;
  PassGraph(const Model& model, const kvcache::Cache& cache, int64_t tokens, int64_t outputs,
            Encoders encoders = Encoders::kIncluded);

  ml::Graph graph;
  kvcache::View view;
  Batch batch;
  ml::Tensor output;  // what forward() returns
};

}  // namespace cria::model
