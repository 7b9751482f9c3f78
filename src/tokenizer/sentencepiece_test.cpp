#include "tokenizer/byte_tokens.h"

#include <gtest/gtest.h>

#include <random>

#include "tokenizer/test_vocabularies.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {
namespace {

using Ids = std::vector<Id>;

const std::string kMark = "\xe2\x96\x81";  // U+2581
constexpr Id kFirst = 259;                 // of the pieces
constexpr Id byte(int value) { return 3 + value; }

TEST(SentencePiece, JoinsTheBestScoreFirstAndOfEqualOnesTheLeftmost) {
  Vocabulary vocabulary = test::sentencepiece_vocabulary(
      {{"a", -9}, {"b", -9}, {"c", -9}, {"ab", -2}, {"bc", -1}, {"aa", -3}});
  vocabulary.add_space_prefix = false;
  const auto tokenizer = make_tokenizer(vocabulary);
  EXPECT_EQ(tokenizer->encode("abc"), (Ids{kFirst, kFirst + 4}));
  EXPECT_EQ(tokenizer->encode("ab"), (Ids{kFirst + 3}));
  EXPECT_EQ(tokenizer->encode("aaa"), (Ids{kFirst + 5, kFirst}));
}

TEST(SentencePiece, PutsASpaceInFrontAndTakesItAway) {
  const auto tokenizer =
      make_tokenizer(test::sentencepiece_vocabulary({{kMark, -3}, {"a", -2}, {kMark + "a", -1}}));
  EXPECT_EQ(tokenizer->encode(""), Ids{});
  EXPECT_EQ(tokenizer->encode("a a"), (Ids{kFirst + 2, kFirst + 2}));
  EXPECT_EQ(tokenizer->decode(Ids{kFirst + 2, kFirst + 2}), "a a");
  EXPECT_EQ(tokenizer->encode(" a"), (Ids{kFirst, kFirst + 2}));
  EXPECT_EQ(tokenizer->decode(Ids{kFirst, kFirst + 2}), " a");
  EXPECT_EQ(tokenizer->piece(kFirst + 2), " a");
  // BOS in front makes no difference.
  EXPECT_EQ(tokenizer->decode(Ids{1, kFirst + 2}), "a");
  EXPECT_EQ(tokenizer->encode("<s>a", true), (Ids{1, kFirst + 2}));
  // Text after another special token is not at the start.
  EXPECT_EQ(tokenizer->encode("a</s>a", true), (Ids{kFirst + 2, 2, kFirst + 1}));
}

TEST(SentencePiece, JoinsSpacesOverTheStartOfAWordWhereATokenHasThem) {
  // "a b" is a token with a space inside, so the text may not be parted at spaces.
  Vocabulary vocabulary = test::sentencepiece_vocabulary(
      {{"a", -9}, {"b", -9}, {kMark, -9}, {"a" + kMark, -1}, {"a" + kMark + "b", -1}});
  vocabulary.add_space_prefix = false;
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("a b"), Ids{kFirst + 4});
}

TEST(SentencePiece, FallsBackToBytesAndThenToTheUnknownToken) {
  Vocabulary vocabulary = test::sentencepiece_vocabulary({{"a", -1}});
  vocabulary.add_space_prefix = false;
  const auto tokenizer = make_tokenizer(vocabulary);
  EXPECT_EQ(tokenizer->encode("a\xc3\xa9"), (Ids{kFirst, byte(0xc3), byte(0xa9)}));
  EXPECT_EQ(tokenizer->encode(" "), Ids{byte(' ')});
  // U+2581 itself is not a space.
  EXPECT_EQ(tokenizer->encode(kMark), (Ids{byte(0xe2), byte(0x96), byte(0x81)}));

  Vocabulary without_bytes{.model = "llama", .unknown = 0};
  test::add_token(without_bytes, "<unk>", TokenType::kUnknown);
  test::add_token(without_bytes, "a", TokenType::kNormal);
  EXPECT_EQ(make_tokenizer(without_bytes)->encode("a\xc3\xa9"), (Ids{1, 0}));
  without_bytes.unknown = -1;
  EXPECT_EQ(make_tokenizer(without_bytes)->encode("a\xc3\xa9"), Ids{1});
}

TEST(SentencePiece, NeverMakesOtherThanNormalTokensOutOfText) {
  Vocabulary vocabulary = test::sentencepiece_vocabulary(
      {{"<", -1}, {"s", -1}, {">", -1}, {"<s", -1}, {"0", -1}, {"x", -1}, {"<0", -1}, {"<0x", -1}});
  test::add_token(vocabulary, "s>", TokenType::kUnused, 5);
  vocabulary.add_space_prefix = false;
  const auto tokenizer = make_tokenizer(vocabulary);
  EXPECT_EQ(tokenizer->encode("<s>"), (Ids{kFirst + 3, kFirst + 2}));
  EXPECT_EQ(tokenizer->encode("<0x00>"), (Ids{kFirst + 7, kFirst + 4, kFirst + 4, kFirst + 2}));
}

TEST(SentencePiece, GivesEveryTextBack) {
  const std::vector<std::pair<std::string, float>> pieces = {
      {kMark, -5}, {kMark + kMark, -1}, {"a", -5}, {kMark + "a", -2}, {"aa", -2}, {"\xc3\xa9", -3}};
  const std::vector<std::string> units = {" ", "a", "\xc3\xa9", kMark, "\n", "\xf0\x9f\x99\x82",
                                          "z"};
  std::mt19937 random(11);
  for (const bool add_space_prefix : {false, true}) {
    Vocabulary vocabulary = test::sentencepiece_vocabulary(pieces);
    vocabulary.add_space_prefix = add_space_prefix;
    const auto tokenizer = make_tokenizer(vocabulary);
    for (int round = 0; round < 300; ++round) {
      std::string text;
      for (size_t i = random() % 12; i > 0; --i) text += units[random() % units.size()];
      EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), text);
    }
    EXPECT_EQ(tokenizer->decode(tokenizer->encode("\xff\x80"
                                                  "a\xe4")),
              "\xff\x80"
              "a\xe4");
  }
}

TEST(SentencePiece, ReadsByteTokensStrictly) {
  EXPECT_EQ(byte_of_token("<0x00>"), 0);
  EXPECT_EQ(byte_of_token("<0xFf>"), 255);
  for (const char* text :
       {"", "<0x0>", "<0x000>", "<0xG0>", "<0x 1>", "0x00", "<0X00>", "<0x+1>"}) {
    EXPECT_EQ(byte_of_token(text), -1) << text;
  }
}

// Would not end within minutes if a step of the encoding were quadratic.
TEST(SentencePiece, StaysNearLinearInLongWords) {
  const size_t size = 1'000'000;
  const auto tokenizer = make_tokenizer(test::sentencepiece_vocabulary(
      {{"a", -9}, {"aa", -1}, {"aaaa", -2}, {kMark, -9}, {kMark + kMark, -3}, {kMark + "a", -20}}));
  EXPECT_EQ(tokenizer->encode(std::string(size, 'a')).size(), size / 4 + 1);
  EXPECT_EQ(tokenizer->encode(std::string(size - 1, ' ')).size(), size / 2);
  EXPECT_EQ(tokenizer->encode(std::string(size, 'z')).size(), size + 1);
}

}  // namespace
}  // namespace cria::tokenizer
