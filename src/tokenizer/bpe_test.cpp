#include <gtest/gtest.h>

#include <random>

#include "tokenizer/test_vocabularies.h"

namespace cria::tokenizer {
namespace {

using Ids = std::vector<Id>;

// 'a' is 97; the first merge gives token 256.
TEST(BytePairEncoding, MergesTheBestPairFirstAndOfEqualOnesTheLeftmost) {
  const auto tokenizer = make_tokenizer(test::byte_level_vocabulary({"b c", "a b", "bc d", "a a"}));
  EXPECT_EQ(tokenizer->encode("abc"), (Ids{97, 256}));  // b c ranks before a b
  EXPECT_EQ(tokenizer->encode("abcd"), (Ids{97, 258}));
  EXPECT_EQ(tokenizer->encode("ab"), (Ids{257}));
  EXPECT_EQ(tokenizer->encode("aaa"), (Ids{259, 97}));
  EXPECT_EQ(tokenizer->encode("aaaa"), (Ids{259, 259}));
}

TEST(BytePairEncoding, MergesOnlyInsideWords) {
  const auto tokenizer = make_tokenizer(test::byte_level_vocabulary({"a \xc4\xa0", "\xc4\xa0 b"}));
  EXPECT_EQ(tokenizer->encode("a b"), (Ids{97, 257}));
}

TEST(BytePairEncoding, TakesAWholeWordOnlyWhereTheFamilySaysSo) {
  Vocabulary vocabulary = test::byte_level_vocabulary({"a b"});
  test::add_token(vocabulary, "abc", TokenType::kNormal);  // no merge leads to it
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("abc"), (Ids{256, 99}));
  vocabulary.pre = "llama-bpe";
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("abc"), (Ids{257}));
}

TEST(BytePairEncoding, IgnoresMergesOfWhatAreNoTokens) {
  Vocabulary vocabulary = test::byte_level_vocabulary({"a b"});
  vocabulary.merges = {"x yz", "a b"};
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("xyzab"), (Ids{120, 121, 122, 256}));
}

TEST(BytePairEncoding, GivesEveryByteStringBack) {
  const auto tokenizer = make_tokenizer(
      test::byte_level_vocabulary({"e r", "\xc4\xa0 t", "\xc4\xa0t h", "\xc3\xa2 \xc4\x82"}));
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string text(random() % 40, ' ');
    for (char& c : text) c = static_cast<char>(random() % 4 ? random() : "er th\n"[random() % 6]);
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), text);
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text, true)), text);
  }
}

TEST(BytePairEncoding, UsesTheUnknownTokenForMissingBytesOrNone) {
  Vocabulary vocabulary{.model = "gpt2", .pre = "gpt-2"};
  test::add_token(vocabulary, "a", TokenType::kNormal);
  test::add_token(vocabulary, "<unk>", TokenType::kUnknown);
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("aba"), (Ids{0, 0}));
  vocabulary.unknown = 1;
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("aba"), (Ids{0, 1, 0}));
  vocabulary.types[1] = TokenType::kControl;
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("aba"), (Ids{0, 0})) << "text is no control token";
}

// Would not end within minutes if a step of the encoding were quadratic.
TEST(BytePairEncoding, StaysNearLinearInLongWords) {
  const std::vector<std::string> merges = {"a a", "aa aa", "\xc4\xa0 \xc4\xa0"};
  EXPECT_EQ(make_tokenizer(test::byte_level_vocabulary(merges))
                ->encode(std::string(1'000'000, 'a'))
                .size(),
            250'000u);
  for (const char* pre : {"gpt-2", "llama-bpe", "smollm", "falcon", "deepseek-llm",
                          "deepseek-coder", "deepseek-v3", "tekken", "gpt-4o", "qwen35",
                          "seed-coder", "laguna", "kimi-k2", "bloom", "viking", "superbpe"}) {
    const auto tokenizer = make_tokenizer(test::byte_level_vocabulary(merges, pre));
    for (const char* unit : {"a", " ", "\n", "A", "1", "!", "a ", "\xcc\x81", "\x80", "\n ",
                             "\xd9\xa1", "\xe4\xb8\xad", "<|im_"}) {
      std::string text;
      while (text.size() < 100'000) text += unit;
      text += 'x';
      EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), text) << pre << " \"" << unit << '"';
    }
  }
}

}  // namespace
}  // namespace cria::tokenizer
