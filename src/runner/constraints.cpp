#include "runner/constraints.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "grammar/compose.h"
#include "runner/control_tokens.h"

namespace cria::runner {
namespace {

constexpr size_t kMostRecent = 8;

// Logits may be more than tokens: rows of the model that stand for nothing.
std::shared_ptr<const grammar::TokenTrie> trie_of(const tokenizer::Tokenizer& tokenizer,
                                                  int64_t vocabulary) {
  std::vector<std::string> tokens(static_cast<size_t>(vocabulary));
  const size_t known = std::min(tokens.size(), tokenizer.vocabulary().tokens.size());
  for (size_t id = 0; id < known; ++id) {
    const auto token = static_cast<tokenizer::Id>(id);
    tokens[id] = is_control(tokenizer, id)
                     ? grammar::ControlTokens::bytes(tokenizer.piece(token, true))
                     : tokenizer.piece(token);
  }
  std::vector<int32_t> ends = tokenizer.vocabulary().end_of_generation;
  std::erase_if(ends, [&](int32_t id) { return id >= vocabulary; });
  return std::make_shared<grammar::TokenTrie>(std::move(tokens), std::move(ends));
}

}  // namespace

std::shared_ptr<grammar::Constraint> Constraints::of(
    const std::shared_ptr<const grammar::Grammar>& grammar,
    const std::optional<Thoughts>& thoughts) {
  Form form{grammar, thoughts};
  const auto found = std::ranges::find(recent_, form, &Known::form);
  Known known;
  if (found != recent_.end()) {
    known = *found;
    recent_.erase(found);
  } else {
    known = {form, make(form)};
  }
  recent_.push_front(known);
  if (recent_.size() > kMostRecent) recent_.pop_back();
  return known.constraint;
}

std::shared_ptr<grammar::Constraint> Constraints::make(const Form& form) {
  if (!trie_) trie_ = trie_of(tokenizer_, vocabulary_);
  if (!form.thoughts) return std::make_shared<grammar::Constraint>(form.grammar, trie_);
  const grammar::ControlTokens tokens = control_tokens(tokenizer_);
  const grammar::Until thoughts{tokens.mark(form.thoughts->end)};
  std::vector<grammar::Sequence> ways{{thoughts, grammar::Space{}, form.grammar}};
  if (!form.thoughts->begun) {
    ways[0].insert(ways[0].begin(), grammar::Exactly{tokens.mark(form.thoughts->begin)});
    ways.push_back({form.grammar});
  }
  return std::make_shared<grammar::Constraint>(grammar::one_of(ways), trie_);
}

}  // namespace cria::runner
