#pragma once
// Removing tokens in the middle of a sequence: which keys and values move where, and the inputs of
// the graph that moves them and rotates the keys to their new positions.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ml/tensor.h"

namespace cria::kvcache {

struct Moves {
  struct Group {
    std::vector<int32_t> from, to;  // slots, in order of position
  };
  std::vector<Group> groups;
  int32_t delta = 0;  // of positions, negative

  int64_t count() const {
    size_t most = 0;
    for (const Group& group : groups) most = std::max(most, group.from.size());
    return static_cast<int64_t>(most);
  }
};

// Per layer, in a graph: rows(keys, from), rotated by `delta`, stored at `to`; values as they are.
struct MoveView {
  struct Layer {
    size_t layer, group;  // of the model; of from and to
    ml::Tensor keys, values;
  };
  std::vector<Layer> layers;
  std::vector<ml::Tensor> from, to;  // i32 [n], by group
  ml::Tensor delta;                  // i32 [n]
};

}  // namespace cria::kvcache
