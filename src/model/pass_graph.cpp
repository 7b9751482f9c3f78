#include "model/pass_graph.h"

namespace cria::model {

PassGraph::PassGraph(const Model& model, const kvcache::Cache& cache, int64_t tokens,
                     int64_t outputs, Encoders encoders)
    : view(cache.view(graph, tokens, encoders)) {
  const auto ints = [&](const char* name, int64_t n) {
    return graph.input(name, ml::DType::kI32, {n});
  };
  batch = {.tokens = ints("tokens", tokens),
           .positions = view.positions,
           .outputs = ints("outputs", outputs),
           .types = model.token_types() > 0 ? ints("types", tokens) : ml::Tensor{}};
  output = model.forward(batch, view);
}

}  // namespace cria::model
