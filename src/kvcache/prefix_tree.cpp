#include "kvcache/prefix_tree.h"

#include <algorithm>

#include "base/error.h"
#include "kvcache/block_pool.h"

namespace cria::kvcache {
namespace {

int64_t common(std::span<const int32_t> a, std::span<const int32_t> b) {
  const size_t most = std::min(a.size(), b.size());
  size_t n = 0;
  while (n < most && a[n] == b[n]) ++n;
  return static_cast<int64_t>(n);
}

}  // namespace

PrefixTree::PrefixTree(int64_t nodes, int64_t block_size, size_t pools)
    : block_size_(block_size),
      pools_(pools),
      links_(static_cast<size_t>(nodes) + 1),
      places_(links_.size() * pools),
      tokens_(links_.size() * static_cast<size_t>(block_size)) {
  free_.reserve(links_.size());
  for (int64_t node = nodes; node > 0; --node) free_.push_back(static_cast<Node>(node));
}

std::span<const int32_t> PrefixTree::tokens(Node node) const {
  return std::span(tokens_).subspan(static_cast<size_t>(node * block_size_),
                                    static_cast<size_t>(at(node).tokens));
}

PrefixTree::Match PrefixTree::match(std::span<const int32_t> ids) const {
  Match match;
  Node at_node = kRoot;
  for (;;) {
    Node best = kNone;
    int64_t most = 0;
    for (Node child = first_child(at_node); child != kNone; child = next_sibling(child)) {
      const int64_t same = common(tokens(child), ids);
      if (same > most) best = child, most = same;
    }
    if (most < block_size_) {
      match.partial = best;
      match.partial_tokens = most;
      return match;
    }
    match.whole.push_back(best);
    at_node = best;
    ids = ids.subspan(static_cast<size_t>(most));
  }
}

PrefixTree::Node PrefixTree::find(Node parent, std::span<const int32_t> wanted) const {
  Node child = first_child(parent);
  while (child != kNone && !std::ranges::equal(tokens(child), wanted)) child = next_sibling(child);
  return child;
}

bool PrefixTree::covers(Node parent, std::span<const int32_t> wanted) const {
  const auto length = static_cast<int64_t>(wanted.size());
  Node child = first_child(parent);
  while (child != kNone && common(tokens(child), wanted) < length) child = next_sibling(child);
  return child != kNone;
}

PrefixTree::Node PrefixTree::add(Node parent, std::span<const int32_t> tokens) {
  CRIA_CHECK(!tokens.empty() && static_cast<int64_t>(tokens.size()) <= block_size_);
  if (free_.empty()) return kNone;
  const Node node = free_.back();
  free_.pop_back();
  at(node) = {.parent = parent,
              .next_sibling = first_child(parent),
              .tokens = static_cast<int32_t>(tokens.size())};
  at(parent).first_child = node;
  std::ranges::copy(tokens, tokens_.begin() + node * block_size_);
  ++count_;
  return node;
}

void PrefixTree::remove(Node leaf) {
  CRIA_CHECK(leaf != kRoot && is_leaf(leaf) && !is_pinned(leaf) && !holds_blocks(leaf));
  Node* link = &at(parent(leaf)).first_child;
  while (*link != leaf) link = &at(*link).next_sibling;
  *link = next_sibling(leaf);
  free_.push_back(leaf);
  --count_;
}

bool PrefixTree::holds_blocks(Node node) const {
  for (size_t pool = 0; pool < pools_; ++pool) {
    if (block(node, pool) != kNoBlock) return true;
  }
  return false;
}

void PrefixTree::set_block(Node node, size_t pool, int32_t block) {
  Place& place = at(node, pool);
  if (place.block != kNoBlock) unlink(node, pool);
  place.block = block;
  if (block != kNoBlock) link(node, pool, at(kRoot, pool).older);
}

void PrefixTree::touch(Node node, size_t pool) {
  if (block(node, pool) == kNoBlock) return;
  unlink(node, pool);
  link(node, pool, at(kRoot, pool).older);
}

void PrefixTree::demote(Node node, size_t pool) {
  if (block(node, pool) == kNoBlock) return;
  unlink(node, pool);
  link(node, pool, kRoot);
}

void PrefixTree::unlink(Node node, size_t pool) {
  const Place& place = at(node, pool);
  at(place.older, pool).newer = place.newer;
  at(place.newer, pool).older = place.older;
}

// As the next newer one after another.
void PrefixTree::link(Node node, size_t pool, Node after) {
  Place& place = at(node, pool);
  place.older = after;
  place.newer = at(after, pool).newer;
  at(place.older, pool).newer = node;
  at(place.newer, pool).older = node;
}

}  // namespace cria::kvcache
