#pragma once
// A grammar over a vocabulary, with what is known of it by now: which states follow which, and the
// tokens that each allows. Shared by the matchers of any number of texts, in any threads.

#include <memory>
#include <mutex>

#include "grammar/automaton.h"
#include "grammar/limits.h"
#include "grammar/masks.h"
#include "grammar/token_trie.h"

namespace cria::grammar {

class Constraint {
 public:
  Constraint(std::shared_ptr<const Grammar> grammar, std::shared_ptr<const TokenTrie> trie,
             const MatchLimits& limits = {});

  const TokenTrie& trie() const { return *trie_; }
  const std::shared_ptr<const Grammar>& grammar() const { return grammar_; }

 private:
  friend class Matcher;

  // What was found out since memory was last full; matchers take their state along.
  struct Knowledge {
    Knowledge(const std::shared_ptr<const Grammar>& grammar, const TokenTrie& trie)
        : automaton(grammar), masks(automaton, trie) {}
    void allow(const MatchLimits& limits) { automaton.allow(limits.work, limits.growth); }
    size_t memory() const { return automaton.memory() + masks.memory(); }
    Automaton automaton;
    Masks masks;
  };

  const std::shared_ptr<const Grammar> grammar_;
  const std::shared_ptr<const TokenTrie> trie_;
  const MatchLimits limits_;
  std::mutex mutex_;
  std::shared_ptr<Knowledge> knowledge_;  // guarded by mutex_, with all that it holds
};

}  // namespace cria::grammar
