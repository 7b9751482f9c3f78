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
  // Any items, in any order.
  SetId intern(std::vector<Item> items);
  // A set of another automaton of the same grammar.
  SetId import(const Automaton& other, SetId id);

  size_t memory() const;  // bytes
  // Steps that were not known yet are work: more than allowed is an error, Unsupported.
  void allow(size_t work) { work_ = work; }

 private:
  struct Set {
    size_t first = 0;
    uint32_t count = 0;
    uint32_t depth = 0;  // of parents below each other
    size_t steps = 0;    // where they begin in steps_; 0: none is known
    SetId closed = kUnknown;
    SetId horizon = kUnknown;
    bool complete = false;
    bool counts = false;  // it, or a parent, holds a count
  };
  static constexpr SetId kUnknown = UINT32_MAX;

  SetId find_step(SetId from, uint8_t byte);
  SetId close(std::vector<Item> items);
  void expand(const Item& item, std::vector<Item>& to);
  SetId join(SetId a, SetId b);
  void spend();
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
  size_t work_ = SIZE_MAX;
  // Of close(): kept, so that it allocates seldom.
  std::vector<Item> pending_, reached_;
  std::unordered_set<Item, ItemHash> seen_;
};

}  // namespace cria::grammar
