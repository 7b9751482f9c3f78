#include "kvcache/removal.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "kvcache/cache.h"

namespace cria::kvcache {

// The tokens that a group moves go to positions [first, end), `delta` lower than they were.
struct Cache::Target {
  int64_t first, end, delta;
  int64_t fresh;  // blocks to be taken
};

Cache::Outcome Cache::remove(Sequence sequence, int64_t begin, int64_t end, Moves& moves) {
  Table& table = this->table(sequence);
  CRIA_CHECK(begin >= 0 && begin <= end && end <= table.length);
  CRIA_CHECK(table.computed == table.length);
  moves = {.groups = std::vector<Moves::Group>(groups_.size()),
           .delta = static_cast<int32_t>(begin - end)};
  if (begin == end) return Outcome::kOk;
  if (end == table.length) return truncate(sequence, begin) ? Outcome::kOk : Outcome::kImpossible;

  std::vector<Target> targets;
  bool room = true;
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (!can_remove(table, g, begin, end)) return Outcome::kImpossible;
    targets.push_back(target(table, g, begin, end));
    room = room && targets.back().fresh <= groups_[g].available();
  }
  if (!room) return Outcome::kPoolFull;
  prefixes_->forget_after(table, begin / options_.block_size);
  table.cacheable = false;
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].paged()) move(table, g, targets[g], moves.groups[g]);
  }
  table.tokens.erase(table.tokens.begin() + begin, table.tokens.begin() + end);
  forget_encoded(table, begin, end);
  table.length = table.computed = table.length - (end - begin);
  return Outcome::kOk;
}

// What was encoded for tokens that go is not seen any more by those to come.
void Cache::forget_encoded(Table& table, int64_t begin, int64_t end) {
  std::erase_if(table.encoded, [&](const PlacedEncoding& placed) {
    return placed.encoding.position >= begin && placed.encoding.position < end;
  });
  for (PlacedEncoding& placed : table.encoded) {
    if (placed.encoding.position >= end) placed.encoding.position -= end - begin;
  }
}

// A window that reaches back to before what is removed needs tokens that it may have left behind;
// no state can forget, and where
// tokens see both ways all have seen what would go.
bool Cache::can_remove(const Table& table, size_t group, int64_t begin, int64_t end) const {
  const Group& g = groups_[group];
  if (g.kind == LayerKind::kRecurrent || g.kind == LayerKind::kBidirectional) return false;
  const int64_t seen = g.first_seen(table.length - (end - begin));
  return !g.paged() || seen >= begin || seen / options_.block_size >= table.blocks[group].first;
}

Cache::Target Cache::target(const Table& table, size_t group, int64_t begin, int64_t end) const {
  const int64_t delta = end - begin, length = table.length - delta;
  Target target{.first = std::max(begin, groups_[group].first_seen(length)),
                .end = length,
                .delta = delta,
                .fresh = 0};
  if (!groups_[group].paged()) return target;
  for (int64_t i = target.first / options_.block_size; i < blocks_for(length); ++i) {
    if (!stays_in_place(table, group, i)) ++target.fresh;
  }
  return target;
}

// Whether a block may be overwritten: the tree gives it up then.
bool Cache::stays_in_place(const Table& table, size_t group, int64_t index) const {
  const int32_t block = table.blocks[group].list[static_cast<size_t>(index)];
  return block != kNoBlock && groups_[group].pool.users(block) == 1;
}

void Cache::move(Table& table, size_t group, const Target& target, Moves::Group& moves) {
  Group& g = groups_[group];
  Blocks& blocks = table.blocks[group];
  const std::vector<int32_t> old = blocks.list;
  const int64_t size = options_.block_size;
  const int64_t first_kept = g.first_seen(target.end) / size;
  std::vector<int32_t> left;  // given back last: they are read by the moves
  for (int64_t i = target.first / size; i < blocks_for(target.end); ++i) {
    int32_t& block = blocks.list[static_cast<size_t>(i)];
    if (stays_in_place(table, group, i)) {
      if (g.pool.is_cached(block)) prefixes_->detach(table, group, i);
      continue;
    }
    prefixes_->make_room(group, 1);
    const int32_t mine = g.pool.take();
    if (block != kNoBlock) {
      if (i * size < target.first) g.copy(backend_, block, mine);
      left.push_back(block);
    }
    block = mine;
  }
  const auto slot = [size](const std::vector<int32_t>& list, int64_t position) {
    return static_cast<int32_t>(list[static_cast<size_t>(position / size)] * size +
                                position % size);
  };
  for (int64_t position = target.first; position < target.end; ++position) {
    moves.from.push_back(slot(old, position + target.delta));
    moves.to.push_back(slot(blocks.list, position));
  }
  for (; static_cast<int64_t>(blocks.list.size()) > blocks_for(target.end);
       blocks.list.pop_back()) {
    if (blocks.list.back() != kNoBlock) left.push_back(blocks.list.back());
  }
  for (int64_t i = blocks.first; i < first_kept; ++i) {
    left.push_back(std::exchange(blocks.list[static_cast<size_t>(i)], kNoBlock));
  }
  blocks.first = first_kept;
  for (const int32_t block : left) g.pool.release(block);
}

MoveView Cache::move_view(ml::Graph& graph) const {
  const ml::Shape rows{options_.block_size};
  MoveView view;
  view.delta = graph.input("delta", ml::DType::kI32, rows);
  for (size_t g = 0; g < groups_.size(); ++g) {
    view.from.push_back(graph.input(concat("from.", g), ml::DType::kI32, rows));
    view.to.push_back(graph.input(concat("to.", g), ml::DType::kI32, rows));
  }
  for (size_t i = 0; i < layers_.size(); ++i) {
    const Group& group = groups_[layers_[i].group];
    if (!group.paged()) continue;
    view.layers.push_back({.layer = i,
                           .group = layers_[i].group,
                           .keys = graph.state(*group.states[layers_[i].first_state]),
                           .values = graph.state(*group.states[layers_[i].first_state + 1])});
  }
  return view;
}

// A run moves no further than the next token that lies where one of its own goes, so that a backend
// may read and store its rows in any order.
int64_t Cache::place_moves(const Moves& moves, int64_t first, const MoveView& view,
                           ml::Plan& plan) const {
  const auto ints = [&](ml::Tensor input) {
    const std::span<std::byte> bytes = plan.input(input);
    return std::span(reinterpret_cast<int32_t*>(bytes.data()), bytes.size() / sizeof(int32_t));
  };
  const int64_t distance = -moves.delta;
  const int64_t count = std::min({options_.block_size, moves.count() - first, distance});
  std::ranges::fill(ints(view.delta), moves.delta);
  for (size_t g = 0; g < groups_.size(); ++g) {
    const std::span<int32_t> from = ints(view.from[g]), to = ints(view.to[g]);
    const Moves::Group& group = moves.groups[g];
    for (size_t i = 0; i < from.size(); ++i) {
      const size_t index = static_cast<size_t>(first) + i;
      const bool there = i < static_cast<size_t>(count) && index < group.from.size();
      // The others stay where they are, in the block that nobody has.
      from[i] = there ? group.from[index] : static_cast<int32_t>(i);
      to[i] = there ? group.to[index] : static_cast<int32_t>(i);
    }
  }
  return count;
}

}  // namespace cria::kvcache
