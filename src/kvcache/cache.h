#pragma once
// The memory of a model's layers: pools of fixed-size blocks that all sequences share. A sequence
// is a table of blocks; its tokens lie in them in order of position. Blocks of sequences that have
// ended stay in a tree over their token ids, where later sequences that begin alike find them,
// until room is needed (docs/adr/0012).

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kvcache/group.h"
#include "kvcache/layer.h"
#include "kvcache/prefixes.h"
#include "kvcache/removal.h"
#include "ml/backend.h"

namespace cria::kvcache {

struct Options {
  ml::DType key_type = ml::DType::kF16, value_type = ml::DType::kF16;  // what the backend keeps
  int64_t tokens = 0;     // how many the pool of full layers holds, rounded up to blocks
  int64_t sequences = 1;  // how many may be open at once
  int64_t context = 0;    // the most tokens of one sequence; 0: `tokens`
  int64_t block_size = 32;
  int64_t pass = 512;        // the most tokens that are appended at once
  int64_t encoder_rows = 0;  // that encoders may write for all sequences together
  int64_t checkpoints = 16;  // recurrent states that are kept for sequences to come
};

// Identifies an open sequence: a row of the block tables.
using Sequence = int32_t;

class Cache {
 public:
  // Allocates the pools on the backend: OutOfMemory. InvalidArgument for sizes that make no sense.
  Cache(ml::Backend& backend, std::span<const LayerSpec> layers, const Options& options);
  ~Cache();

  // Opens an empty sequence, or nothing when all are in use.
  std::optional<Sequence> open();
  // Opens one that begins with as many of `ids` as are cached, but not all: the logits after the
  // last are wanted. What is cached need not be appended.
  struct Opened {
    Sequence sequence;
    int64_t cached;
  };
  std::optional<Opened> open(std::span<const int32_t> ids);
  // A second sequence of the same tokens and, so far, the same memory.
  std::optional<Sequence> fork(Sequence sequence);
  // Leaves what has been computed in the tree.
  void close(Sequence sequence);

  // Makes room for `tokens` more tokens at the end of a sequence, at most options.pass at a time.
  // A pool or context without room is an outcome, not an error; nothing is taken then.
  enum class Outcome {
    kOk,
    kPoolFull,     // others hold too much
    kContextFull,  // it could never fit
    kImpossible,   // remove: what would be needed is no longer there, or can not be split
  };
  [[nodiscard]] Outcome reserve(Sequence sequence, int64_t tokens);

  int64_t length(Sequence sequence) const;  // tokens appended so far
  // What a full or window layer holds of a sequence: rows [length, kv_heads, dim] in the cache's
  // type, zeros for tokens that a window has left behind.
  std::vector<std::byte> contents(Sequence sequence, size_t layer, ml::StateRole role) const;
  int64_t context() const;  // the most tokens of one sequence
  int64_t bytes() const;
  // How many tokens could be appended by evicting what only the tree holds, a whole block at a
  // time. Groups of window layers are as large as they ever need to be and do not count.
  int64_t room() const;
  // Blocks (or recurrent states) of each group of layers. They add up to `all`.
  struct Usage {
    LayerKind kind;
    int64_t window, all, free, cached, used;
  };
  std::vector<Usage> usage() const;

  // What is known of beginnings, to be kept for a cache to come: those used last first, but each
  // block after the one that it follows, until `take` says no.
  void give_known(const std::function<bool(const KnownBlock&)>& take) const {
    prefixes_->give_known(take);
  }
  // Takes such blocks back that a cache of the same layers, types and block size gave, until `next`
  // has none or there is no room. False: one could never be of such a cache; those before it stay.
  bool take_known(const std::function<bool(KnownBlock&)>& next) {
    return prefixes_->take_known(next);
  }
  // The size of the rows of a block; none: there can be no such block.
  std::optional<size_t> known_bytes(const KnownBlock& block) const {
    return prefixes_->known_bytes(block);
  }

  // Forgets all tokens from position `length` on. False, and nothing changes, when the tokens that
  // the next one would see are no longer there: window and recurrent layers; or saw what would be
  // forgotten: bidirectional ones.
  [[nodiscard]] bool truncate(Sequence sequence, int64_t length);

  // Removes the tokens at positions [begin, end); those after them move to lower positions. The
  // caller must run the moves before anything else. What follows is not kept for others, since
  // keys and values were computed from tokens that are gone.
  [[nodiscard]] Outcome remove(Sequence sequence, int64_t begin, int64_t end, Moves& moves);
  MoveView move_view(ml::Graph& graph) const;
  // Writes the inputs for the moves from `first` on; returns how many one run makes.
  int64_t place_moves(const Moves& moves, int64_t first, const MoveView& view,
                      ml::Plan& plan) const;

  // Encoder layers can be left out of passes whose sequences have nothing encoded.
  enum class Encoders { kIncluded, kLeftOut };
  View view(ml::Graph& graph, int64_t tokens, Encoders encoders = Encoders::kIncluded) const;
  // Appends a token to each sequence named, in order (a sequence may be named many times), and
  // writes the inputs of a view for them. Room must have been reserved. A view may have more rows
  // than there are tokens: the others compute something that nobody reads.
  void place(std::span<const int32_t> tokens, std::span<const Sequence> sequences, const View& view,
             ml::Plan& plan);
  // The pass in which these were placed has run: their blocks may be shared from now on.
  void commit(std::span<const Sequence> sequences);

  // Layers that attend to what an encoder wrote. All of it is written before any token, in order of
  // positions. Such a sequence is opened without ids, and shares nothing, since ids do not tell
  // what it saw.
  [[nodiscard]] Outcome reserve_encoded(Sequence sequence, std::span<const Encoding> encodings);
  bool has_encoded(Sequence sequence) const;
  View encoded_view(ml::Graph& graph, int64_t rows) const;
  void place_encoded(Sequence sequence, size_t index, const View& view, ml::Plan& plan);

 private:
  // Where a layer's states are.
  struct LayerPlace {
    size_t group, first_state, states;
  };

  size_t group_of(const LayerSpec& layer);
  int64_t blocks_of(const LayerSpec& layer) const;
  void add_states(LayerPlace& place, const LayerSpec& layer, size_t index);
  Table& table(Sequence sequence);
  const Table& table(Sequence sequence) const;
  int64_t blocks_for(int64_t tokens) const;
  int64_t most_blocks(const Group& group) const;
  void release(Table& table);

  // Of passes.
  View make_view(ml::Graph& graph, int64_t tokens, bool (*included)(LayerKind)) const;
  Layer make_layer(ml::Graph& graph, const LayerPlace& place, const View& view) const;
  void place_whole(std::span<const int32_t> rows, const View& view, ml::Plan& plan);
  void place_group(size_t group, std::span<const int32_t> positions, std::span<const int32_t> rows,
                   const View& view, ml::Plan& plan);
  void place_seen(std::span<const int32_t> positions, std::span<const int32_t> rows,
                  const View& view, ml::Plan& plan) const;
  static void write_table(const Blocks* blocks, std::span<int32_t> row);
  static int32_t fill_slot(const Group& group, int32_t position);
  int32_t slot(const Table& table, size_t group, int64_t position) const;
  void release_passed(Table& table);

  // Of reserve.
  int64_t missing(const Table& table, size_t group, int64_t tokens) const;
  bool must_copy(const Table& table, size_t group) const;
  bool has_room(const Table& table, size_t group, int64_t tokens) const;
  void take(Table& table, size_t group, int64_t tokens);

  // Of remove.
  struct Target;  // where the tokens of a group go
  Target target(const Table& table, size_t group, int64_t begin, int64_t end) const;
  void move(Table& table, size_t group, const Target& target, Moves::Group& moves);
  static void forget_encoded(Table& table, int64_t begin, int64_t end);
  bool can_remove(const Table& table, size_t group, int64_t begin, int64_t end) const;
  bool stays_in_place(const Table& table, size_t group, int64_t index) const;

  Options options_;
  ml::Backend& backend_;
  int64_t max_blocks_;  // of one sequence
  std::vector<Group> groups_;
  std::vector<LayerPlace> layers_;
  std::optional<Prefixes> prefixes_;
  std::vector<Table> tables_;
  int64_t bytes_ = 0;
};

}  // namespace cria::kvcache
