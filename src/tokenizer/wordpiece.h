#pragma once
// WordPiece, the tokenizer of BERT (Devlin et al., 2018): words are normalised, and each is cut
// from its start into the longest tokens there are; one that cannot be cut so is unknown as a
// whole. Vocabularies in GGUF mark the starts of words with U+2581 where BERT's mark the rest.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

class WordPiece final : public Tokenizer {
 public:
  explicit WordPiece(Vocabulary vocabulary);

 private:
  void encode_text(std::string_view text, bool first, std::vector<Id>& out) const override;
  void encode_word(std::string_view word, std::vector<Id>& out) const;
  std::string bytes_of(Id id) const override;

  std::unordered_map<std::string_view, Id> tokens_;  // normal ones; views of the vocabulary's
  size_t longest_ = 0;                               // of them, in bytes
};

}  // namespace cria::tokenizer
