#pragma once
// The weights of a model as the matmul kernels read them.

#include <unordered_map>

#include "base/thread_pool.h"
#include "ml/aligned.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/tensor.h"

namespace cria::ml::cpu {

// A matrix, or several of the same size, one after another.
struct PackedMatrix {
  DType dtype;                   // of the tiles
  int64_t matrices, rows, cols;  // rows and columns of each
  AlignedBytes tiles;

  const std::byte* data(int64_t matrix) const {
    return tiles.data() + matrix * tile_count(rows) * packed_tile_bytes(dtype, cols);
  }
};

class PackedWeights {
 public:
  void pack(const Node& weight, ThreadPool& pool);  // of two dimensions or three; OutOfMemory
  const PackedMatrix* find(const Node* weight) const;

 private:
  std::unordered_map<const Node*, PackedMatrix> matrices_;
};

}  // namespace cria::ml::cpu
