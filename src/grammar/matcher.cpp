#include "grammar/matcher.h"

#include <utility>

#include "base/error.h"

namespace cria::grammar {

Constraint::Constraint(std::shared_ptr<const Grammar> grammar,
                       std::shared_ptr<const TokenTrie> trie, const MatchLimits& limits)
    : grammar_(std::move(grammar)),
      trie_(std::move(trie)),
      limits_(limits),
      knowledge_(std::make_shared<Knowledge>(grammar_, *trie_)) {}

Matcher::Matcher(std::shared_ptr<Constraint> constraint) : constraint_(std::move(constraint)) {
  const std::lock_guard lock(constraint_->mutex_);
  knowledge_ = constraint_->knowledge_;
  knowledge_->allow(constraint_->limits_);
  state_ = knowledge_->automaton.start();
}

std::unique_lock<std::mutex> Matcher::lock() {
  std::unique_lock lock(constraint_->mutex_);
  auto& latest = constraint_->knowledge_;
  if (latest->memory() > constraint_->limits_.memory) {
    latest = std::make_shared<Knowledge>(constraint_->grammar_, *constraint_->trie_);
  }
  latest->allow(constraint_->limits_);
  if (knowledge_ != latest) {
    state_ = latest->automaton.import(knowledge_->automaton, state_);
    knowledge_ = latest;
  }
  return lock;
}

void Matcher::mask(std::span<uint64_t> words) {
  CRIA_CHECK(words.size() >= constraint_->trie().words());
  const auto held = lock();
  knowledge_->masks.write(state_, words);
}

bool Matcher::accept(int32_t token) {
  const TokenTrie& trie = constraint_->trie();
  if (token < 0 || static_cast<size_t>(token) >= trie.size()) return false;
  if (!trie.is_end(token)) {
    return !trie.bytes(token).empty() && accept_bytes(trie.bytes(token));
  }
  if (!can_end()) return false;
  state_ = kDead;
  return true;
}

bool Matcher::accept_bytes(std::string_view bytes) {
  const auto held = lock();
  Automaton& automaton = knowledge_->automaton;
  SetId state = state_;
  for (const char byte : bytes) state = automaton.step(state, static_cast<uint8_t>(byte));
  if (state == kDead) return false;
  if (automaton.depth(state) > constraint_->limits_.depth) {
    fail(Error::Code::kUnsupported, "grammar: the text nests deeper than ",
         constraint_->limits_.depth, " levels");
  }
  state_ = state;
  return true;
}

bool Matcher::can_end() {
  const auto held = lock();
  return knowledge_->automaton.complete(state_);
}

bool Matcher::must_end() { return state_ == kFinished || state_ == kDead; }

}  // namespace cria::grammar
