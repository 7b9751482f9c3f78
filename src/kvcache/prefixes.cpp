#include "kvcache/prefixes.h"

#include <algorithm>

#include "base/error.h"

namespace cria::kvcache {
namespace {

// Recurrent states are saved every so many blocks of a prompt.
constexpr int64_t kCheckpointBlocks = 8;

}  // namespace

// Every node has a block, as long as there is a full layer.
int64_t Prefixes::nodes_for(std::span<const Group> groups) {
  int64_t most = 1;
  for (const Group& group : groups) most = std::max(most, group.pool.size());
  return most;
}

Prefixes::Prefixes(ml::Backend& backend, std::vector<Group>& groups, int64_t block_size)
    : backend_(backend),
      groups_(groups),
      block_size_(block_size),
      tree_(nodes_for(groups), block_size, groups.size()) {}

int64_t Prefixes::share(std::span<const int32_t> ids, Table& table) {
  const PrefixTree::Match match = tree_.match(ids);
  const auto whole = static_cast<int64_t>(match.whole.size());
  const int64_t length = usable(match, whole * block_size_ + match.partial_tokens);
  use(table, match, length);
  table.tokens.assign(ids.begin(), ids.begin() + length);
  table.length = table.computed = length;
  touch(table);
  return length;
}

// A group may only be able to go on from an earlier token, and then the others have to as well.
int64_t Prefixes::usable(const PrefixTree::Match& match, int64_t length) const {
  int64_t before;
  do {
    before = length;
    for (size_t g = 0; g < groups_.size(); ++g) length = usable(g, match, length);
  } while (length < before);
  return length;
}

int64_t Prefixes::usable(size_t group, const PrefixTree::Match& match, int64_t length) const {
  const auto node = [&](int64_t index) {
    const auto i = static_cast<size_t>(index);
    return i < match.whole.size() ? match.whole[i] : match.partial;
  };
  const Group& g = groups_[group];
  if (g.kind == LayerKind::kRecurrent) {
    // A state is of one moment: the end of a node.
    for (int64_t end = length; end > 0; end = (end - 1) / block_size_ * block_size_) {
      const Node last = node((end - 1) / block_size_);
      const int64_t tokens = (end - 1) % block_size_ + 1;
      if (static_cast<int64_t>(tree_.tokens(last).size()) == tokens &&
          tree_.block(last, group) != kNoBlock) {
        return end;
      }
    }
    return 0;
  }
  if (!g.paged() || length == 0) return length;
  for (int64_t i = (length - 1) / block_size_; i >= g.first_seen(length) / block_size_; --i) {
    if (tree_.block(node(i), group) == kNoBlock) return i * block_size_;
  }
  return length;
}

void Prefixes::use(Table& table, const PrefixTree::Match& match, int64_t length) {
  const int64_t whole = length / block_size_, all = (length + block_size_ - 1) / block_size_;
  const auto node = [&](int64_t index) {
    const auto i = static_cast<size_t>(index);
    return i < match.whole.size() ? match.whole[i] : match.partial;
  };
  for (size_t g = 0; g < groups_.size(); ++g) {
    Blocks& blocks = table.blocks[g];
    if (groups_[g].kind == LayerKind::kRecurrent && length > 0) {
      blocks.list[0] = tree_.block(node((length - 1) / block_size_), g);
      groups_[g].pool.use(blocks.list[0]);
    }
    if (!groups_[g].paged()) continue;
    blocks.first = std::min(groups_[g].first_seen(length) / block_size_, all);
    blocks.list.assign(static_cast<size_t>(blocks.first), kNoBlock);
    for (int64_t i = blocks.first; i < all; ++i) {
      blocks.list.push_back(tree_.block(node(i), g));
      groups_[g].pool.use(blocks.list.back());
      tree_.touch(node(i), g);
    }
  }
  table.shared = table.registered = whole;
  table.node = whole > 0 ? node(whole - 1) : PrefixTree::kRoot;
  tree_.pin(table.node);
}

// The root side last, so that leaves are always older than what they follow from; but a window's
// end is what a sequence goes on from.
void Prefixes::touch(const Table& table) {
  Node node = table.node;
  for (int64_t i = table.registered; i-- > 0; node = tree_.parent(node)) {
    for (size_t g = 0; g < groups_.size(); ++g) {
      const Blocks& blocks = table.blocks[g];
      const bool used = groups_[g].kind != LayerKind::kWindow || i >= blocks.first;
      if (used) tree_.touch(node, g);
    }
  }
}

void Prefixes::passed(const Table& table, size_t group, int64_t index) {
  if (index < table.shared || index >= table.registered) return;
  Node node = table.node;
  for (int64_t i = table.registered - 1; i > index; --i) node = tree_.parent(node);
  tree_.demote(node, group);
}

void Prefixes::register_blocks(Table& table) {
  while (table.cacheable && (table.registered + 1) * block_size_ <= table.computed) {
    table.cacheable = register_block(table);
  }
  if (table.cacheable) checkpoint(table);
}

// False: the tree has no more nodes. That happens only without full layers, where a sequence can be
// much longer than what is kept of it.
bool Prefixes::register_block(Table& table) {
  const int64_t index = table.registered;
  const auto tokens =
      std::span(table.tokens)
          .subspan(static_cast<size_t>(index * block_size_), static_cast<size_t>(block_size_));
  Node node = tree_.find(table.node, tokens);
  if (node == PrefixTree::kNone) node = tree_.add(table.node, tokens);
  if (node == PrefixTree::kNone) return false;
  give(table, node, index);
  drop_beginnings_of(node);
  tree_.pin(node);
  tree_.unpin(table.node);
  table.node = node;
  ++table.registered;
  return true;
}

// Two sequences that computed the same tokens hold the same bytes: one copy will do.
void Prefixes::give(Table& table, Node node, int64_t index) {
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (!groups_[g].paged()) continue;
    BlockPool& pool = groups_[g].pool;
    int32_t& mine = table.blocks[g].list[static_cast<size_t>(index)];
    const int32_t theirs = tree_.block(node, g);
    if (mine == kNoBlock || mine == theirs) continue;
    if (theirs == kNoBlock) {
      pool.cache(mine);
      tree_.set_block(node, g, mine);
    } else {
      pool.use(theirs);
      pool.release(mine);
      mine = theirs;
    }
  }
}

// Whether the blocks at the end of a table are this sequence's alone to give.
bool Prefixes::gives(const Table& table, int64_t index) const {
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (!groups_[g].paged()) continue;
    if (!groups_[g].pool.is_exclusive(table.blocks[g].list[static_cast<size_t>(index)]))
      return false;
  }
  return true;
}

void Prefixes::keep_rest(Table& table) {
  if (!table.cacheable) return;
  const auto rest = std::span(table.tokens)
                        .first(static_cast<size_t>(table.computed))
                        .subspan(static_cast<size_t>(table.registered * block_size_));
  if (rest.empty()) return keep_state(table, table.node);
  Node node = tree_.find(table.node, rest);
  if (node != PrefixTree::kNone) return keep_state(table, node);
  const bool states = std::ranges::any_of(
      groups_, [](const Group& group) { return group.kind == LayerKind::kRecurrent; });
  if ((!states && tree_.covers(table.node, rest)) || !gives(table, table.registered)) return;
  node = tree_.add(table.node, rest);
  if (node == PrefixTree::kNone) return;
  give(table, node, table.registered);
  drop_beginnings_of(node);
  keep_state(table, node);
}

// A recurrent state that nobody else holds becomes the checkpoint at this node's end.
void Prefixes::keep_state(Table& table, Node node) {
  for (size_t g = 0; g < groups_.size() && node != PrefixTree::kRoot; ++g) {
    if (groups_[g].kind != LayerKind::kRecurrent || tree_.block(node, g) != kNoBlock) continue;
    const int32_t state = table.blocks[g].list[0];
    if (state == kZeroState || !groups_[g].pool.is_exclusive(state)) continue;
    groups_[g].pool.cache(state);
    tree_.set_block(node, g, state);
  }
}

// While a sequence runs, its state is copied where a pass ended with a whole block.
void Prefixes::checkpoint(Table& table) {
  const bool due = table.registered > 0 && table.registered % kCheckpointBlocks == 0 &&
                   table.registered * block_size_ == table.computed;
  for (size_t g = 0; due && g < groups_.size(); ++g) {
    Group& group = groups_[g];
    if (group.kind != LayerKind::kRecurrent || tree_.block(table.node, g) != kNoBlock) continue;
    if (group.available() == 0) continue;
    make_room(g, 1);
    const int32_t saved = group.pool.take();
    group.copy(backend_, table.blocks[g].list[0], saved);
    group.pool.cache(saved);
    group.pool.release(saved);
    tree_.set_block(table.node, g, saved);
  }
}

// Whoever finds a part of a block finds it in the longer one as well.
void Prefixes::drop_beginnings_of(Node node) {
  const auto tokens = tree_.tokens(node);
  const auto has_state = [&](Node sibling) {
    for (size_t g = 0; g < groups_.size(); ++g) {
      if (groups_[g].kind == LayerKind::kRecurrent && tree_.block(sibling, g) != kNoBlock) {
        return true;
      }
    }
    return false;
  };
  Node sibling = tree_.first_child(tree_.parent(node));
  while (sibling != PrefixTree::kNone) {
    const Node next = tree_.next_sibling(sibling);
    const auto theirs = tree_.tokens(sibling);
    const bool begins =
        theirs.size() < tokens.size() && std::ranges::equal(theirs, tokens.first(theirs.size()));
    if (begins && !has_state(sibling)) drop(sibling);
    sibling = next;
  }
}

void Prefixes::forget_after(Table& table, int64_t blocks) {
  if (blocks >= table.registered) return;
  tree_.unpin(table.node);
  for (; table.registered > blocks; --table.registered) table.node = tree_.parent(table.node);
  tree_.pin(table.node);
}

void Prefixes::detach(const Table& table, size_t group, int64_t index) {
  const int32_t block = table.blocks[group].list[static_cast<size_t>(index)];
  Node node = tree_.oldest(group);
  while (node != PrefixTree::kRoot && tree_.block(node, group) != block) {
    node = tree_.newer(node, group);
  }
  CRIA_CHECK(node != PrefixTree::kRoot);
  // Whoever goes on from a node uses its block of a full layer, but may be past that of a window.
  groups_[group].kind == LayerKind::kFull ? drop_with_children(node) : drop_block(node, group);
}

void Prefixes::drop_with_children(Node node) {
  for (Node leaf = PrefixTree::kNone; leaf != node;) {
    leaf = node;
    while (!tree_.is_leaf(leaf)) leaf = tree_.first_child(leaf);
    drop(leaf);
  }
}

void Prefixes::drop(Node node) {
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (tree_.block(node, g) == kNoBlock) continue;
    groups_[g].pool.uncache(tree_.block(node, g));
    tree_.set_block(node, g, kNoBlock);
  }
  tree_.remove(node);
}

void Prefixes::make_room(size_t group, int64_t blocks) {
  while (groups_[group].pool.free() < blocks) evict(group);
}

// A full layer's blocks go leaf by leaf, and their nodes with them. A window's blocks and states
// are of use without those before them.
void Prefixes::evict(size_t group) {
  const Group& g = groups_[group];
  const auto can_go = [&](Node node) {
    if (g.pool.users(tree_.block(node, group)) > 0) return false;
    return g.kind != LayerKind::kFull || (tree_.is_leaf(node) && !tree_.is_pinned(node));
  };
  Node node = tree_.oldest(group);
  while (node != PrefixTree::kRoot && !can_go(node)) node = tree_.newer(node, group);
  CRIA_CHECK(node != PrefixTree::kRoot);
  g.kind == LayerKind::kFull ? drop(node) : drop_block(node, group);
}

// Nodes that hold nothing any more go too, from the leaf up.
void Prefixes::drop_block(Node node, size_t group) {
  groups_[group].pool.uncache(tree_.block(node, group));
  tree_.set_block(node, group, kNoBlock);
  while (node != PrefixTree::kRoot && tree_.is_leaf(node) && !tree_.is_pinned(node) &&
         !tree_.holds_blocks(node)) {
    const Node parent = tree_.parent(node);
    tree_.remove(node);
    node = parent;
  }
}

}  // namespace cria::kvcache
