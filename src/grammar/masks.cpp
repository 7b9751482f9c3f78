#include "grammar/masks.h"

#include <algorithm>
#include <map>
#include <utility>

namespace cria::grammar {
namespace {

constexpr size_t kOfEntry = 200;  // bytes of a map's entry, about

}  // namespace

Masks::Masks(Automaton& automaton, const TokenTrie& trie)
    : automaton_(automaton), trie_(trie), path_(size_t{trie.longest()} + 1) {
  for (auto* mask : {&mask_, &inside_, &at_end_}) mask->resize(trie.words());
}

void Masks::write(SetId id, std::span<uint64_t> mask) {
  id = automaton_.horizon(id, trie_.longest());
  auto found = found_.find(id);
  if (found == found_.end()) {
    found = found_.emplace(id, find(id)).first;
    memory_ += found->second.memory() + kOfEntry;
  }
  std::ranges::fill(mask, 0);
  found->second.add_to(mask);
}

TokenSet Masks::find(SetId id) {
  std::ranges::fill(mask_, 0);
  std::map<SetId, std::vector<Item>> by_parent;
  for (const Item& item : automaton_.items(id)) {
    if (item.state != kEndOfText) by_parent[item.parent].push_back(item);
  }
  for (auto& [parent, items] : by_parent) add_local(parent, std::move(items));
  if (automaton_.complete(id)) {
    for (const int32_t end : trie_.ends()) set_bit(mask_, end);
  }
  return TokenSet(mask_);
}

void Masks::add_local(SetId parent, std::vector<Item> items) {
  for (Item& item : items) item.parent = kFinished;
  const Local& local = this->local(automaton_.intern(std::move(items)));
  const SetId after = automaton_.closed(parent);
  local.inside.add_to(mask_);
  local.at_end.add_to(mask_);
  if (after == kFinished) return;
  for (const uint32_t exit : local.exits) {
    walk(after, exit, [&](uint32_t node, SetId at) {
      if (at == kDead) return false;
      add_tokens(trie_.nodes()[node], mask_);
      return true;
    });
  }
}

const Masks::Local& Masks::local(SetId items) {
  auto found = locals_.find(items);
  if (found == locals_.end()) {
    found = locals_.emplace(items, find_local(items)).first;
    const Local& local = found->second;
    memory_ += local.inside.memory() + local.at_end.memory() + kOfEntry +
               local.exits.size() * sizeof(uint32_t);
  }
  return found->second;
}

Masks::Local Masks::find_local(SetId items) {
  Local local;
  std::ranges::fill(inside_, 0);
  std::ranges::fill(at_end_, 0);
  walk(items, 0, [&](uint32_t node, SetId at) {
    if (at == kDead) return false;
    const TokenTrie::Node& here = trie_.nodes()[node];
    if (automaton_.complete(at)) {
      add_tokens(here, at_end_);
      if (here.end > node + 1) local.exits.push_back(node);
    }
    if (at == kFinished) return false;
    add_tokens(here, inside_);
    return true;
  });
  local.inside = TokenSet(inside_);
  local.at_end = TokenSet(at_end_);
  return local;
}

template <class Visit>
void Masks::walk(SetId from, uint32_t node, Visit visit) {
  const auto nodes = trie_.nodes();
  path_[nodes[node].depth] = from;
  const uint32_t end = nodes[node].end;
  for (uint32_t i = node + 1; i < end;) {
    const TokenTrie::Node& next = nodes[i];
    const SetId at = automaton_.step(path_[next.depth - 1u], next.byte);
    path_[next.depth] = at;
    i = visit(i, at) ? i + 1 : next.end;
  }
}

void Masks::add_tokens(const TokenTrie::Node& node, std::span<uint64_t> mask) const {
  for (const int32_t token : trie_.tokens_at(node)) set_bit(mask, token);
}

}  // namespace cria::grammar
