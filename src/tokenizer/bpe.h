#pragma once
// Byte-level byte pair encoding, as GPT-2 introduced it: words from a pre-tokenizer, their bytes
// joined by ranked merges.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenizer/pair_table.h"
#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

class BytePairEncoding final : public Tokenizer {
 public:
  BytePairEncoding(Vocabulary vocabulary, const Family& family);

 private:
  void encode_text(std::string_view text, bool first, std::vector<Id>& out) const override;
  std::string bytes_of(Id id) const override;

  const Family& family_;
  std::array<Id, 256> byte_ids_{};  // -1: the vocabulary lacks this byte
  PairTable merges_;
  std::unordered_map<std::string, Id> words_;  // by their bytes; only for families with whole words
  size_t longest_word_ = 0;
};

}  // namespace cria::tokenizer
