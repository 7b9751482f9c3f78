#pragma once
// Layers whose tokens lie in the same blocks: of the same kind and, if they have one, window. Each
// has a pool of its own, since a window's blocks are freed while a full layer keeps its.

#include <memory>
#include <span>
#include <vector>

#include "kvcache/block_pool.h"
#include "kvcache/layer.h"
#include "ml/backend.h"

namespace cria::kvcache {

// A recurrent group's pool holds states, one per sequence or checkpoint. This one stays zero: every
// sequence begins with it.
constexpr int32_t kZeroState = 1;

struct Group {
  LayerKind kind;
  int64_t window;  // 0: none
  BlockPool pool;
  int64_t slots_each;                                   // of one block of the pool
  std::vector<std::unique_ptr<ml::State>> states = {};  // keys, values of its first layer, ...

  bool paged() const { return kind != LayerKind::kEncoder && kind != LayerKind::kRecurrent; }
  // Whether the pool holds all tokens.
  bool keeps_all() const { return kind == LayerKind::kFull || kind == LayerKind::kBidirectional; }
  // Blocks that could be handed out, once those that only the tree holds are evicted.
  int64_t available() const { return pool.free() + pool.cached(); }
  // The first position that the token after `length` others sees.
  int64_t first_seen(int64_t length) const {
    return window > 0 && length + 1 > window ? length + 1 - window : 0;
  }

  void copy(ml::Backend& backend, int32_t from, int32_t to) {
    for (const auto& state : states) {
      backend.copy(*state, from * slots_each, to * slots_each, slots_each);
    }
  }
  // Puts a copy in place of a block that others hold too. One must be free.
  void make_writable(ml::Backend& backend, int32_t& block) {
    const int32_t mine = pool.take();
    copy(backend, block, mine);
    if (!is_zero(block)) pool.release(block);
    block = mine;
  }
  bool is_zero(int32_t block) const { return kind == LayerKind::kRecurrent && block == kZeroState; }
};

// A sequence's blocks in one group.
struct Blocks {
  std::vector<int32_t> list = {};  // by position / block size; a recurrent group's one state
  int64_t first = 0;               // those before have been freed
};

// Where an encoding lies in its sequence's rows: what is seen of all of them comes first, so that
// neighbours can be seen as one.
struct PlacedEncoding {
  Encoding encoding;
  int64_t seen = 0, filling = 0;  // the first row of each part
};

struct Table {
  bool open = false;
  int64_t length = 0;                        // tokens appended
  int64_t computed = 0;                      // and their passes have run
  std::vector<int32_t> tokens;               // their ids
  std::vector<Blocks> blocks;                // by group
  int64_t shared = 0;                        // whole blocks that it began with
  int64_t registered = 0;                    // whole blocks that are in the tree
  int32_t node = 0;                          // of the last one of them
  bool cacheable = true;                     // keys and values follow from the ids alone
  std::vector<PlacedEncoding> encoded = {};  // in order of positions
  int64_t encoded_rows = 0;                  // of all there were
};

}  // namespace cria::kvcache
