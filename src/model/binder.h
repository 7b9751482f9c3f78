#pragma once
// Visitors of a model's bind(): one that takes the weights of a file, one that invents them.

#include <deque>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "fs/gguf/gguf.h"
#include "nn/weights.h"

namespace cria::model {

// Owns weights as nodes that belong to no graph.
using WeightNodes = std::deque<ml::Node>;

// Binds to the tensors of a file, then reports everything that does not fit at once.
class FileBinder final : public nn::Weights {
 public:
  explicit FileBinder(const gguf::File& file);
  // Corrupt: weights missing, of another shape, or unused; Unsupported: only types that cannot be
  // computed with.
  WeightNodes finish();

 protected:
  void tensor(const std::vector<std::string>& names, const ml::Shape& shape, bool optional,
              ml::Tensor& out) override;

 private:
  void take(const gguf::TensorInfo& info, const ml::Shape& expected, ml::Tensor& out);

  const gguf::File& file_;
  std::unordered_map<std::string, const gguf::TensorInfo*> tensors_;
  std::unordered_map<std::string, const ml::Node*> bound_;
  WeightNodes nodes_;
  std::vector<std::string> misfits_, unsupported_;
};

// Invents the weights that a model asks for, seeded: models are tested without any file. Matrices
// get `matrix_type` where their rows are whole blocks; vectors and others are F32.
class RandomBinder final : public nn::Weights {
 public:
  RandomBinder(uint64_t seed, ml::DType matrix_type, bool with_optional = false);
  WeightNodes finish() { return std::move(nodes_); }
  // Keeps the invented data alive; moves with the nodes.
  std::deque<std::vector<std::byte>> take_data() { return std::move(data_); }

 protected:
  void tensor(const std::vector<std::string>& names, const ml::Shape& shape, bool optional,
              ml::Tensor& out) override;

 private:
  float next();

  uint64_t state_;
  ml::DType matrix_type_;
  bool with_optional_;
  std::unordered_map<std::string, const ml::Node*> bound_;
  WeightNodes nodes_;
  std::deque<std::vector<std::byte>> data_;
};

}  // namespace cria::model
