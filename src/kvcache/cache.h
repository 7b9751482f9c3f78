#pragma once
// The memory of a model's attention: one pool of fixed-size blocks that all sequences share. A
// sequence is a table of blocks; tokens of a sequence lie in its blocks in order of position.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ml/backend.h"
#include "ml/ops.h"

namespace cria::kvcache {

// What one layer needs from the cache. A model returns one per layer.
struct LayerSpec {
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  int64_t value_dim = 0;  // 0: head_dim
};

// The cache of one layer in the graph of one pass.
class Layer {
 public:
  Layer(ml::History history, ml::Tensor slots, int64_t block_size)
      : history_(history), slots_(slots), block_size_(block_size) {}

  // Appends the pass's keys and values [t, kv_heads, dim]; attention then sees them too.
  ml::History append(ml::Tensor key, ml::Tensor value);
  int64_t block_size() const { return block_size_; }

 private:
  ml::History history_;
  ml::Tensor slots_;
  int64_t block_size_;
};

// All layers in the graph of one pass, and the inputs through which a pass says where its tokens
// lie.
struct View {
  std::vector<Layer> layers;
  ml::Tensor positions;  // i32 [t]
  ml::Tensor sequences;  // i32 [t]
  ml::Tensor slots;      // i32 [t]
  ml::Tensor tables;     // i32 [sequences, blocks]

  Layer& operator[](size_t layer) { return layers[layer]; }
};

struct Options {
  ml::DType key_type = ml::DType::kF16, value_type = ml::DType::kF16;  // what the backend keeps
  int64_t tokens = 0;     // how many the pool holds, rounded up to blocks
  int64_t sequences = 1;  // how many may be open at once
  int64_t context = 0;    // the most tokens of one sequence; 0: `tokens`
  int64_t block_size = 32;
};

// Identifies an open sequence: a row of the block tables.
using Sequence = int32_t;

class Cache {
 public:
  // Allocates the pool on the backend: OutOfMemory.
  Cache(ml::Backend& backend, std::span<const LayerSpec> layers, const Options& options);
  ~Cache();

  // Opens an empty sequence, or nothing when all are in use.
  std::optional<Sequence> open();
  void close(Sequence sequence);

  // Makes room for `tokens` more tokens at the end of a sequence. A pool or context without room is
  // an outcome, not an error; nothing is taken then.
  enum class Outcome { kOk, kPoolFull, kContextFull };
  [[nodiscard]] Outcome reserve(Sequence sequence, int64_t tokens);

  int64_t length(Sequence sequence) const;  // tokens appended so far
  int64_t context() const;
  int64_t free_blocks() const;
  int64_t bytes() const;

  // Forgets all tokens from position `length` on and frees their blocks.
  void truncate(Sequence sequence, int64_t length);

  View view(ml::Graph& graph, int64_t tokens) const;

  // Appends one token to each sequence named, in order (a sequence may be named many times), and
  // writes the inputs of a view for them. Room must have been reserved.
  void place(std::span<const Sequence> sequences, const View& view, ml::Plan& plan);

 private:
  struct Table {
    std::vector<int32_t> blocks;
    int64_t length = 0;
    bool open = false;
  };
  Options options_;
  int64_t max_blocks_;                              // of one sequence
  std::vector<std::unique_ptr<ml::State>> states_;  // keys, values of layer 0, of layer 1, ...
  std::vector<int32_t> free_;                       // blocks, the next to be used last
  std::vector<Table> tables_;
  int64_t bytes_ = 0;
};

}  // namespace cria::kvcache
