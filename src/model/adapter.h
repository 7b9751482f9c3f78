#pragma once
// Low-rank adapters of a model's weights, as llama.cpp keeps them in GGUF files: two tensors,
// NAME.lora_a and NAME.lora_b, for each weight NAME that is adapted.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/problems.h"
#include "fs/gguf/gguf.h"
#include "model/weight_nodes.h"
#include "nn/low_rank.h"

namespace cria::model {

// One that a user asks for.
struct AdapterChoice {
  std::string path;
  float scale = 1;  // of all that it adds
};

class Adapter {
 public:
  // InvalidArgument: no adapter, or one for another architecture; Unsupported: another kind of
  // adapter; Corrupt: its alpha or its tensors are not as they should be.
  Adapter(std::unique_ptr<gguf::File> file, float scale, const std::string& architecture);

  // Adds the term for a weight, when there is one.
  void adapt(const std::string& name, const ml::Shape& shape, nn::LowRank& to);
  // After all weights. Corrupt: one complete report of what fits no weight of the model.
  void finish();
  const WeightNodes& weights() const { return nodes_; }

 private:
  struct Pair {
    const gguf::TensorInfo* a = nullptr;
    const gguf::TensorInfo* b = nullptr;
    bool is_used = false;
  };

  float read_alpha() const;
  void find_pairs();
  ml::Tensor bind(const gguf::TensorInfo& info);

  std::unique_ptr<gguf::File> file_;  // keeps the tensors mapped
  float scale_, alpha_;
  std::map<std::string, Pair> pairs_;  // by the name of the weight
  WeightNodes nodes_;
  Problems problems_;
};

// Whether a file says of itself that it is one.
bool is_adapter(const gguf::File& file);

}  // namespace cria::model
