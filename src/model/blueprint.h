#pragma once
// The graphs that a model builds, to look at: without memory for weights or a cache.

#include <memory>

#include "ml/backend.h"
#include "model/pass_graph.h"
#include "model/picture_encoder.h"

namespace cria::model {

class Blueprint {
 public:
  // Of a pass of so many tokens of one sequence, whose last gives an output. The model outlives it.
  Blueprint(const Model& model, int64_t tokens);

  const ml::Graph& pass() const { return pass_->graph; }
  // InvalidArgument: the model can not see.
  const ml::Graph& encoder() const;

 private:
  std::unique_ptr<ml::Backend> backend_;
  std::unique_ptr<kvcache::Cache> cache_;
  std::unique_ptr<PassGraph> pass_;
  std::unique_ptr<PictureEncoder> encoder_;
};

}  // namespace cria::model
