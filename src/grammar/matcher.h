#pragma once
// Follows one text through a grammar, token by token. Cheap to copy: a copy goes on by itself.

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>

#include "grammar/constraint.h"

namespace cria::grammar {

class Matcher {
 public:
  explicit Matcher(std::shared_ptr<Constraint> constraint);

  // Sets the bit of each token that may come next, the lowest of each word first, and clears all
  // others; there are trie().words() words or more. Tokens that end a text are allowed where it may
  // end. Unsupported: the grammar is too ambiguous to be followed within the limits.
  void mask(std::span<uint64_t> words);

  // Goes on behind a token or bytes. False: they are not allowed, and nothing changes. Unsupported:
  // as above, or rules are nested deeper in the text than the limits allow.
  bool accept(int32_t token);
  bool accept_bytes(std::string_view bytes);

  // Whether the text may end here, and whether it must: nothing can come any more.
  bool can_end();
  bool must_end();

 private:
  using Knowledge = Constraint::Knowledge;

  // Brings the state over if what is known was begun anew.
  std::unique_lock<std::mutex> lock();

  std::shared_ptr<Constraint> constraint_;
  std::shared_ptr<Knowledge> knowledge_;
  SetId state_ = kDead;
};

}  // namespace cria::grammar
