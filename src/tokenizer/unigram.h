#pragma once
// SentencePiece's unigram model (Kudo, 2018), of T5 and XLM-RoBERTa: a text is cut into the tokens
// whose scores, logarithms of probabilities, have the greatest sum.

#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/byte_tokens.h"
#include "tokenizer/normalizer.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/trie.h"

namespace cria::tokenizer {

class Unigram final : public Tokenizer {
 public:
  explicit Unigram(Vocabulary vocabulary);

 private:
  // The best way to cut a text so that it ends at a place: its score and its last token.
  struct Cut {
    double score = 0;     // the sums of single precision would decide by their errors
    uint32_t length = 0;  // of the token, in bytes; 0: none yet
    Id id = -1;           // -1: a character without a token
  };
  struct Scratch {
    std::vector<Cut> cuts;  // by the place where they end
    std::vector<Cut> path;
    bool after_unknown = false;
  };

  void encode_text(std::string_view text, bool first, std::vector<Id>& out) const override;
  void encode_stretch(std::string_view text, Scratch& scratch, std::vector<Id>& out) const;
  void find_cuts(std::string_view text, std::vector<Cut>& cuts) const;
  std::string bytes_of(Id id) const override;

  const Normalizer normalizer_;
  const ByteTokens bytes_;
  Trie tokens_;
  double unknown_score_ = 0;
  bool parts_at_spaces_ = true;  // no token has a space after another character
};

}  // namespace cria::tokenizer
