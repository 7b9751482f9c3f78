#include "kvcache/block_pool.h"

#include "base/error.h"

namespace cria::kvcache {

BlockPool::BlockPool(int64_t blocks, int64_t reserved) : blocks_(static_cast<size_t>(blocks)) {
  free_.reserve(blocks_.size());
  // The lowest is handed out first, so that a lone sequence lies in order.
  for (int64_t block = blocks; block-- > reserved;) free_.push_back(static_cast<int32_t>(block));
}

int32_t BlockPool::take() {
  CRIA_CHECK(!free_.empty());
  const int32_t block = free_.back();
  free_.pop_back();
  at(block).users = 1;
  ++used_;
  return block;
}

void BlockPool::use(int32_t block) {
  if (at(block).users++ > 0) return;
  CRIA_CHECK(at(block).cached);
  --cached_;
  ++used_;
}

void BlockPool::release(int32_t block) {
  CRIA_CHECK(at(block).users > 0);
  if (--at(block).users > 0) return;
  --used_;
  if (at(block).cached) {
    ++cached_;
  } else {
    free_.push_back(block);
  }
}

void BlockPool::cache(int32_t block) {
  CRIA_CHECK(at(block).users > 0 && !at(block).cached);
  at(block).cached = true;
}

void BlockPool::uncache(int32_t block) {
  CRIA_CHECK(at(block).cached);
  at(block).cached = false;
  if (at(block).users > 0) return;
  --cached_;
  free_.push_back(block);
}

}  // namespace cria::kvcache
