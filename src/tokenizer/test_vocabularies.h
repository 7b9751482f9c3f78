#pragma once
// Small vocabularies made by hand.

#include <string>
#include <utility>
#include <vector>

#include "tokenizer/byte_level.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer::test {

inline void add_token(Vocabulary& vocabulary, std::string text, TokenType type, float score = 0) {
  vocabulary.tokens.push_back(std::move(text));
  vocabulary.types.push_back(type);
  if (vocabulary.model == "llama" || vocabulary.model == "t5") vocabulary.scores.push_back(score);
}

// Ids 0 to 255 are the bytes; then one token for each merge, in order.
inline Vocabulary byte_level_vocabulary(const std::vector<std::string>& merges = {},
                                        std::string pre = "gpt-2") {
  Vocabulary vocabulary{.model = "gpt2", .pre = std::move(pre)};
  for (int byte = 0; byte < 256; ++byte) {
    add_token(vocabulary, to_byte_alphabet(std::string(1, static_cast<char>(byte))),
              TokenType::kNormal);
  }
  for (const std::string& merge : merges) {
    std::string joined = merge;
    joined.erase(joined.find(' '), 1);
    add_token(vocabulary, joined, TokenType::kNormal);
  }
  vocabulary.merges = merges;
  return vocabulary;
}

// Ids 0 to 2 are <unk>, <s> and </s>, 3 to 258 the bytes; then the pieces with their scores.
inline Vocabulary sentencepiece_vocabulary(
    const std::vector<std::pair<std::string, float>>& pieces = {}) {
  Vocabulary vocabulary{.model = "llama", .bos = 1, .eos = 2, .unknown = 0};
  vocabulary.add_bos = vocabulary.add_space_prefix = true;
  add_token(vocabulary, "<unk>", TokenType::kUnknown);
  add_token(vocabulary, "<s>", TokenType::kControl);
  add_token(vocabulary, "</s>", TokenType::kControl);
  const std::string digits = "0123456789ABCDEF";
  for (size_t byte = 0; byte < 256; ++byte) {
    add_token(vocabulary, std::string("<0x") + digits[byte / 16] + digits[byte % 16] + ">",
              TokenType::kByte);
  }
  for (const auto& [text, score] : pieces) add_token(vocabulary, text, TokenType::kNormal, score);
  return vocabulary;
}

// Ids 0 to 2 are <unk>, <s> and </s>; then the pieces with their scores.
inline Vocabulary unigram_vocabulary(const std::vector<std::pair<std::string, float>>& pieces) {
  Vocabulary vocabulary{.model = "t5", .bos = 1, .eos = 2, .unknown = 0};
  vocabulary.add_space_prefix = vocabulary.remove_extra_whitespaces = true;
  add_token(vocabulary, "<unk>", TokenType::kUnknown);
  add_token(vocabulary, "<s>", TokenType::kControl);
  add_token(vocabulary, "</s>", TokenType::kControl);
  for (const auto& [text, score] : pieces) add_token(vocabulary, text, TokenType::kNormal, score);
  return vocabulary;
}

}  // namespace cria::tokenizer::test
