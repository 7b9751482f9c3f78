#pragma once
// The tokens that a grammar allows next, kept for each set of items that it may be in.

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "grammar/automaton.h"
#include "grammar/token_set.h"
#include "grammar/token_trie.h"

namespace cria::grammar {

class Masks {
 public:
  Masks(Automaton& automaton, const TokenTrie& trie);

  // The tokens after which a set of items can go on, and the ends if it is complete.
  void write(SetId id, std::span<uint64_t> mask);
  size_t memory() const { return memory_; }  // bytes

 private:
  // What items allow whatever comes after their rule. Where that is complete within a token, the
  // rest of the token belongs to what comes after.
  struct Local {
    TokenSet inside;              // tokens that end within the rule
    TokenSet at_end;              // tokens that may end with it
    std::vector<uint32_t> exits;  // nodes where it may end and more follows
  };

  TokenSet find(SetId id);
  void add_local(SetId parent, std::vector<Item> items);
  const Local& local(SetId items);
  Local find_local(SetId items);
  // Goes through the nodes below one, each with the set that its bytes lead to from `from`, and on
  // below it where `visit` says so.
  template <class Visit>
  void walk(SetId from, uint32_t node, Visit visit);
  void add_tokens(const TokenTrie::Node& node, std::span<uint64_t> mask) const;

  Automaton& automaton_;
  const TokenTrie& trie_;
  std::unordered_map<SetId, TokenSet> found_;
  std::unordered_map<SetId, Local> locals_;
  size_t memory_ = 0;
  std::vector<SetId> path_;  // of a walk: the set at each depth
  std::vector<uint64_t> mask_, inside_, at_end_;
};

}  // namespace cria::grammar
