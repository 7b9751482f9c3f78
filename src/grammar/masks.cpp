#include "grammar/masks.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace cria::grammar {
namespace {

constexpr size_t kOfEntry = 200;  // bytes of a map's entry, about

}  // namespace

Masks::Masks(Automaton& automaton, const TokenTrie& trie)
    : automaton_(automaton),
      trie_(trie),
      runs_(automaton),
      path_(size_t{trie.longest()} + 1),
      mask_(trie.words()),
      run_(trie.words()) {}

void Masks::write(SetId id, std::span<uint64_t> mask) {
  id = automaton_.horizon(id, trie_.longest());
  auto found = found_.find(id);
  if (found == found_.end()) {
    found = found_.emplace(id, find(id)).first;
    keep(found->second.memory() + kOfEntry);
  }
  std::ranges::fill(mask, 0);
  found->second.add_to(mask);
}

TokenSet Masks::find(SetId id) {
  std::ranges::fill(mask_, 0);
  using Alike = std::tuple<SetId, uint32_t, uint32_t>;  // parent, loop, count
  std::map<Alike, std::vector<Item>> parts;
  for (const Item& item : automaton_.items(id)) {
    if (item.state == kEndOfText) continue;
    parts[{item.parent, automaton_.loop(item), item.count}].push_back(item);
  }
  for (const auto& [alike, items] : parts) {
    const auto [parent, loop, count] = alike;
    const SetId any_count = automaton_.for_any_count(items);
    add(local(any_count).inside, count);
    const SetId after = automaton_.closed(parent);
    if (after != kFinished) add(outside(any_count, after), count);
  }
  if (automaton_.complete(id)) {
    for (const int32_t end : trie_.ends()) set_bit(mask_, end);
  }
  return TokenSet(mask_);
}

void Masks::add(const Groups& groups, uint32_t count) {
  for (const Group& group : groups) {
    if (automaton_.contains(group.counts, count)) group.tokens.add_to(mask_);
  }
}

void Masks::keep(size_t bytes) {
  memory_ += bytes;
  automaton_.keep(bytes);
}

const Masks::Local& Masks::local(SetId items) {
  auto found = locals_.find(items);
  if (found == locals_.end()) {
    found = locals_.emplace(items, find_local(items)).first;
    keep(kOfEntry + found->second.exits.size() * sizeof(Exit));
  }
  return found->second;
}

Masks::Local Masks::find_local(SetId items) {
  Local local;
  const Run& run = runs_.from(items);
  begin_groups();
  const auto visit = [&](uint32_t index, SetId at) {
    const TokenTrie::Node& node = trie_.nodes()[index];
    if (at == kDead || run.covers(node.kinds, node.longest)) return false;
    add_tokens(node, automaton_.counts(at));
    if (!automaton_.complete(at)) return true;
    const SetId ends = automaton_.counts_of_end(at);
    if (node.end > index + 1) local.exits.push_back({index, ends});
    return ends != at;
  };
  for (const uint32_t root : trie_.roots()) {
    const TokenTrie::Node& all = trie_.nodes()[root];
    if (!run.covers(all.kinds, all.longest)) walk(items, root, visit);
  }
  local.inside = take_groups();
  add_run(run, local.inside);
  return local;
}

// Plain tokens that need not be followed.
void Masks::add_run(const Run& run, Groups& to) {
  std::ranges::fill(run_, 0);
  for (size_t chars = 1; chars <= run.length() && run.counts[chars] != kDead; ++chars) {
    automaton_.spend(trie_.plain(chars).size());
    for (const auto& [token, kinds] : trie_.plain(chars)) {
      if (run.allows(kinds)) set_bit(run_, token);
    }
    if (chars < run.length() && run.counts[chars] == run.counts[chars + 1]) continue;
    to.push_back({run.counts[chars], TokenSet(run_)});
    keep(sizeof(Group) + to.back().tokens.memory());
    std::ranges::fill(run_, 0);
  }
}

const Masks::Groups& Masks::outside(SetId items, SetId after) {
  const std::pair key(items, after);
  auto found = outsides_.find(key);
  if (found == outsides_.end()) {
    found = outsides_.emplace(key, find_outside(local(items), after)).first;
    keep(kOfEntry);
  }
  return found->second;
}

Masks::Groups Masks::find_outside(const Local& local, SetId after) {
  begin_groups();
  for (const Exit& exit : local.exits) {
    walk(after, exit.node, [&](uint32_t node, SetId at) {
      if (at == kDead) return false;
      add_tokens(trie_.nodes()[node], exit.counts);
      return true;
    });
  }
  return take_groups();
}

template <class Visit>
void Masks::walk(SetId from, uint32_t node, Visit visit) {
  const auto nodes = trie_.nodes();
  path_[nodes[node].depth] = from;
  const uint32_t end = nodes[node].end;
  size_t visits = 1;
  for (uint32_t i = node + 1; i < end;) {
    const TokenTrie::Node& next = nodes[i];
    const SetId at = automaton_.step(path_[next.depth - 1u], next.byte);
    path_[next.depth] = at;
    ++visits;
    i = visit(i, at) ? i + 1 : next.end;
  }
  automaton_.spend(visits);  // known steps take time too
}

void Masks::add_tokens(const TokenTrie::Node& node, SetId counts) {
  if (node.count == 0) return;
  const auto tokens = trie_.tokens_at(node);
  auto& to = group(counts);
  to.insert(to.end(), tokens.begin(), tokens.end());
}

std::vector<int32_t>& Masks::group(SetId counts) {
  if (counts >= places_.size()) places_.resize(size_t{counts} + 1);
  uint32_t& place = places_[counts];
  if (place == 0) {
    making_.emplace_back(counts, std::vector<int32_t>());
    place = static_cast<uint32_t>(making_.size());
  }
  return making_[place - 1].second;
}

// The last ones may have been left when a limit was reached.
void Masks::begin_groups() {
  for (const auto& [counts, tokens] : making_) places_[counts] = 0;
  making_.clear();
}

Masks::Groups Masks::take_groups() {
  Groups groups;
  for (auto& [counts, tokens] : making_) {
    groups.push_back({counts, TokenSet(std::move(tokens), trie_.words())});
    keep(sizeof(Group) + groups.back().tokens.memory());
  }
  begin_groups();
  return groups;
}

}  // namespace cria::grammar
