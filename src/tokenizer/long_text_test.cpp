// Texts of 10 MB without structure, as attackers send them: were a step of the encoding quadratic,
// these would not end within hours.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/test_charsmap.h"
#include "tokenizer/test_vocabularies.h"

namespace cria::tokenizer {
namespace {

constexpr size_t kShort = 1'000'000;
constexpr size_t kLong = 10 * kShort;
const std::string kMark = "\xe2\x96\x81";  // U+2581

// One letter, spaces, newlines, digits, a letter of three bytes, what begins a special token, an
// accent for the letter before it, a byte that is no UTF-8, and NUL.
const std::vector<std::string> kUnits = {
    "a", " ", "\n", "1", "\xe4\xb8\xad", "<|im_", "\xcc\x81", "\xff", std::string(1, '\0')};

std::string repeated(const std::string& unit, size_t size) {
  std::string text;
  text.reserve(size);
  while (text.size() + unit.size() <= size) text += unit;
  return text;
}

// Ten times the text gives ten times the tokens, up to what joins at the two ends.
void expect_proportional(const Tokenizer& tokenizer, const std::string& unit) {
  const size_t few = tokenizer.encode(repeated(unit, kShort), true).size();
  const size_t many = tokenizer.encode(repeated(unit, kLong), true).size();
  EXPECT_NEAR(static_cast<double>(many), 10.0 * static_cast<double>(few), 50) << unit;
}

TEST(LongText, IsEncodedByByteLevelBpe) {
  Vocabulary vocabulary =
      test::byte_level_vocabulary({"a a", "aa aa", "\xc4\xa0 \xc4\xa0", "\xc4\x8a \xc4\x8a", "1 1",
                                   "< |", "i m", "\xc3\xa4 \xc2\xb8"});
  test::add_token(vocabulary, "<|im_start|>", TokenType::kControl);
  const auto tokenizer = make_tokenizer(vocabulary);
  for (const std::string& unit : kUnits) expect_proportional(*tokenizer, unit);
}

TEST(LongText, IsEncodedBySentencePiece) {
  Vocabulary vocabulary = test::sentencepiece_vocabulary({{"a", -9},
                                                          {"aa", -1},
                                                          {"aaaa", -2},
                                                          {kMark, -9},
                                                          {kMark + kMark, -3},
                                                          {kMark + "a", -20},
                                                          {"1", -4},
                                                          {"\xe4\xb8\xad", -4},
                                                          {"<|", -5}});
  test::add_token(vocabulary, "<|im_start|>", TokenType::kControl);
  const auto tokenizer = make_tokenizer(vocabulary);
  for (const std::string& unit : kUnits) expect_proportional(*tokenizer, unit);
}

TEST(LongText, IsEncodedByUnigram) {
  Vocabulary vocabulary = test::unigram_vocabulary({{"a", -9},
                                                    {"aa", -1},
                                                    {"aaaa", -1.5},
                                                    {kMark, -9},
                                                    {kMark + kMark, -3},
                                                    {"1", -4},
                                                    {"<|", -5}});
  vocabulary.remove_extra_whitespaces = false;
  vocabulary.precompiled_charsmap =
      test::CharsmapBuilder(test::Rules{{"\n", " "}, {"\n\n", "a"}}).bytes();
  test::add_token(vocabulary, "<0xE4>", TokenType::kByte);
  test::add_token(vocabulary, "<0xB8>", TokenType::kByte);
  test::add_token(vocabulary, "<0xAD>", TokenType::kByte);
  test::add_token(vocabulary, "<|im_start|>", TokenType::kControl);
  const auto tokenizer = make_tokenizer(vocabulary);
  for (const std::string& unit : kUnits) expect_proportional(*tokenizer, unit);
}

TEST(LongText, IsEncodedByWordPiece) {
  Vocabulary vocabulary{.model = "bert", .unknown = 0};
  test::add_token(vocabulary, "[UNK]", TokenType::kUnknown);
  test::add_token(vocabulary, "<|im_start|>", TokenType::kControl);
  for (const std::string& piece : {kMark + "a", std::string("a"), kMark + "<", kMark + "|",
                                   kMark + "\xe4\xb8\xad", kMark + "im"}) {
    test::add_token(vocabulary, piece, TokenType::kNormal);
  }
  const auto tokenizer = make_tokenizer(vocabulary);
  for (const std::string& unit : kUnits) expect_proportional(*tokenizer, unit);
}

// All that byte-level families differ in.
TEST(LongText, IsSplitByPreTokenizers) {
  // One of those that share their rules: qwen2 goes with llama-bpe, gpt-4o with tekken.
  for (const char* pre : {"llama-bpe", "tekken", "deepseek-llm", "deepseek-v3"}) {
    const Family* family = find_family(pre);
    ASSERT_TRUE(family) << pre;
    for (const std::string& unit : kUnits) {
      const std::string text = repeated(unit, kLong);
      size_t end = 0;
      split(text, family->stages, [&](std::string_view word) {
        if (word.data() == text.data() + end) end += word.size();
      });
      EXPECT_EQ(end, text.size()) << pre << " \"" << unit << '"';
    }
  }
}

}  // namespace
}  // namespace cria::tokenizer
