// Every architecture, with invented weights and no file: the promises that all of them keep on
// every backend and instruction set, bit for bit.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "model/models/test_models.h"

namespace cria::model {
namespace {

class Architecture : public testing::TestWithParam<std::tuple<TestConfig, Target>> {
 protected:
  const MapConfig& config() const { return std::get<0>(GetParam()).config; }
  const Target& target() const { return std::get<1>(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Every, Architecture,
                         testing::Combine(testing::ValuesIn(test_configs()),
                                          testing::ValuesIn(targets())),
                         [](const auto& suite) {
                           return std::get<0>(suite.param).name + "_on_" +
                                  std::get<1>(suite.param).name();
                         });

TEST_P(Architecture, GivesTheSameLogitsForAnyChunksOfThePrompt) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options_for(target()));
  const auto tokens = some_tokens(24);
  const auto whole = run(executor, tokens);
  EXPECT_EQ(run(executor, tokens, std::vector<size_t>(24, 1)), whole);
  EXPECT_EQ(run(executor, tokens, {1, 7, 3, 13}), whole);
}

// Tokens of two sequences in turn, in one pass.
TEST_P(Architecture, GivesTheSameLogitsInABatchAsAlone) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options_for(target()));
  const auto first = some_tokens(9), second = some_tokens(9, 41);
  const auto alone = run(executor, first), other = run(executor, second);

  auto& cache = executor.cache();
  const auto a = cache.open().value(), b = cache.open().value();
  ASSERT_EQ(cache.reserve(a, 9), kvcache::Cache::Outcome::kOk);
  ASSERT_EQ(cache.reserve(b, 9), kvcache::Cache::Outcome::kOk);
  std::vector<int32_t> tokens, outputs;
  std::vector<kvcache::Sequence> sequences;
  for (size_t i = 0; i < 9; ++i) {
    tokens.insert(tokens.end(), {first[i], second[i]});
    sequences.insert(sequences.end(), {a, b});
    outputs.insert(outputs.end(), {static_cast<int32_t>(2 * i), static_cast<int32_t>(2 * i + 1)});
  }
  const auto rows = executor.run({.tokens = tokens, .sequences = sequences, .outputs = outputs});
  const int64_t vocabulary = executor.vocabulary();
  for (int64_t i = 0; i < 9; ++i) {
    const auto row = [&](int64_t j) { return rows.begin() + j * vocabulary; };
    const auto expected = [&](const std::vector<float>& all) {
      return all.begin() + i * vocabulary;
    };
    EXPECT_TRUE(std::equal(row(2 * i), row(2 * i + 1), expected(alone))) << i;
    EXPECT_TRUE(std::equal(row(2 * i + 1), row(2 * i + 1) + vocabulary, expected(other))) << i;
  }
}

TEST_P(Architecture, GivesTheSameLogitsWithOneThreadAndTwo) {
  for (const ml::DType type : {ml::DType::kF32, ml::DType::kQ8_0}) {
    const RandomModel random(config(), type);
    Executor one(*random.model, random.list, options_for(target(), 1));
    Executor two(*random.model, random.list, options_for(target(), 2));
    EXPECT_EQ(run(one, some_tokens(20)), run(two, some_tokens(20)));
  }
}

TEST_P(Architecture, GivesOnlyTheRowsAskedFor) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options_for(target()));
  const auto tokens = some_tokens(6);
  const auto all = run(executor, tokens);
  const auto sequence = executor.cache().open().value();
  ASSERT_EQ(executor.cache().reserve(sequence, 6), kvcache::Cache::Outcome::kOk);
  const std::vector<kvcache::Sequence> sequences(6, sequence);
  const int32_t outputs[] = {2, 5};
  const auto rows = executor.run({.tokens = tokens, .sequences = sequences, .outputs = outputs});
  const int64_t vocabulary = executor.vocabulary();
  ASSERT_EQ(static_cast<int64_t>(rows.size()), 2 * vocabulary);
  EXPECT_TRUE(std::equal(rows.begin(), rows.begin() + vocabulary, all.begin() + 2 * vocabulary));
  EXPECT_TRUE(std::equal(rows.begin() + vocabulary, rows.end(), all.begin() + 5 * vocabulary));
}

TEST(Architectures, HaveAFolderAndATestEach) {
  for (const auto& entry : std::filesystem::directory_iterator("src/model/models")) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename();
    EXPECT_TRUE(architectures().contains(name))
        << name << " does not register an architecture of its name";
  }
  for (const auto& [name, model] : architectures()) {
    const std::vector<TestConfig> all = all_configs();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(),
                            [&, n = name](const auto& c) { return find_model(c.config) == n; }))
        << name << " has no configuration in " << name << "_test.cpp";
  }
}

TEST(Architectures, AreFilesOfAboutAHundredAndFiftyLines) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator("src/model/models")) {
    if (entry.path().extension() != ".cpp" || entry.path().parent_path() == "src/model/models")
      continue;
    std::ifstream file(entry.path());
    const bool sees = std::filesystem::exists(entry.path().parent_path() / "vision.cpp");
    EXPECT_LE(std::count(std::istreambuf_iterator<char>(file), {}, '\n'), sees ? 210 : 165)
        << entry.path();
  }
}

}  // namespace
}  // namespace cria::model
