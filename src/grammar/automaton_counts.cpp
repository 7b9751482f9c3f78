// What is the same for many counts of a loop is found out once.
//
// Items of a loop begin with no count, and have one in time that is so much more than whatever it
// was at first. A test of it goes both ways, each under the condition that the count at first was
// within some bounds: these stand in the place of what comes after the rule, as ends of the text
// with `count` and `parent` as the first and the last of them.

#include <algorithm>
#include <utility>

#include "grammar/automaton.h"

namespace cria::grammar {

SetId Automaton::for_any_count(std::vector<Item> items) {
  const SetId all = intern({{kEndOfText, 0, kUnbounded}});
  for (Item& item : items) item = {item.state, loop(item) == 0 ? 0 : kAnyCount, all};
  return intern(std::move(items));
}

void Automaton::test_any(const Item& item, const Loop& loop, std::vector<Item>& to) {
  const uint32_t more = item.count - kAnyCount;
  if (more < loop.max) {
    const uint32_t last = loop.max == kUnbounded ? kUnbounded : loop.max - 1 - more;
    const SetId few = only(item.parent, 0, last);
    if (few != kDead) to.push_back({loop.body, item.count, few});
  }
  const uint32_t first = loop.min > more ? loop.min - more : 0;
  const SetId enough = only(item.parent, first, kUnbounded);
  if (enough != kDead) to.push_back({loop.exit, 0, enough});
}

// Those of the counts that are within bounds; kDead: none.
SetId Automaton::only(SetId counts, uint32_t first, uint32_t last) {
  std::vector<Item> ends;
  for (const Item& end : items(counts)) {
    const uint32_t low = std::max(end.count, first), high = std::min(end.parent, last);
    if (low <= high) ends.push_back({kEndOfText, low, high});
  }
  return intern(std::move(ends));
}

SetId Automaton::counts(SetId id) {
  if (sets_[id].counts == kUnknown) {
    std::vector<Item> ends;
    for (size_t i = 0; i < sets_[id].count; ++i) {
      const Item item = items(id)[i];
      if (item.state == kEndOfText) {
        ends.push_back(item);
        continue;
      }
      const auto of_parent = items(counts(item.parent));
      ends.insert(ends.end(), of_parent.begin(), of_parent.end());
    }
    const SetId counts = unite(std::move(ends));
    sets_[id].counts = counts;
  }
  return sets_[id].counts;
}

SetId Automaton::counts_of_end(SetId id) {
  std::vector<Item> ends(items(id).begin(), items(id).end());
  std::erase_if(ends, [](const Item& item) { return item.state != kEndOfText; });
  return unite(std::move(ends));
}

SetId Automaton::unite(std::vector<Item> ends) {
  std::ranges::sort(ends);
  size_t kept = 0;
  for (const Item& end : ends) {
    if (kept > 0 && end.count <= ends[kept - 1].parent) {
      ends[kept - 1].parent = std::max(ends[kept - 1].parent, end.parent);
    } else {
      ends[kept++] = end;
    }
  }
  ends.resize(kept);
  return intern(std::move(ends));
}

bool Automaton::contains(SetId counts, uint32_t count) const {
  return std::ranges::any_of(
      items(counts), [&](const Item& end) { return end.count <= count && count <= end.parent; });
}

Item Automaton::far_item(const Item& item, uint32_t bytes) {
  Item far{item.state, item.count, item.parent == kDead ? kDead : horizon(item.parent, bytes)};
  if (item.count == 0) return far;
  const Loop& loop = grammar_->loop(grammar_->state(item.state).loop);
  // Each time through takes a byte or more, and one is under way.
  const uint64_t reach = uint64_t{bytes} + 1;
  const bool below_min = item.count + reach < loop.min;
  const bool below_max = loop.max == kUnbounded || item.count + reach < loop.max;
  if (below_min) far.count = 0;
  if (item.count >= loop.min && below_max) far.count = loop.min;
  return far;
}

SetId Automaton::horizon(SetId id, uint32_t bytes) {
  if (!sets_[id].counting) return id;
  if (sets_[id].horizon == kUnknown) {
    std::vector<Item> far;
    for (size_t i = 0; i < sets_[id].count; ++i) {
      far.push_back(far_item(items(id)[i], bytes));
    }
    const SetId horizon = intern(std::move(far));
    sets_[id].horizon = horizon;
  }
  return sets_[id].horizon;
}

}  // namespace cria::grammar
