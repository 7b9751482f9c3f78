#pragma once
// SentencePiece's tokens for single bytes, "<0x0A>", which stand for characters without a token.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

class ByteTokens {
 public:
  explicit ByteTokens(const Vocabulary& vocabulary);

  // Appends the tokens of all bytes; nothing, and false, when one of them has no token.
  bool append(std::string_view bytes, std::vector<Id>& out) const;

 private:
  std::array<Id, 256> ids_{};  // -1: none
};

// The byte that a token like "<0x0A>" stands for; -1 when it is not of that form.
int byte_of_token(std::string_view token);

// What a normal or byte token of SentencePiece's stands for in running text.
std::string text_of_piece(const Vocabulary& vocabulary, Id id);

}  // namespace cria::tokenizer
