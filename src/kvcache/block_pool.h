#pragma once
// Counts who holds each block of a pool: open sequences, the prefix tree, or nobody.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cria::kvcache {

// A block that does not exist: freed, or never there.
constexpr int32_t kNoBlock = -1;
// A block of every pool is never handed out: rows that fill a pass up to its shape write there.
constexpr int32_t kScratchBlock = 0;

class BlockPool {
 public:
  explicit BlockPool(int64_t blocks, int64_t reserved = 1);  // the first ones are not handed out

  int64_t size() const { return static_cast<int64_t>(blocks_.size()); }
  // All that are handed out are one of these.
  int64_t free() const { return static_cast<int64_t>(free_.size()); }
  int64_t cached() const { return cached_; }  // only the tree holds them: can be evicted
  int64_t used() const { return used_; }      // by open sequences

  int32_t take();               // a free one, for one sequence
  void use(int32_t block);      // one more sequence
  void release(int32_t block);  // one less
  void cache(int32_t block);    // the tree holds it too
  void uncache(int32_t block);

  int32_t users(int32_t block) const { return at(block).users; }
  bool is_cached(int32_t block) const { return at(block).cached; }
  // Whether its one user may write to it.
  bool is_exclusive(int32_t block) const { return at(block).users == 1 && !at(block).cached; }

 private:
  struct Block {
    int32_t users = 0;
    bool cached = false;
  };
  Block& at(int32_t block) { return blocks_[static_cast<size_t>(block)]; }
  const Block& at(int32_t block) const { return blocks_[static_cast<size_t>(block)]; }

  std::vector<Block> blocks_;
  std::vector<int32_t> free_;  // the next to be handed out last
  int64_t cached_ = 0, used_ = 0;
};

}  // namespace cria::kvcache
