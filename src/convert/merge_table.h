#pragma once
// What the merges of a tokenizer.json make of a text, to compare with what a file will make of it.

#include <string>
#include <string_view>
#include <vector>

#include "convert/tokenizer_parts.h"
#include "convert/vocabulary.h"
#include "tokenizer/pair_table.h"

namespace cria::convert {

class MergeTable {
 public:
  // Merges of what are no normal tokens are left out. The vocabulary must outlive it.
  MergeTable(const Merges& merges, const Vocabulary& vocabulary);

  // The tokens that a text's characters are joined to; of id -1 where a character is none.
  std::vector<tokenizer::Symbol> apply(std::string_view text);

 private:
  tokenizer::Id normal_id(const std::string& text) const;  // -1: none

  const Vocabulary& vocabulary_;
  tokenizer::PairTable table_;
  tokenizer::Merger merger_;
};

}  // namespace cria::convert
