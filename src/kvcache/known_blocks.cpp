// Gives what the tree knows away, block by block, and takes such blocks back: nothing about them is
// trusted but that rows hold what tokens made of them.

#include <algorithm>
#include <unordered_map>

#include "kvcache/prefixes.h"

namespace cria::kvcache {
namespace {

constexpr size_t kMostGroups = 64;  // that a known block can name

bool is_in(const KnownBlock& block, size_t group) { return (block.groups >> group & 1) != 0; }

int64_t row_bytes(const ml::State& state) {
  return ml::row_bytes(state.dtype(), state.shape()[1] * state.shape()[2]);
}

// Of the rows of a state.
size_t bytes_of(const Group& group, const ml::State& state, const KnownBlock& block) {
  const int64_t rows = group.paged() ? std::ssize(block.tokens) : 1;
  return static_cast<size_t>(rows * row_bytes(state));
}

}  // namespace

// Those that were used last first, but each after the one that it follows.
std::vector<Prefixes::Node> Prefixes::known_nodes() const {
  std::vector<size_t> order;
  for (const bool full : {true, false}) {
    for (size_t g = 0; g < groups_.size(); ++g) {
      if ((groups_[g].kind == LayerKind::kFull) == full) order.push_back(g);
    }
  }
  std::vector<Node> nodes;
  std::vector<bool> seen(static_cast<size_t>(nodes_for(groups_)) + 1);
  seen[PrefixTree::kRoot] = true;
  for (const size_t g : order) {
    std::vector<Node> used;
    for (Node node = tree_.oldest(g); node != PrefixTree::kRoot; node = tree_.newer(node, g)) {
      used.push_back(node);
    }
    for (auto node = used.rbegin(); node != used.rend(); ++node) {
      std::vector<Node> path;
      for (Node at = *node; !seen[static_cast<size_t>(at)]; at = tree_.parent(at)) {
        seen[static_cast<size_t>(at)] = true;
        path.push_back(at);
      }
      nodes.insert(nodes.end(), path.rbegin(), path.rend());
    }
  }
  return nodes;
}

void Prefixes::give_known(const std::function<bool(const KnownBlock&)>& take) const {
  if (groups_.size() > kMostGroups) return;
  std::unordered_map<Node, int32_t> given{{PrefixTree::kRoot, -1}};
  KnownBlock block;
  for (const Node node : known_nodes()) {
    const auto tokens = tree_.tokens(node);
    block.before = given.at(tree_.parent(node));
    block.tokens.assign(tokens.begin(), tokens.end());
    block.groups = 0;
    block.rows.clear();
    for (size_t g = 0; g < groups_.size(); ++g) {
      const int32_t held = tree_.block(node, g);
      if (held == kNoBlock) continue;
      block.groups |= uint64_t{1} << g;
      for (const auto& state : groups_[g].states) {
        const size_t begin = block.rows.size();
        block.rows.resize(begin + bytes_of(groups_[g], *state, block));
        backend_.read(*state, held * groups_[g].slots_each, std::span(block.rows).subspan(begin));
      }
    }
    if (!take(block)) return;
    given.emplace(node, static_cast<int32_t>(given.size()) - 1);
  }
}

std::optional<size_t> Prefixes::known_bytes(const KnownBlock& block) const {
  if (block.tokens.empty() || std::ssize(block.tokens) > block_size_) return std::nullopt;
  if (groups_.size() > kMostGroups) return std::nullopt;
  if (groups_.size() < kMostGroups && block.groups >> groups_.size() != 0) return std::nullopt;
  size_t bytes = 0;
  for (size_t g = 0; g < groups_.size(); ++g) {
    const LayerKind kind = groups_[g].kind;
    const bool can_be =
        kind == LayerKind::kFull || kind == LayerKind::kWindow || kind == LayerKind::kRecurrent;
    if (is_in(block, g) ? !can_be : kind == LayerKind::kFull) return std::nullopt;
    for (const auto& state : groups_[g].states) {
      if (is_in(block, g)) bytes += bytes_of(groups_[g], *state, block);
    }
  }
  return bytes;
}

// Where a block belongs; kNone: nowhere.
Prefixes::Node Prefixes::place_of(const KnownBlock& block, std::span<const Node> taken) const {
  if (known_bytes(block) != block.rows.size()) return PrefixTree::kNone;
  if (block.before < -1 || block.before >= std::ssize(taken)) return PrefixTree::kNone;
  const bool first = block.before < 0;
  const Node parent = first ? PrefixTree::kRoot : taken[static_cast<size_t>(block.before)];
  if (!first && std::ssize(tree_.tokens(parent)) != block_size_) return PrefixTree::kNone;
  return tree_.find(parent, block.tokens) == PrefixTree::kNone ? parent : PrefixTree::kNone;
}

bool Prefixes::take_known(const std::function<bool(KnownBlock&)>& next) {
  std::vector<Node> taken;
  bool fits = true;
  for (KnownBlock block; next(block);) {
    const Node parent = place_of(block, taken);
    if (parent == PrefixTree::kNone) {
      fits = false;
      break;
    }
    const bool has_room = std::ranges::all_of(groups_, [](const Group& group) {
      return group.kind != LayerKind::kFull || group.pool.free() > 0;
    });
    const Node node = has_room ? tree_.add(parent, block.tokens) : PrefixTree::kNone;
    if (node == PrefixTree::kNone) break;
    hold(node, block);
    taken.push_back(node);
  }
  // As they were used; and what nothing could be held of is of no use.
  for (auto node = taken.rbegin(); node != taken.rend(); ++node) {
    for (size_t g = 0; g < groups_.size(); ++g) tree_.touch(*node, g);
    if (tree_.is_leaf(*node) && !tree_.holds_blocks(*node)) tree_.remove(*node);
  }
  return fits;
}

// The rows of a block, as far as there is room.
void Prefixes::hold(Node node, const KnownBlock& block) {
  size_t begin = 0;
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (!is_in(block, g)) continue;
    Group& group = groups_[g];
    const int32_t mine = group.pool.free() > 0 ? group.pool.take() : kNoBlock;
    for (const auto& state : group.states) {
      const size_t bytes = bytes_of(group, *state, block);
      const auto rows = std::span(block.rows).subspan(begin, bytes);
      if (mine != kNoBlock) backend_.write(*state, mine * group.slots_each, rows);
      begin += bytes;
    }
    if (mine == kNoBlock) continue;
    group.pool.cache(mine);
    group.pool.release(mine);
    tree_.set_block(node, g, mine);
  }
}

}  // namespace cria::kvcache
