#pragma once
// The tokens that a grammar allows next, kept for each set of items that it may be in.

#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "grammar/automaton.h"
#include "grammar/runs.h"
#include "grammar/token_set.h"
#include "grammar/token_trie.h"

namespace cria::grammar {

class Masks {
 public:
  Masks(Automaton& automaton, const TokenTrie& trie);

  // The tokens after which a set of items can go on, and the ends if it is complete.
  void write(SetId id, std::span<uint64_t> mask);
  size_t memory() const { return memory_ + runs_.memory(); }  // bytes

 private:
  // Tokens by the counts for which they are allowed.
  struct Group {
    SetId counts;
    TokenSet tokens;
  };
  using Groups = std::vector<Group>;
  // What items of one loop allow for any count of it, and whatever comes after their rule. Where
  // that is complete within a token, the rest of the token belongs to what comes after.
  struct Exit {
    uint32_t node;
    SetId counts;
  };
  struct Local {
    Groups inside;
    std::vector<Exit> exits;
  };

  TokenSet find(SetId id);
  const Local& local(SetId items);
  Local find_local(SetId items);
  const Groups& outside(SetId items, SetId after);
  Groups find_outside(const Local& local, SetId after);
  void add(const Groups& groups, uint32_t count);

  // Goes through the nodes below one, each with the set that its bytes lead to from `from`, and on
  // below it where `visit` says so.
  template <class Visit>
  void walk(SetId from, uint32_t node, Visit visit);
  void add_run(const Run& run, Groups& to);
  void keep(size_t bytes);

  // Groups in the making.
  void begin_groups();
  std::vector<int32_t>& group(SetId counts);
  void add_tokens(const TokenTrie::Node& node, SetId counts);
  Groups take_groups();

  Automaton& automaton_;
  const TokenTrie& trie_;
  Runs runs_;
  std::unordered_map<SetId, TokenSet> found_;
  std::unordered_map<SetId, Local> locals_;
  std::map<std::pair<SetId, SetId>, Groups> outsides_;
  size_t memory_ = 0;
  std::vector<SetId> path_;  // of a walk: the set at each depth
  std::vector<uint64_t> mask_, run_;
  std::vector<std::pair<SetId, std::vector<int32_t>>> making_;
  std::vector<uint32_t> places_;  // in making_, by counts; 0: none
};

}  // namespace cria::grammar
