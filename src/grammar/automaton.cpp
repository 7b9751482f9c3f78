#include "grammar/automaton.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"

namespace cria::grammar {
namespace {

constexpr size_t kOfHashes = 48;       // bytes of a node and its bucket
constexpr uint32_t kMostDepth = 4000;  // of parents: they are gone through within each other

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

uint64_t hash_of(uint64_t hash, const Item& item) {
  return mix(mix(hash, uint64_t{item.state} << 32 | item.count), item.parent);
}

}  // namespace

size_t Automaton::ItemHash::operator()(const Item& item) const { return hash_of(0, item); }

size_t Automaton::Hash::operator()(SetId id) const {
  uint64_t hash = 0;
  for (const Item& item : owner->items(id)) hash = hash_of(hash, item);
  return hash;
}

bool Automaton::Equal::operator()(SetId a, SetId b) const {
  return std::ranges::equal(owner->items(a), owner->items(b));
}

Automaton::Automaton(std::shared_ptr<const Grammar> grammar)
    : grammar_(std::move(grammar)), steps_(1), ids_(0, Hash{this}, Equal{this}) {
  CRIA_CHECK(intern({}) == kDead);
  CRIA_CHECK(intern({{.state = kEndOfText}}) == kFinished);
}

SetId Automaton::start() {
  return close({{.state = grammar_->start(grammar_->root()), .parent = kFinished}});
}

SetId Automaton::intern(std::vector<Item> items) {
  // Items of the same state differ only in what comes after their rule: any of it. Ends of the text
  // are different counts.
  std::ranges::sort(items);
  size_t kept = 0;
  for (const Item& item : items) {
    Item* last = kept > 0 ? &items[kept - 1] : nullptr;
    if (!last || last->state != item.state || last->count != item.count) {
      items[kept++] = item;
    } else if (item.state == kEndOfText) {
      last->parent = std::max(last->parent, item.parent);
    } else {
      last->parent = join(last->parent, item.parent);
    }
  }
  items.resize(kept);

  const auto id = static_cast<SetId>(sets_.size());
  Set set{.first = items_.size(), .count = static_cast<uint32_t>(kept)};
  for (const Item& item : items) {
    if (item.state == kEndOfText) {
      set.complete = true;
      continue;
    }
    set.depth = std::max(set.depth, sets_[item.parent].depth + 1);
    set.counting = set.counting || item.count > 0 || sets_[item.parent].counting;
  }
  if (set.depth > kMostDepth) {
    fail(Error::Code::kUnsupported, "grammar: more than ", kMostDepth, " rules within each other");
  }
  items_.insert(items_.end(), items.begin(), items.end());
  sets_.push_back(set);
  const auto [found, is_new] = ids_.insert(id);
  if (is_new) {
    keep(sizeof(Set) + kOfHashes + kept * sizeof(Item));
    return id;
  }
  items_.resize(set.first);
  sets_.pop_back();
  return *found;
}

// Parents are older than what they are parents of, and not too many, so this ends.
SetId Automaton::join(SetId a, SetId b) {
  if (a == b) return a;
  if (a > b) std::swap(a, b);
  const uint64_t pair = uint64_t{a} << 32 | b;
  if (const auto found = joined_.find(pair); found != joined_.end()) return found->second;
  std::vector<Item> items(this->items(a).begin(), this->items(a).end());
  for (const Item& item : this->items(b)) {
    spend();
    items.push_back(item);
  }
  const SetId joined = intern(std::move(items));
  keep(kOfHashes);
  joined_.emplace(pair, joined);
  return joined;
}

void Automaton::too_many_ways() {
  fail(Error::Code::kUnsupported,
       "grammar: too many ways to read the text, expected a less ambiguous grammar");
}

SetId Automaton::find_step(SetId from, uint8_t byte) {
  std::vector<Item> next;
  uint8_t first = 0, last = UINT8_MAX;  // bytes around it that take the same edges
  for (const Item& item : items(from)) {
    for (const Edge& edge : grammar_->edges(grammar_->state(item.state))) {
      spend();
      if (edge.last < byte) {
        first = std::max<uint8_t>(first, edge.last + 1);
      } else if (edge.first > byte) {
        last = std::min<uint8_t>(last, edge.first - 1);
      } else {
        first = std::max(first, edge.first);
        last = std::min(last, edge.last);
        next.push_back({edge.target, item.count, item.parent});
      }
    }
  }
  const SetId to = close(std::move(next));
  if (sets_[from].steps == 0) {
    keep(grammar_->classes() * sizeof(SetId));
    sets_[from].steps = steps_.size();
    steps_.resize(steps_.size() + grammar_->classes(), kUnknown);
  }
  const auto steps = std::span(steps_).subspan(sets_[from].steps, grammar_->classes());
  std::fill(&steps[grammar_->class_of(first)], &steps[grammar_->class_of(last)] + 1, to);
  return to;
}

SetId Automaton::closed(SetId parent) {
  if (sets_[parent].closed == kUnknown) {
    const auto from = items(parent);
    const SetId closed = close({from.begin(), from.end()});
    sets_[parent].closed = closed;
  }
  return sets_[parent].closed;
}

// All that is reached without a byte: the states with edges, and the end of the text.
SetId Automaton::close(std::vector<Item> items) {
  pending_ = std::move(items);
  reached_.clear();
  seen_.clear();
  while (!pending_.empty()) {
    const Item item = pending_.back();
    pending_.pop_back();
    spend();
    const bool stays =
        item.state == kEndOfText || grammar_->state(item.state).kind == State::Kind::kBytes;
    if (stays) {
      reached_.push_back(item);
    } else if (seen_.insert(item).second) {
      expand(item, pending_);
    }
  }
  return intern(reached_);
}

void Automaton::expand(const Item& item, std::vector<Item>& to) {
  const State& state = grammar_->state(item.state);
  switch (state.kind) {
    case State::Kind::kEnd: {
      const auto parents = items(item.parent);
      to.insert(to.end(), parents.begin(), parents.end());
      return;
    }
    case State::Kind::kSplit:
      for (const StateId target : grammar_->targets(state)) {
        to.push_back({target, item.count, item.parent});
      }
      return;
    case State::Kind::kCall: {
      // A call at the end of a rule leaves nothing to come back to.
      const bool last = state.count == kEndOfRule;
      const SetId parent = last ? item.parent : intern({{state.count, item.count, item.parent}});
      to.push_back({grammar_->start(state.first), 0, parent});
      return;
    }
    case State::Kind::kCount: {
      const Loop& loop = grammar_->loop(state.first);
      const uint32_t any = item.count & kAnyCount, counted = (item.count - any) + 1;
      const uint32_t count = loop.max == kUnbounded ? std::min(counted, loop.min) : counted;
      to.push_back({loop.test, any + count, item.parent});
      return;
    }
    case State::Kind::kTest: {
      const Loop& loop = grammar_->loop(state.first);
      if (item.count & kAnyCount) return test_any(item, loop, to);
      if (item.count < loop.max) to.push_back({loop.body, item.count, item.parent});
      if (item.count >= loop.min) to.push_back({loop.exit, 0, item.parent});
      return;
    }
    default:
      return;
  }
}

SetId Automaton::import(const Automaton& other, SetId id) {
  // The sets that it is made of, the oldest first.
  std::vector<SetId> needed{id};
  std::unordered_set<SetId> seen{id};
  for (size_t i = 0; i < needed.size(); ++i) {
    for (const Item& item : other.items(needed[i])) {
      if (seen.insert(item.parent).second) needed.push_back(item.parent);
    }
  }
  std::ranges::sort(needed);
  std::unordered_map<SetId, SetId> imported;
  for (const SetId old : needed) {
    std::vector<Item> items(other.items(old).begin(), other.items(old).end());
    for (Item& item : items) item.parent = imported.at(item.parent);
    imported[old] = intern(std::move(items));
  }
  return imported.at(id);
}

size_t Automaton::memory() const {
  return items_.size() * sizeof(Item) + sets_.size() * (sizeof(Set) + kOfHashes) +
         steps_.size() * sizeof(SetId) + joined_.size() * kOfHashes;
}

}  // namespace cria::grammar
