#include "tokenizer/wordpiece.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tokenizer/test_vocabularies.h"

namespace cria::tokenizer {
namespace {

using Ids = std::vector<Id>;

// Ids 0 to 2 are [UNK], [CLS] and [SEP]; then the pieces, where "_" marks the start of a word.
Vocabulary vocabulary_of(const std::vector<std::string>& pieces) {
  Vocabulary vocabulary{.model = "bert", .bos = 1, .eos = 2, .unknown = 0};
  test::add_token(vocabulary, "[UNK]", TokenType::kUnknown);
  test::add_token(vocabulary, "[CLS]", TokenType::kControl);
  test::add_token(vocabulary, "[SEP]", TokenType::kControl);
  for (std::string piece : pieces) {
    if (piece[0] == '_') piece.replace(0, 1, "\xe2\x96\x81");
    test::add_token(vocabulary, piece, TokenType::kNormal);
  }
  return vocabulary;
}

TEST(WordPiece, TakesTheLongestPiecesFromTheStart) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"_un", "_una", "aff", "ff", "able"}));
  EXPECT_EQ(tokenizer->encode("unaffable"), (Ids{4, 6, 7}));
  EXPECT_EQ(tokenizer->encode("un  un\nun"), (Ids{3, 3, 3}));
  EXPECT_EQ(tokenizer->encode(""), Ids{});
}

TEST(WordPiece, DoesNotKnowAWordOfWhichAPartIsUnknown) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"_a", "b"}));
  EXPECT_EQ(tokenizer->encode("abx ab b"), (Ids{0, 3, 4, 0}));
  const std::string longest = 'a' + std::string(99, 'b');
  EXPECT_EQ(tokenizer->encode(longest).size(), 100u);
  EXPECT_EQ(tokenizer->encode(longest + 'b'), Ids{0});
}

TEST(WordPiece, PartsPunctuationAndIdeographs) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"_a", "_!", "_$", "_\xe4\xb8\xad"}));
  EXPECT_EQ(tokenizer->encode("a!$a"), (Ids{3, 4, 5, 3}));
  EXPECT_EQ(tokenizer->encode("a\xe4\xb8\xad\xe4\xb8\xad"), (Ids{3, 6, 6}));
}

TEST(WordPiece, DropsCaseAccentsAndControlCharacters) {
  Vocabulary vocabulary = vocabulary_of({"_cafe", "_Caf\xc3\xa9"});
  EXPECT_EQ(make_tokenizer(vocabulary)
                ->encode("CAF\xc3\x89 cafe\xcc\x81 ca\x01"
                         "fe"),
            (Ids{3, 3, 3}));
  vocabulary.folds_case = false;
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("Caf\xc3\xa9 cafe"), (Ids{4, 3}));
}

TEST(WordPiece, TakesSpecialTokensFromTrustedTextOnly) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"_[", "_cls", "_]"}));
  EXPECT_EQ(tokenizer->encode("[CLS]"), (Ids{3, 4, 5}));
  EXPECT_EQ(tokenizer->encode("[CLS]", true), (Ids{1}));
}

TEST(WordPiece, DecodesToWordsWithSpacesBetween) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"_un", "able", "_a"}));
  EXPECT_EQ(tokenizer->decode(Ids{1, 3, 4, 5, 2}), "unable a");
  EXPECT_EQ(tokenizer->piece(3), " un");
}

// Would not end within minutes if a step of the encoding were quadratic.
TEST(WordPiece, StaysNearLinear) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"_a", "a", "b", "ab", "_!"}));
  for (const char* unit : {"a", "b", "a ", "\n", " ", "!", "[CLS", "\xcc\x81", "\x80"}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    EXPECT_LE(tokenizer->encode(text).size(), text.size()) << unit;
  }
}

TEST(WordPiece, TakesAnyBytes) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"_a"}));
  std::string text;
  for (int byte = 0; byte < 256; ++byte) text += static_cast<char>(byte);
  tokenizer->encode(text);
  EXPECT_EQ(tokenizer->encode("\xff"), Ids{});
}

}  // namespace
}  // namespace cria::tokenizer
