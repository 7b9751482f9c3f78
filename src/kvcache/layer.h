#pragma once
// What a model's layers want the cache to keep, and how they see it in the graph of one pass.

#include <cstdint>
#include <span>
#include <vector>

#include "ml/ops.h"

namespace cria::kvcache {

enum class LayerKind : uint8_t {
  kFull,           // keys and values of all tokens
  kWindow,         // of the last `window` tokens; what falls out of the window is freed
  kBidirectional,  // of all tokens, and each sees those after it, too: a sequence is one pass
  kEncoder,        // of what an encoder wrote of pictures and the like; see Encoding
  kRecurrent,      // a state per sequence instead, which each token changes
};

// A part of a recurrent state: [rows, dim] floats.
struct RecurrentSpec {
  int64_t rows = 0, dim = 0;
  friend bool operator==(const RecurrentSpec&, const RecurrentSpec&) = default;
};

// What an encoder writes of one thing that a sequence holds, such as a picture. Tokens from its own
// on see it, until another one comes that does not follow at once: then they see that. Tokens
// before the first one see all there is, with what the encoder writes to fill itself up, as the
// models were taught (transformers/models/mllama).
struct Encoding {
  int64_t position = 0;  // of the token that stands for it
  int64_t rows = 0;      // that are written
  int64_t seen = 0;      // how many of them, the first ones, are no filling
};

// What one layer needs from the cache. A model returns one per layer.
struct LayerSpec {
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  int64_t value_dim = 0;  // 0: head_dim
  LayerKind kind = LayerKind::kFull;
  int64_t window = 0;                         // kWindow: tokens that a token sees, itself included
  std::vector<RecurrentSpec> recurrent = {};  // kRecurrent: the parts of the state
};

// A layer for each window, 0 for those without one, else alike.
std::vector<LayerSpec> with_windows(const LayerSpec& layer, std::span<const int64_t> windows);

// The cache of one layer in the graph of one pass.
class Layer {
 public:
  Layer(ml::History history, ml::Tensor slots, int64_t block_size, int64_t window)
      : history_(history), slots_(slots), block_size_(block_size), window_(window) {}
  Layer(std::vector<ml::Tensor> states, ml::Tensor slots)
      : states_(std::move(states)), slots_(slots) {}

  // Appends the pass's keys and values [t, kv_heads, dim]; attention then sees them too. In a pass
  // of encoded_view, writes those of what was encoded.
  ml::History append(ml::Tensor key, ml::Tensor value);
  // What is there so far, for layers that write nothing: those that use another layer's keys and
  // values, and those that attend to what the encoder wrote.
  const ml::History& history() const { return history_; }
  int64_t block_size() const { return block_size_; }
  int64_t window() const { return window_; }  // 0: no window

  // Recurrent layers: part i of the states [slots, rows, dim]. Token t reads and then writes slot
  // slots()[t]; tokens of one sequence share it and follow each other in order.
  ml::Tensor state(size_t i) const { return states_[i]; }
  ml::Tensor slots() const { return slots_; }
  void set_state(size_t i, ml::Tensor stored) { states_[i] = stored; }  // the result of a store

 private:
  ml::History history_;
  std::vector<ml::Tensor> states_;
  ml::Tensor slots_;
  int64_t block_size_ = 0, window_ = 0;
};

// All layers in the graph of one pass, and the inputs through which a pass says where its tokens
// lie.
struct View {
  // Layers of the same kind and window share these.
  struct Group {
    ml::Tensor slots;   // i32 [t]: where each token's keys and values, or its state, lie
    ml::Tensor tables;  // i32 [sequences, blocks]; none for recurrent layers
  };

  std::vector<Layer> layers;
  std::vector<Group> groups;
  ml::Tensor positions;  // i32 [t]
  ml::Tensor sequences;  // i32 [t]
  int64_t context = 0;   // the most tokens of one sequence
  // Models with layers that see both ways only: the last position of each token's sequence.
  ml::Tensor last_positions;  // i32 [t]
  // Models with encoder layers only, unless it is a view without.
  struct Encoded {
    ml::Tensor firsts, lasts;  // i32 [t]: what each token sees of what encoders wrote
    // [t, 1]: 1 for tokens of sequences for which an encoder wrote something, else 0: what
    // attention finds in an empty history means nothing.
    ml::Tensor any;
    ml::Tensor shown;  // [t, 1]: 1 for those that follow what was encoded, or stand for it
  };
  Encoded encoded;

  Layer& operator[](size_t layer) { return layers[layer]; }
};

}  // namespace cria::kvcache
