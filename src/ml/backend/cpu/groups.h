#pragma once
// Gathers the nodes of a graph into groups that run as one step: rows of several operations at a
// time, matrices that share their activations, a residual added where the product is written.

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ml/backend/cpu/weights.h"
#include "ml/tensor.h"

namespace cria::ml::cpu {

// Whether a node runs as it is: primitives without a kernel are computed as ml/primitives.h does,
// fused operations without one are lowered.
bool runs(const Node& node, const PackedWeights& weights);

struct Group {
  enum class Kind : uint8_t { kRows, kMatmul, kExperts, kAttention, kPrimitive };
  Kind kind;
  int64_t rows = 0;                // kRows, kMatmul, kExperts: of activations
  std::vector<const Node*> nodes;  // in order
  std::vector<const Node*>
      quantized;  // kRows: results or operands whose rows are quantised as well, for matmuls
  std::vector<const Node*>
      added;  // kMatmul: for each node the add that it was merged with, or null
};

class Groups {
 public:
  Groups(const Graph& graph, std::span<const Tensor> outputs, const PackedWeights& weights);

  const std::vector<Group>& list() const { return groups_; }

  // The node in whose memory a result lies: a reshape shares its operand's.
  static const Node* storage(const Node* node);
  // The operand of a merged add that is not the product.
  static const Node* addend(const Node* add, const Node* product);

 private:
  void add(const Node& node);
  void add_rows(const Node& node, int64_t rows);
  void add_matmul(const Node& node, Group::Kind kind);
  bool merge_addend(const Node& add);
  void quantize(const Node* activations, int64_t rows);
  Group& start(Group::Kind kind, int64_t rows);
  void put(Group& group, const Node& node);
  bool multiplies_weights(const Node& node) const;
  bool in_last_group(const Node* node) const;

  const PackedWeights& weights_;
  std::vector<Group> groups_;
  std::unordered_map<const Node*, size_t> group_of_;  // by storage
  std::unordered_map<const Node*, int> readers_;      // by storage
  std::unordered_set<const Node*> quantized_;
};

}  // namespace cria::ml::cpu
