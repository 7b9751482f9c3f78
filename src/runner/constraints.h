#pragma once
// Grammars over the engine's vocabulary, kept for requests that come with the same again.

#include <cstdint>
#include <deque>
#include <memory>

#include "grammar/constraint.h"
#include "tokenizer/tokenizer.h"

namespace cria::runner {

class Constraints {
 public:
  // `vocabulary` is how many logits there are.
  Constraints(const tokenizer::Tokenizer& tokenizer, int64_t vocabulary)
      : tokenizer_(tokenizer), vocabulary_(vocabulary) {}

  std::shared_ptr<grammar::Constraint> of(const std::shared_ptr<const grammar::Grammar>& grammar);

 private:
  const tokenizer::Tokenizer& tokenizer_;
  const int64_t vocabulary_;
  std::shared_ptr<const grammar::TokenTrie> trie_;           // made when it is first needed
  std::deque<std::shared_ptr<grammar::Constraint>> recent_;  // the latest first
};

}  // namespace cria::runner
