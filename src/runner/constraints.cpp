#include "runner/constraints.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cria::runner {
namespace {

constexpr size_t kMostRecent = 8;

// Logits may be more than tokens: rows of the model that stand for nothing.
std::shared_ptr<const grammar::TokenTrie> trie_of(const tokenizer::Tokenizer& tokenizer,
                                                  int64_t vocabulary) {
  std::vector<std::string> tokens(static_cast<size_t>(vocabulary));
  const size_t known = std::min(tokens.size(), tokenizer.vocabulary().tokens.size());
  for (size_t id = 0; id < known; ++id) {
    tokens[id] = tokenizer.piece(static_cast<tokenizer::Id>(id));
  }
  std::vector<int32_t> ends = tokenizer.vocabulary().end_of_generation;
  std::erase_if(ends, [&](int32_t id) { return id >= vocabulary; });
  return std::make_shared<grammar::TokenTrie>(std::move(tokens), std::move(ends));
}

}  // namespace

std::shared_ptr<grammar::Constraint> Constraints::of(
    const std::shared_ptr<const grammar::Grammar>& grammar) {
  const auto found = std::find_if(recent_.begin(), recent_.end(), [&](const auto& constraint) {
    return constraint->grammar() == grammar;
  });
  std::shared_ptr<grammar::Constraint> constraint;
  if (found != recent_.end()) {
    constraint = *found;
    recent_.erase(found);
  } else {
    if (!trie_) trie_ = trie_of(tokenizer_, vocabulary_);
    constraint = std::make_shared<grammar::Constraint>(grammar, trie_);
  }
  recent_.push_front(constraint);
  if (recent_.size() > kMostRecent) recent_.pop_back();
  return constraint;
}

}  // namespace cria::runner
