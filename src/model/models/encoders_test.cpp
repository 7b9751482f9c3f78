// Every encoder, with invented weights and no file: the promises that all of them keep on every
// backend and instruction set, bit for bit.

#include <gtest/gtest.h>

#include "model/models/test_models.h"
#include "tests/support/expect_error.h"
#include "tests/support/nmse.h"

namespace cria::model {
namespace {

class Encoder : public testing::TestWithParam<std::tuple<TestConfig, Target>> {
 protected:
  const MapConfig& config() const { return std::get<0>(GetParam()).config; }
  ExecutorOptions options(int threads = 2) const {
    return with_exact_cache(options_for(std::get<1>(GetParam()), threads));
  }
};

INSTANTIATE_TEST_SUITE_P(Every, Encoder,
                         testing::Combine(testing::ValuesIn(encoder_configs()),
                                          testing::ValuesIn(targets())),
                         [](const auto& suite) {
                           return std::get<0>(suite.param).name + "_on_" +
                                  std::get<1>(suite.param).name();
                         });

// What follows a token changes what is made of it.
TEST_P(Encoder, SeesAllOfAText) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options());
  EXPECT_TRUE(executor.bidirectional());
  auto tokens = some_tokens(12);
  const auto before = run(executor, tokens);
  tokens.back() = (tokens.back() + 1) % 97;
  const auto after = run(executor, tokens);
  const size_t width = before.size() / tokens.size();
  EXPECT_FALSE(
      std::equal(before.begin(), before.begin() + static_cast<int64_t>(width), after.begin()));
}

TEST_P(Encoder, GivesTheSameInABatchAsAlone) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options());
  const auto first = some_tokens(11), second = some_tokens(7, 41);
  const auto alone = run(executor, first), other = run(executor, second);
  auto& cache = executor.cache();
  const auto a = cache.open().value(), b = cache.open().value();
  ASSERT_EQ(cache.reserve(a, 11), kvcache::Cache::Outcome::kOk);
  ASSERT_EQ(cache.reserve(b, 7), kvcache::Cache::Outcome::kOk);
  std::vector<int32_t> tokens = first, outputs;
  tokens.insert(tokens.end(), second.begin(), second.end());
  std::vector<kvcache::Sequence> sequences(11, a);
  sequences.resize(18, b);
  for (int32_t i = 0; i < 18; ++i) outputs.push_back(i);
  const auto rows = executor.run({.tokens = tokens, .sequences = sequences, .outputs = outputs});
  auto expected = alone;
  expected.insert(expected.end(), other.begin(), other.end());
  EXPECT_EQ(std::vector<float>(rows.begin(), rows.end()), expected);
}

TEST_P(Encoder, GivesTheSameWithOneThreadAndTwo) {
  for (const ml::DType type : {ml::DType::kF32, ml::DType::kQ8_0}) {
    const RandomModel random(config(), type);
    Executor one(*random.model, random.list, options(1));
    Executor two(*random.model, random.list, options(2));
    EXPECT_EQ(run(one, some_tokens(20)), run(two, some_tokens(20)));
  }
}

TEST_P(Encoder, AgreesWithTheReference) {
  const RandomModel random(config());
  Executor ours(*random.model, random.list, options());
  Executor oracle(*random.model, random.list, with_exact_cache(options_for({"reference", ""})));
  EXPECT_LE(nmse(run(ours, some_tokens(31)), run(oracle, some_tokens(31))), 1e-10);
}

TEST_P(Encoder, TellsTheKindsOfTokensApart) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options());
  const auto tokens = some_tokens(4);
  const auto all_alike = run(executor, tokens);
  const auto sequence = executor.cache().open().value();
  ASSERT_EQ(executor.cache().reserve(sequence, 4), kvcache::Cache::Outcome::kOk);
  const std::vector<kvcache::Sequence> sequences(4, sequence);
  const int32_t outputs[] = {0}, types[] = {0, 0, 1, 1};
  const auto row =
      executor.run({.tokens = tokens, .sequences = sequences, .outputs = outputs, .types = types});
  EXPECT_GT(nmse(row, std::span(all_alike).first(row.size())), 1e-6);
}

TEST_P(Encoder, RefusesWhatItCannotRead) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options());
  const auto sequence = executor.cache().open().value();
  EXPECT_EQ(executor.cache().context(), 48) << "as many as it has positions";
  EXPECT_EQ(executor.cache().reserve(sequence, 49), kvcache::Cache::Outcome::kContextFull);
  ASSERT_EQ(executor.cache().reserve(sequence, 1), kvcache::Cache::Outcome::kOk);
  const int32_t token = 1, output = 0, type = 2;
  const auto step = [&](std::span<const int32_t> types) {
    executor.run({.tokens = {&token, 1},
                  .sequences = {&sequence, 1},
                  .outputs = {&output, 1},
                  .types = types});
  };
  test::expect_error(
      [&] {
        step({&type, 1});
      },
      Error::Code::kInvalidArgument, {"token type 2", "below 2"});
  step({});
  ASSERT_EQ(executor.cache().reserve(sequence, 1), kvcache::Cache::Outcome::kOk);
  test::expect_error([&] { step({}); }, Error::Code::kInvalidArgument, {"one pass"});
}

}  // namespace
}  // namespace cria::model
