#pragma once
// What the pools keep of sequences: shares the longest known beginning with a new one, takes over
// the blocks of those that run and end, and gives up what was not used for longest when room is
// needed.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "kvcache/group.h"
#include "kvcache/known_block.h"
#include "kvcache/prefix_tree.h"

namespace cria::kvcache {

class Prefixes {
 public:
  Prefixes(ml::Backend& backend, std::vector<Group>& groups, int64_t block_size);

  // Gives an empty table the blocks of the longest beginning of `ids` that can be gone on from.
  // Returns its length.
  int64_t share(std::span<const int32_t> ids, Table& table);
  // The tree takes whole blocks that have been computed; equal ones that it has replace them.
  void register_blocks(Table& table);
  // And what is left, when the sequence ends.
  void keep_rest(Table& table);
  void touch(const Table& table);  // its blocks were used now
  // A window has moved past a block. Few go on from there, unless it was shared before.
  void passed(const Table& table, size_t group, int64_t index);
  // An open table's last node stays.
  void pin(const Table& table) { tree_.pin(table.node); }
  void unpin(const Table& table) { tree_.unpin(table.node); }
  // The tree counts only the table's first `blocks` as this sequence's.
  void forget_after(Table& table, int64_t blocks);
  // The tree gives up a block of a table, which no other sequence uses, and what is of no use then.
  void detach(const Table& table, size_t group, int64_t index);

  // Evicts until so many blocks of a group are free; Group::available says how many can be.
  void make_room(size_t group, int64_t blocks);

  // As of Cache; in known_blocks.cpp.
  void give_known(const std::function<bool(const KnownBlock&)>& take) const;
  std::optional<size_t> known_bytes(const KnownBlock& block) const;
  bool take_known(const std::function<bool(KnownBlock&)>& next);

 private:
  using Node = PrefixTree::Node;

  static int64_t nodes_for(std::span<const Group> groups);

  int64_t usable(const PrefixTree::Match& match, int64_t length) const;
  int64_t usable(size_t group, const PrefixTree::Match& match, int64_t length) const;
  void use(Table& table, const PrefixTree::Match& match, int64_t length);
  bool register_block(Table& table);
  bool gives(const Table& table, int64_t index) const;
  void give(Table& table, Node node, int64_t index);
  void keep_state(Table& table, Node node);
  void checkpoint(Table& table);
  void drop_beginnings_of(Node node);
  void drop(Node node);
  void drop_block(Node node, size_t group);
  void drop_with_children(Node node);
  void evict(size_t group);
  std::vector<Node> known_nodes() const;
  Node place_of(const KnownBlock& block, std::span<const Node> taken) const;
  void hold(Node node, const KnownBlock& block);

  ml::Backend& backend_;
  std::vector<Group>& groups_;
  int64_t block_size_;
  PrefixTree tree_;
};

}  // namespace cria::kvcache
