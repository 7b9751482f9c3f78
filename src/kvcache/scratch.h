#pragma once
// Keys and values of rows that a pass computes for itself and nobody keeps: those of an encoder.

#include <memory>
#include <span>

#include "kvcache/layer.h"
#include "ml/backend.h"

namespace cria::kvcache {

class Scratch {
 public:
  // OutOfMemory.
  Scratch(ml::Backend& backend, int64_t rows, int64_t heads, int64_t head_dim);

  // For the layers of one graph, one after another.
  struct View {
    Layer layer;
    ml::Tensor slots, table, sequences, last_rows;  // inputs
  };
  View view(ml::Graph& graph) const;
  // Which row is the last that each one sees.
  void place(std::span<const int32_t> last_rows, const View& view, ml::Plan& plan) const;
  int64_t bytes() const;

 private:
  static constexpr int64_t kBlockSize = 32;

  int64_t rows_, blocks_;
  std::unique_ptr<ml::State> keys_, values_;
};

}  // namespace cria::kvcache
