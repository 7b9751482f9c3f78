// Room for tokens to come: blocks that are free, or that the tree gives up, and copies of what
// would be written to while others hold it.

#include <algorithm>

#include "base/error.h"
#include "kvcache/cache.h"

namespace cria::kvcache {

Cache::Outcome Cache::reserve(Sequence sequence, int64_t tokens) {
  Table& table = this->table(sequence);
  CRIA_CHECK(tokens >= 0);
  if (tokens > options_.context - table.length) return Outcome::kContextFull;
  if (tokens == 0) return Outcome::kOk;
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (!has_room(table, g, tokens)) return Outcome::kPoolFull;
  }
  for (size_t g = 0; g < groups_.size(); ++g) take(table, g, tokens);
  return Outcome::kOk;
}

int64_t Cache::missing(const Table& table, size_t group, int64_t tokens) const {
  const auto has = static_cast<int64_t>(table.blocks[group].list.size());
  return std::max<int64_t>(0, blocks_for(table.length + tokens) - has);
}

// Whether the next token would be written to what others may read: a block that they share in part,
// or a state.
bool Cache::must_copy(const Table& table, size_t group) const {
  const Group& g = groups_[group];
  if (g.kind == LayerKind::kRecurrent) {
    const int32_t state = table.blocks[group].list[0];
    return g.is_zero(state) || !g.pool.is_exclusive(state);
  }
  const int64_t index = table.length / options_.block_size;
  if (table.length % options_.block_size == 0) return false;
  return !g.pool.is_exclusive(table.blocks[group].list[static_cast<size_t>(index)]);
}

bool Cache::has_room(const Table& table, size_t group, int64_t tokens) const {
  const Group& g = groups_[group];
  if (g.kind == LayerKind::kRecurrent) return !must_copy(table, group) || g.available() > 0;
  if (!g.paged()) return true;
  const int64_t missing = this->missing(table, group, tokens);
  if (missing > g.available()) return false;
  if (missing < g.available() || !must_copy(table, group)) return true;
  // No room for a copy, but the tree can give up what it shares with this sequence alone.
  const int64_t index = table.length / options_.block_size;
  return g.pool.users(table.blocks[group].list[static_cast<size_t>(index)]) == 1;
}

void Cache::take(Table& table, size_t group, int64_t tokens) {
  Group& g = groups_[group];
  if (g.kind == LayerKind::kEncoder) return;
  std::vector<int32_t>& list = table.blocks[group].list;
  const int64_t missing = g.paged() ? this->missing(table, group, tokens) : 0;
  if (must_copy(table, group)) {
    const int64_t index = g.paged() ? table.length / options_.block_size : 0;
    if (g.available() > missing) {
      prefixes_->make_room(group, 1);
      g.make_writable(backend_, list[static_cast<size_t>(index)]);
    } else {
      prefixes_->detach(table, group, index);
    }
  }
  prefixes_->make_room(group, missing);
  for (int64_t i = 0; i < missing; ++i) list.push_back(g.pool.take());
}

Cache::Outcome Cache::reserve_encoded(Sequence sequence, std::span<const Encoding> encodings) {
  Table& table = this->table(sequence);
  CRIA_CHECK(!encodings.empty() && table.length == 0 && table.encoded.empty());
  int64_t seen = 0, rows = 0;
  for (const Encoding& encoding : encodings) {
    CRIA_CHECK(encoding.seen > 0 && encoding.seen <= encoding.rows);
    seen += encoding.seen;
    rows += encoding.rows;
  }
  const int64_t blocks = blocks_for(rows);
  for (const Group& group : groups_) {
    if (group.kind != LayerKind::kEncoder) continue;
    if (blocks > group.pool.size() - 1) return Outcome::kContextFull;
    if (blocks > group.pool.free()) return Outcome::kPoolFull;
  }
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].kind != LayerKind::kEncoder) continue;
    for (int64_t i = 0; i < blocks; ++i) table.blocks[g].list.push_back(groups_[g].pool.take());
  }
  PlacedEncoding next{.encoding = {}, .seen = 0, .filling = seen};
  for (const Encoding& encoding : encodings) {
    next.encoding = encoding;
    table.encoded.push_back(next);
    next.seen += encoding.seen;
    next.filling += encoding.rows - encoding.seen;
  }
  table.encoded_rows = rows;
  table.cacheable = false;
  return Outcome::kOk;
}

bool Cache::has_encoded(Sequence sequence) const { return !table(sequence).encoded.empty(); }

}  // namespace cria::kvcache
