#pragma once
// What SentencePiece does to a text before it is cut into tokens: characters are replaced by rules,
// spaces are marked.

#include <string>
#include <string_view>

#include "tokenizer/charsmap.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

class Normalizer {
 public:
  // Corrupt: the vocabulary's rules.
  explicit Normalizer(const Vocabulary& vocabulary);

  // Valid UTF-8, whatever the text: bytes that are not become U+FFFD.
  std::string normalize(std::string_view text) const;

 private:
  Charsmap::Match next(std::string_view text) const;

  const Charsmap charsmap_;
  const bool adds_prefix_, removes_spaces_;
};

}  // namespace cria::tokenizer
