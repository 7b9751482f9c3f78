#include "tokenizer/tokenizer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"
#include "tokenizer/test_vocabularies.h"

namespace cria::tokenizer {
namespace {

using Ids = std::vector<Id>;
using cria::test::expect_error;

// 256: "ab"; 257 to 260 are special.
Vocabulary with_specials() {
  Vocabulary vocabulary = test::byte_level_vocabulary({"a b"});
  test::add_token(vocabulary, "<|a|>", TokenType::kControl);
  test::add_token(vocabulary, "<|a|>b", TokenType::kControl);
  test::add_token(vocabulary, "@@", TokenType::kUserDefined);
  test::add_token(vocabulary, "\xc3\xb8", TokenType::kUserDefined);
  vocabulary.end_of_generation = {258, 257};
  return vocabulary;
}

TEST(Tokenizer, FindsTheLongestSpecialToken) {
  const auto tokenizer = make_tokenizer(with_specials());
  EXPECT_EQ(tokenizer->encode("<|a|>", true), Ids{257});
  EXPECT_EQ(tokenizer->encode("<|a|>b", true), Ids{258});
  EXPECT_EQ(tokenizer->encode("x<|a|>a<|a|>bb", true), (Ids{'x', 257, 'a', 258, 'b'}));
  EXPECT_EQ(tokenizer->encode("<|a<|a|>", true), (Ids{'<', '|', 'a', 257}));
}

TEST(Tokenizer, NeverFindsControlTokensInPlainText) {
  const auto tokenizer = make_tokenizer(with_specials());
  EXPECT_EQ(tokenizer->encode("<|a|>"), (Ids{'<', '|', 'a', '|', '>'}));
  // Nor where trusted and other text together spell one.
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{{"<|a", true}, {"|>", false}}),
            (Ids{'<', '|', 'a', '|', '>'}));
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{{"<|", false}, {"a|>", true}}),
            (Ids{'<', '|', 'a', '|', '>'}));
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{{"<|a|>", true}, {"b", false}}), (Ids{257, 'b'}));
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{{"<|", true}, {"", false}, {"a|>", true}}),
            (Ids{'<', '|', 'a', '|', '>'}));
}

TEST(Tokenizer, FindsUserDefinedTokensInAnyText) {
  const auto tokenizer = make_tokenizer(with_specials());
  EXPECT_EQ(tokenizer->encode("a@@@"), (Ids{'a', 259, '@'}));
  EXPECT_EQ(tokenizer->encode("@@", true), Ids{259});
  // They are text as it is, not in the alphabet of bytes.
  EXPECT_EQ(tokenizer->encode("\xc3\xb8"), Ids{260});
  EXPECT_EQ(tokenizer->decode(Ids{260}), "\xc3\xb8");
}

TEST(Tokenizer, TokenisesAdjacentPiecesAsOneText) {
  const auto tokenizer = make_tokenizer(with_specials());
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{{"a", true}, {"b", false}}), Ids{256});
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{{"@", true}, {"@", false}}), Ids{259});
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{{"<|a", true}, {"|>", true}}), Ids{257});
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{}), Ids{});
  EXPECT_EQ(tokenizer->encode(std::vector<Piece>{{"", true}, {"", false}}), Ids{});
}

TEST(Tokenizer, HidesControlTokensUnlessAsked) {
  const auto tokenizer = make_tokenizer(with_specials());
  EXPECT_EQ(tokenizer->decode(Ids{'x', 257, 256}), "xab");
  EXPECT_EQ(tokenizer->decode(Ids{'x', 257, 256}, true), "x<|a|>ab");
  EXPECT_EQ(tokenizer->piece(257), "");
  EXPECT_EQ(tokenizer->piece(257, true), "<|a|>");
}

TEST(Tokenizer, KnowsWhatEndsGeneration) {
  const auto tokenizer = make_tokenizer(with_specials());
  EXPECT_TRUE(tokenizer->ends_generation(257));
  EXPECT_TRUE(tokenizer->ends_generation(258));
  EXPECT_FALSE(tokenizer->ends_generation(256));
  EXPECT_FALSE(tokenizer->ends_generation(-1));
}

TEST(Tokenizer, RefusesIdsThatDoNotExist) {
  const auto tokenizer = make_tokenizer(with_specials());
  for (const Id id : {-1, 261}) {
    expect_error([&] { tokenizer->piece(id); }, Error::Code::kInvalidArgument,
                 {std::to_string(id), "below 261"});
    expect_error([&] { tokenizer->decode(Ids{id}); }, Error::Code::kInvalidArgument, {});
  }
}

TEST(MakeTokenizer, NamesWhatItSupports) {
  expect_error([] { make_tokenizer({.model = "rwkv"}); }, Error::Code::kUnsupported,
               {"rwkv", "gpt2", "llama", "bert"});
  expect_error([] { make_tokenizer(test::byte_level_vocabulary({}, "gpt-5")); },
               Error::Code::kUnsupported, {"gpt-5", "llama-bpe", "qwen2", "tekken"});
}

TEST(MakeTokenizer, ReportsEverythingThatIsWrongWithAVocabulary) {
  Vocabulary vocabulary = test::sentencepiece_vocabulary({{"a", std::nanf("")}, {"", 0}});
  test::add_token(vocabulary, "\xff", TokenType::kNormal);
  test::add_token(vocabulary, "<0xZZ>", TokenType::kByte);
  test::add_token(vocabulary, std::string(5000, 'x'), TokenType::kControl);
  vocabulary.scores.pop_back();
  vocabulary.bos = 999;
  vocabulary.end_of_generation = {-7};
  expect_error([&] { make_tokenizer(vocabulary); }, Error::Code::kCorrupt,
               {"263 token scores", "score of token 259 is NaN", "token 260 is empty",
                "token 261 is not valid UTF-8", "byte token 262", "token 263 is 5000 bytes",
                "BOS token is 999", "end-of-generation token is -7"});
}

TEST(MakeTokenizer, RefusesMergesThatJoinNothing) {
  Vocabulary vocabulary = test::byte_level_vocabulary();
  vocabulary.merges = {"ab", " a", "a ", "a b c", "", " "};
  expect_error([&] { make_tokenizer(vocabulary); }, Error::Code::kCorrupt,
               {"merge 0", "merge 1", "merge 2", "merge 3", "merge 4", "merge 5"});
}

}  // namespace
}  // namespace cria::tokenizer
