#pragma once
// The beginnings of sequences whose blocks are kept: a tree over token ids. A node is the tokens of
// one block, or of a part of one in a leaf, and names the block that holds them in each pool.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cria::kvcache {

class PrefixTree {
 public:
  using Node = int32_t;
  static constexpr Node kRoot = 0, kNone = -1;

  // All memory is taken here. A pool is a group of layers that share blocks.
  PrefixTree(int64_t nodes, int64_t block_size, size_t pools);

  struct Match {
    std::vector<Node> whole;  // the nodes whose tokens all begin `ids`, one after the other
    Node partial = kNone;     // after them, a node that shares some of its tokens with the rest
    int64_t partial_tokens = 0;
  };
  Match match(std::span<const int32_t> ids) const;

  Node find(Node parent, std::span<const int32_t> tokens) const;  // the child of just these tokens
  bool covers(Node parent, std::span<const int32_t> tokens) const;  // a child begins with them
  Node add(Node parent, std::span<const int32_t> tokens);  // kNone: there are no more nodes
  void remove(Node leaf);                                  // it holds no blocks

  std::span<const int32_t> tokens(Node node) const;
  Node parent(Node node) const { return at(node).parent; }
  Node first_child(Node node) const { return at(node).first_child; }
  Node next_sibling(Node node) const { return at(node).next_sibling; }
  bool is_leaf(Node node) const { return at(node).first_child == kNone; }
  int64_t nodes() const { return count_; }

  // An open sequence goes on from a pinned node.
  void pin(Node node) { ++at(node).pins; }
  void unpin(Node node) { --at(node).pins; }
  bool is_pinned(Node node) const { return at(node).pins > 0; }

  int32_t block(Node node, size_t pool) const { return at(node, pool).block; }
  bool holds_blocks(Node node) const;
  // A block that comes counts as just used.
  void set_block(Node node, size_t pool, int32_t block);
  void touch(Node node, size_t pool);   // its block was used now
  void demote(Node node, size_t pool);  // its block is of less use than all others
  // Nodes that have a block of this pool, the one that was not used for longest first.
  Node oldest(size_t pool) const { return at(kRoot, pool).newer; }  // kRoot: none
  Node newer(Node node, size_t pool) const { return at(node, pool).newer; }

 private:
  struct Links {
    Node parent = kNone, first_child = kNone, next_sibling = kNone;
    int32_t tokens = 0, pins = 0;
  };
  // A node's place in a pool's list from oldest to newest; the root is both ends.
  struct Place {
    int32_t block = -1;
    Node older = kRoot, newer = kRoot;
  };
  Links& at(Node node) { return links_[static_cast<size_t>(node)]; }
  const Links& at(Node node) const { return links_[static_cast<size_t>(node)]; }
  Place& at(Node node, size_t pool) { return places_[static_cast<size_t>(node) * pools_ + pool]; }
  const Place& at(Node node, size_t pool) const {
    return places_[static_cast<size_t>(node) * pools_ + pool];
  }
  void unlink(Node node, size_t pool);
  void link(Node node, size_t pool, Node after);

  int64_t block_size_, count_ = 0;
  size_t pools_;
  std::vector<Links> links_;
  std::vector<Place> places_;
  std::vector<int32_t> tokens_;  // [nodes][block_size]
  std::vector<Node> free_;
};

}  // namespace cria::kvcache
