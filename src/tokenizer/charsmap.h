#pragma once
// SentencePiece's rules of normalisation (precompiled_charsmap): what stands for a sequence of
// bytes, mostly for a character. Stored as a double array (Aoe, 1989, as darts-clone packs it),
// whose values are places among texts that end with a zero.

#include <string>
#include <string_view>

#include "tokenizer/trie.h"

namespace cria::tokenizer {

class Charsmap {
 public:
  // No bytes are no rules. Corrupt: no such map. Everything is checked here, so that any text can
  // be looked up afterwards.
  explicit Charsmap(std::string_view bytes);

  struct Match {
    size_t length = 0;  // 0: no rule
    std::string_view replacement{};
  };
  // The longest rule for what `text` begins with.
  Match longest(std::string_view text) const;

 private:
  std::string replacements_;
  Trie rules_;  // to places in replacements_
};

}  // namespace cria::tokenizer
