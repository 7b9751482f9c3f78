#pragma once
// The weights of a model as the matmul kernels read them.

#include <unordered_map>

#include "base/thread_pool.h"
#include "ml/aligned.h"
#include "ml/tensor.h"

namespace cria::ml::cpu {

struct PackedMatrix {
  DType dtype;  // of the tiles
  int64_t rows, cols;
  AlignedBytes tiles;
};

class PackedWeights {
 public:
  void pack(const Node& weight, ThreadPool& pool);  // a matrix; OutOfMemory
  const PackedMatrix* find(const Node* weight) const;

 private:
  std::unordered_map<const Node*, PackedMatrix> matrices_;
};

}  // namespace cria::ml::cpu
