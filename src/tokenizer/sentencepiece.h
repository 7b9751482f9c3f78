#pragma once
// SentencePiece's byte pair encoding: no words, characters joined where the joined token has the
// best score; what has no token becomes byte tokens.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenizer/byte_tokens.h"
#include "tokenizer/merge.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

class SentencePiece final : public Tokenizer {
 public:
  explicit SentencePiece(Vocabulary vocabulary);

 private:
  void encode_text(std::string_view text, bool first, std::vector<Id>& out) const override;
  void encode_stretch(std::string_view text, Merger& merger, std::vector<Id>& out) const;
  void encode_bytes(std::string_view bytes, std::vector<Id>& out) const;
  Joined find(std::string_view text) const;
  std::string bytes_of(Id id) const override;

  const ByteTokens bytes_;
  std::vector<std::string> texts_;  // of the normal tokens, with spaces as spaces
  std::unordered_map<std::string_view, Joined> tokens_;  // views of texts_
  size_t longest_ = 0;                                   // of the texts, in bytes
  bool parts_at_spaces_ = true;  // no token has a space after another character
};

}  // namespace cria::tokenizer
