#pragma once
// Visitors of a model's bind(): one that takes the weights of a file, one that invents them.

#include <deque>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "fs/gguf/gguf.h"
#include "model/adapter.h"
#include "model/weight_nodes.h"
#include "nn/weights.h"

namespace cria::model {

// Binds to the tensors of a file, then reports everything that does not fit at once. Adapters tell
// what does not fit of them by themselves.
class FileBinder final : public nn::Weights {
 public:
  // Both outlive it.
  explicit FileBinder(const gguf::File& file, std::span<Adapter> adapters = {});
  // Corrupt: weights missing, of another shape, or unused; Unsupported: only types that cannot be
  // computed with.
  WeightNodes finish();
  void leave(std::string_view name) override;

 protected:
  void tensor(const std::vector<std::string>& names, const ml::Shape& shape, bool optional,
              ml::Tensor& out) override;
  void low_rank(const std::vector<std::string>& names, const ml::Shape& shape,
                nn::LowRank& out) override;

 private:
  void take(const gguf::TensorInfo& info, const ml::Shape& expected, ml::Tensor& out);

  const gguf::File& file_;
  std::span<Adapter> adapters_;
  std::unordered_map<std::string, const gguf::TensorInfo*> tensors_;
  std::unordered_map<std::string, const ml::Node*> bound_;
  WeightNodes nodes_;
  std::vector<std::string> misfits_, unsupported_, left_;
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
