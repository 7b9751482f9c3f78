#pragma once
// Runs a grammar over bytes. What may come next is a set of items, each a state of a rule with the
// set of items to go on with when that rule is complete; equal sets have equal ids, so what is
// known of one (the steps from it, the tokens that it allows) is found again wherever it recurs.

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "grammar/grammar.h"

namespace cria::grammar {

using SetId = uint32_t;

// Nothing fits any more, and everything is complete.
constexpr SetId kDead = 0, kFinished = 1;

// A count that is so much more than any, as items of a rule may have it whose loop began before
// what is looked at (automaton_counts.cpp).
constexpr uint32_t kAnyCount = uint32_t{1} << 31;

struct Item {
  StateId state = 0;
  uint32_t count = 0;  // of the loop that the state is in
  SetId parent = kDead;
  auto operator<=>(const Item&) const = default;
};

class Automaton {
 public:
  explicit Automaton(std::shared_ptr<const Grammar> grammar);

  SetId start();
  // What may come after one byte more.
  SetId step(SetId from, uint8_t byte) {
    const size_t steps = sets_[from].steps;
    if (steps != 0) {
      const SetId known = steps_[steps + grammar_->class_of(byte)];
      if (known != kUnknown) return known;
    }
    return find_step(from, byte);
  }
  // What a set of items that follow a rule may go on with.
  SetId closed(SetId parent);

  // Whether the text may end here.
  bool complete(SetId id) const { return sets_[id].complete; }
  uint32_t depth(SetId id) const { return sets_[id].depth; }
  std::span<const Item> items(SetId id) const {
    return std::span(items_).subspan(sets_[id].first, sets_[id].count);
  }

  // The set that can not be told from this one within so many bytes more: loops that are far from
  // their bounds are as others that are.
  SetId horizon(SetId id, uint32_t bytes);

  // The loop that an item is in; 0: none.
  uint32_t loop(const Item& item) const { return grammar_->state(item.state).loop; }
  // Items of one rule that are in the same loop, if any, for any count of it, and whatever comes
  // after the rule. Of the sets that are reached from there,
  SetId for_any_count(std::vector<Item> items);
  // these are the counts for which anything fits, and those for which the rule may be complete;
  SetId counts(SetId id);
  SetId counts_of_end(SetId id);
  bool contains(SetId counts, uint32_t count) const;
  // Any items, in any order.
  SetId intern(std::vector<Item> items);
  // A set of another automaton of the same grammar.
  SetId import(const Automaton& other, SetId id);

  size_t memory() const;  // bytes
  // From here on, steps that were not known yet are work, and so is what others spend; bytes are
  // what is kept for later, here and by others. More than allowed is an error, Unsupported.
  void allow(size_t work, size_t bytes) {
    work_ = work;
    bytes_ = bytes;
  }
  void spend(size_t work = 1) {
    if (work > work_) too_many_ways();
    work_ -= work;
  }
  void keep(size_t bytes) {
    if (bytes > bytes_) too_many_ways();
    bytes_ -= bytes;
  }
  size_t work_left() const { return work_; }

 private:
  struct Set {
    size_t first = 0;
    uint32_t count = 0;
    uint32_t depth = 0;  // of parents below each other
    size_t steps = 0;    // where they begin in steps_; 0: none is known
    SetId closed = kUnknown;
    SetId horizon = kUnknown;
    SetId counts = kUnknown;
    bool complete = false;
    bool counting = false;  // it, or a parent, holds a count
  };
  static constexpr SetId kUnknown = UINT32_MAX;

  SetId find_step(SetId from, uint8_t byte);
  SetId close(std::vector<Item> items);
  void expand(const Item& item, std::vector<Item>& to);
  void test_any(const Item& item, const Loop& loop, std::vector<Item>& to);
  SetId only(SetId counts, uint32_t first, uint32_t last);
  SetId unite(std::vector<Item> ends);
  SetId join(SetId a, SetId b);
  [[noreturn]] static void too_many_ways();
  Item far_item(const Item& item, uint32_t bytes);

  struct Hash {
    const Automaton* owner;
    size_t operator()(SetId id) const;
  };
  struct Equal {
    const Automaton* owner;
    bool operator()(SetId a, SetId b) const;
  };
  struct ItemHash {
    size_t operator()(const Item& item) const;
  };

  const std::shared_ptr<const Grammar> grammar_;
  std::vector<Item> items_;
  std::vector<Set> sets_;
  std::vector<SetId> steps_;
  std::unordered_set<SetId, Hash, Equal> ids_;
  std::unordered_map<uint64_t, SetId> joined_;
  size_t work_ = SIZE_MAX, bytes_ = SIZE_MAX;
  // Of close(): kept, so that it allocates seldom.
  std::vector<Item> pending_, reached_;
  std::unordered_set<Item, ItemHash> seen_;
};

}  // namespace cria::grammar
