#pragma once
// Grammars over the engine's vocabulary, kept for requests that come with the same again.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "grammar/constraint.h"
#include "runner/engine.h"
#include "tokenizer/tokenizer.h"

namespace cria::runner {

class Constraints {
 public:
  // `vocabulary` is how many logits there are.
  Constraints(const tokenizer::Tokenizer& tokenizer, int64_t vocabulary)
      : tokenizer_(tokenizer), vocabulary_(vocabulary) {}

  std::shared_ptr<grammar::Constraint> of(const std::shared_ptr<const grammar::Grammar>& grammar,
                                          const std::optional<Thoughts>& thoughts);

 private:
  // The whole of the text, in bytes where control tokens are marked.
  struct Form {
    std::shared_ptr<const grammar::Grammar> grammar;
    std::optional<Thoughts> thoughts;
    bool operator==(const Form&) const = default;
  };
  struct Known {
    Form form;
    std::shared_ptr<grammar::Constraint> constraint;
  };

  std::shared_ptr<grammar::Constraint> make(const Form& form);

  const tokenizer::Tokenizer& tokenizer_;
  const int64_t vocabulary_;
  std::shared_ptr<const grammar::TokenTrie> trie_;  // made when it is first needed
  std::deque<Known> recent_;                        // the latest first
};

}  // namespace cria::runner
