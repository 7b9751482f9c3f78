#include "runner/embedder.h"

#include <gtest/gtest.h>

#include "model/models/test_models.h"
#include "tests/support/expect_error.h"
#include "tests/support/nmse.h"
#include "tokenizer/test_vocabularies.h"

namespace cria::runner {
namespace {

using model::Pooling;
using Vectors = std::vector<std::vector<float>>;

model::ExecutorOptions small(int64_t max_tokens, int64_t sequences) {
  model::ExecutorOptions options;
  options.backend = "cpu";
  options.backend_options.threads = 1;
  options.cache = {.key_type = ml::DType::kF32,
                   .value_type = ml::DType::kF32,
                   .tokens = 48 + sequences * 32,
                   .sequences = sequences,
                   .context = 48};
  options.max_tokens = max_tokens;
  options.max_outputs = sequences;
  options.hidden = true;
  return options;
}

std::vector<EmbedInput> some_texts() {
  std::vector<EmbedInput> texts;
  for (const size_t length : {5u, 31u, 1u, 17u, 40u, 2u})
    texts.push_back({.tokens = model::some_tokens(length, static_cast<int32_t>(length))});
  return texts;
}

Vectors embed(const model::MapConfig& config, Pooling pooling,
              const model::ExecutorOptions& options) {
  const model::RandomModel random(config);
  model::Executor executor(*random.model, random.list, options);
  return Embedder(executor, pooling).run(some_texts());
}

TEST(Embedder, GivesEachTextTheSameWhateverSharesItsPass) {
  for (const Pooling pooling : {Pooling::kMean, Pooling::kCls, Pooling::kLast}) {
    const Vectors apart = embed(model::encoder("bert"), pooling, small(40, 1));
    ASSERT_EQ(apart.size(), 6u);
    EXPECT_EQ(apart[0].size(), 64u);
    EXPECT_EQ(embed(model::encoder("bert"), pooling, small(64, 4)), apart);
    EXPECT_EQ(embed(model::encoder("bert"), pooling, small(40, 8)), apart);
  }
}

// A decoder's text may be cut anywhere.
TEST(Embedder, ReadsTextsOfDecodersInAnyPieces) {
  const model::MapConfig convolutions = model::decoder("lfm2")
                                            .with("attention.head_count_kv", {0, 2, 0})
                                            .with("shortconv.l_cache", 3);
  for (const Pooling pooling : {Pooling::kMean, Pooling::kCls, Pooling::kLast}) {
    const Vectors whole = embed(model::decoder("llama"), pooling, small(48, 1));
    EXPECT_EQ(embed(model::decoder("llama"), pooling, small(7, 1)), whole);
    EXPECT_EQ(embed(model::decoder("llama"), pooling, small(23, 3)), whole);
    EXPECT_EQ(embed(convolutions, pooling, small(7, 2)),
              embed(convolutions, pooling, small(48, 1)));
  }
}

TEST(Embedder, ScoresTextsByTheirFirstToken) {
  const auto config = model::encoder("bert").with("pooling_type", 4);
  const Vectors scores = embed(config, Pooling::kRank, small(64, 4));
  ASSERT_EQ(scores.size(), 6u);
  EXPECT_EQ(scores[3].size(), 1u);
  EXPECT_EQ(embed(config, Pooling::kRank, small(40, 1)), scores);
}

TEST(Embedder, EndsBetweenTwoPasses) {
  const model::RandomModel random(model::decoder("llama"));
  model::Executor executor(*random.model, random.list, small(7, 1));
  Embedder embedder(executor, Pooling::kMean);
  int asked = 0;
  cria::test::expect_error([&] { embedder.run(some_texts(), [&] { return ++asked < 3; }); },
                           Error::Code::kCancelled, {"cancelled"});
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(embedder.run(some_texts()), embed(model::decoder("llama"), Pooling::kMean, small(7, 1)))
      << "nothing is left of it";
}

TEST(Embedder, RefusesWhatItCannotRead) {
  const model::RandomModel random(model::encoder("bert"));
  model::Executor executor(*random.model, random.list, small(40, 2));
  Embedder embedder(executor, Pooling::kMean);
  EXPECT_EQ(embedder.longest(), 40);
  const std::vector<EmbedInput> long_text = {{.tokens = {1}}, {.tokens = model::some_tokens(41)}};
  cria::test::expect_error([&] { embedder.run(long_text); }, Error::Code::kInvalidArgument,
                           {"text 2 has 41 tokens", "1 to 40"});
  const std::vector<EmbedInput> nothing = {{}};
  cria::test::expect_error([&] { embedder.run(nothing); }, Error::Code::kInvalidArgument,
                           {"text 1 has 0 tokens"});
  const std::vector<EmbedInput> no_token = {{.tokens = {5, 97}}, {.tokens = {1}}};
  cria::test::expect_error([&] { embedder.run(no_token); }, Error::Code::kInvalidArgument,
                           {"token id 97"});
  const std::vector<EmbedInput> fine = {{.tokens = {5}}, {.tokens = {1, 2}}};
  EXPECT_EQ(embedder.run(fine).size(), 2u) << "it goes on after errors";
  cria::test::expect_error([&] { Embedder(executor, Pooling::kRank); }, Error::Code::kUnsupported,
                           {"rank", "no scores"});
}

std::unique_ptr<tokenizer::Tokenizer> words() {
  tokenizer::Vocabulary vocabulary{.model = "bert", .bos = 1, .eos = 2, .unknown = 0};
  vocabulary.add_bos = vocabulary.add_eos = true;
  for (const char* text : {"[UNK]", "[CLS]", "[SEP]"})
    tokenizer::test::add_token(vocabulary, text, tokenizer::TokenType::kControl);
  for (const char* text : {"\u2581a", "\u2581b", "\u2581c"})
    tokenizer::test::add_token(vocabulary, text, tokenizer::TokenType::kNormal);
  return tokenizer::make_tokenizer(vocabulary);
}

using Ids = std::vector<int32_t>;

TEST(EmbedInput, StandsBetweenWhatTextsBeginAndEndWith) {
  const auto tokenizer = words();
  EXPECT_EQ(embed_input(*tokenizer, "a b c", 9).tokens, (Ids{1, 3, 4, 5, 2}));
  EXPECT_EQ(embed_input(*tokenizer, "", 9).tokens, (Ids{1, 2}));
  EXPECT_THROW(embed_input(*tokenizer, "a b c", 2), Error);
  EXPECT_EQ(embed_input(*tokenizer, "", 2).tokens, (Ids{1, 2}));
  const EmbedInput cut = embed_input(*tokenizer, "a b c", 4);
  EXPECT_EQ(cut.tokens, (Ids{1, 3, 4, 2}));
  EXPECT_EQ(cut.left_out, 1);
}

TEST(RankInput, HoldsTheQueryAndThenTheDocument) {
  const auto tokenizer = words();
  const EmbedInput both = rank_input(*tokenizer, "a", "b c", 2, 9);
  EXPECT_EQ(both.tokens, (Ids{1, 3, 2, 4, 5, 2}));
  EXPECT_EQ(both.types, (Ids{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(rank_input(*tokenizer, "a", "b c", 1, 9).types, (Ids{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(rank_input(*tokenizer, "a", "b c", 0, 9).types, Ids{});
}

TEST(RankInput, CutsTheDocumentAndNeverTheQuery) {
  const auto tokenizer = words();
  const EmbedInput cut = rank_input(*tokenizer, "a a", "b c b c", 2, 7);
  EXPECT_EQ(cut.tokens, (Ids{1, 3, 3, 2, 4, 5, 2}));
  EXPECT_EQ(cut.left_out, 2);
  cria::test::expect_error([&] { rank_input(*tokenizer, "a a a", "b", 2, 6); },
                           Error::Code::kInvalidArgument, {"the query has 3 tokens", "6"});
}

}  // namespace
}  // namespace cria::runner
