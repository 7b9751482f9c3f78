// Every architecture, with invented weights and no file: the promises that all of them keep on
// every backend.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "model/binder.h"
#include "model/executor.h"
#include "model/model.h"
#include "tests/support/map_config.h"
#include "tests/support/nmse.h"

namespace cria::model {
namespace {

// A tiny one of each architecture. A new architecture gets a row here.
const MapConfig kConfigs[] = {
    {"llama",
     {{"vocab_size", 97},
      {"embedding_length", 64},
      {"feed_forward_length", 96},
      {"block_count", 3},
      {"attention.head_count", 4},
      {"attention.head_count_kv", 2},
      {"attention.layer_norm_rms_epsilon", 1e-5},
      {"rope.freq_base", 10000}}},
};

struct RandomModel {
  explicit RandomModel(const Config& config, ml::DType type = ml::DType::kF32,
                       bool with_optional = true)
      : model(make_model(config)) {
    RandomBinder binder(7, type, with_optional);
    model->bind(binder);
    nodes = binder.finish();
    data = binder.take_data();
    for (const ml::Node& node : nodes) list.push_back(&node);
  }

  std::unique_ptr<Model> model;
  WeightNodes nodes;
  std::deque<std::vector<std::byte>> data;
  std::vector<const ml::Node*> list;
};

ExecutorOptions options_for(const std::string& backend, int threads = 2) {
  ExecutorOptions options;
  options.backend = backend;
  options.backend_options.threads = threads;
  options.cache = {.tokens = 256, .sequences = 4, .context = 64};
  options.max_tokens = 32;
  options.max_outputs = 32;
  return options;
}

std::vector<int32_t> some_tokens(size_t n, int32_t seed = 3) {
  std::vector<int32_t> tokens;
  for (size_t i = 0; i < n; ++i)
    tokens.push_back(static_cast<int32_t>((i * i * 7 + i * 13 + static_cast<size_t>(seed)) % 97));
  return tokens;
}

// Logits of all tokens of one new sequence, given in chunks of these sizes.
std::vector<float> run(Executor& executor, const std::vector<int32_t>& tokens,
                       const std::vector<size_t>& chunks) {
  const kvcache::Sequence sequence = executor.cache().open().value();
  std::vector<float> logits;
  size_t begin = 0;
  for (size_t size : chunks) {
    EXPECT_EQ(executor.cache().reserve(sequence, static_cast<int64_t>(size)),
              kvcache::Cache::Outcome::kOk);
    const std::vector<kvcache::Sequence> sequences(size, sequence);
    std::vector<int32_t> outputs;
    for (size_t i = 0; i < size; ++i) outputs.push_back(static_cast<int32_t>(i));
    const auto rows = executor.run({.tokens = std::span(tokens).subspan(begin, size),
                                    .sequences = sequences,
                                    .outputs = outputs});
    logits.insert(logits.end(), rows.begin(), rows.end());
    begin += size;
  }
  executor.cache().close(sequence);
  return logits;
}

class Architecture : public testing::TestWithParam<std::tuple<const MapConfig*, std::string>> {
 protected:
  const MapConfig& config() const { return *std::get<0>(GetParam()); }
  const std::string& backend() const { return std::get<1>(GetParam()); }
};

std::vector<const MapConfig*> all_configs() {
  std::vector<const MapConfig*> list;
  for (const MapConfig& config : kConfigs) list.push_back(&config);
  return list;
}

INSTANTIATE_TEST_SUITE_P(Every, Architecture,
                         testing::Combine(testing::ValuesIn(all_configs()),
                                          testing::Values("cpu", "reference")),
                         [](const auto& suite) {
                           return std::get<0>(suite.param)->architecture() + "_" +
                                  std::get<1>(suite.param);
                         });

TEST_P(Architecture, GivesTheSameLogitsForAnyChunksOfThePrompt) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options_for(backend()));
  const auto tokens = some_tokens(24);
  const auto whole = run(executor, tokens, {24});
  EXPECT_EQ(run(executor, tokens, std::vector<size_t>(24, 1)), whole);
  EXPECT_EQ(run(executor, tokens, {1, 7, 3, 13}), whole);
}

TEST_P(Architecture, GivesTheSameLogitsInABatchAsAlone) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options_for(backend()));
  const auto first = some_tokens(9), second = some_tokens(9, 41);
  const auto alone = run(executor, first, {9}), other = run(executor, second, {9});

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
  const size_t vocabulary = static_cast<size_t>(executor.vocabulary());
  for (size_t i = 0; i < 9; ++i) {
    const auto row = [&](size_t j) {
      return std::vector<float>(rows.begin() + static_cast<int64_t>(j * vocabulary),
                                rows.begin() + static_cast<int64_t>((j + 1) * vocabulary));
    };
    const auto expected = [&](const std::vector<float>& all) {
      return std::vector<float>(all.begin() + static_cast<int64_t>(i * vocabulary),
                                all.begin() + static_cast<int64_t>((i + 1) * vocabulary));
    };
    EXPECT_EQ(row(2 * i), expected(alone));
    EXPECT_EQ(row(2 * i + 1), expected(other));
  }
}

TEST_P(Architecture, GivesTheSameLogitsWithOneThreadAndTwo) {
  for (const ml::DType type : {ml::DType::kF32, ml::DType::kQ8_0}) {
    const RandomModel random(config(), type);
    Executor one(*random.model, random.list, options_for(backend(), 1));
    Executor two(*random.model, random.list, options_for(backend(), 2));
    EXPECT_EQ(run(one, some_tokens(20), {20}), run(two, some_tokens(20), {20}));
  }
}

TEST_P(Architecture, GivesOnlyTheRowsAskedFor) {
  const RandomModel random(config());
  Executor executor(*random.model, random.list, options_for(backend()));
  const auto tokens = some_tokens(6);
  const auto all = run(executor, tokens, {6});
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

TEST_P(Architecture, AgreesWithTheReferenceInEveryWeightType) {
  for (const auto& [type, bound] : {std::pair(ml::DType::kF32, 1e-10),
                                    {ml::DType::kF16, 1e-10},
                                    {ml::DType::kBF16, 1e-10},
                                    {ml::DType::kQ8_0, 2e-3},
                                    {ml::DType::kQ4_0, 2e-3},
                                    {ml::DType::kQ4_1, 2e-3}}) {
    const RandomModel random(config(), type);
    ExecutorOptions options = options_for(backend()), reference = options_for("reference");
    options.cache.key_type = options.cache.value_type = reference.cache.key_type =
        reference.cache.value_type = ml::DType::kF32;
    Executor ours(*random.model, random.list, options),
        oracle(*random.model, random.list, reference);
    EXPECT_LE(nmse(run(ours, some_tokens(24), {24}), run(oracle, some_tokens(24), {24})), bound)
        << ml::info(type).name;
  }
}

TEST(Architectures, EveryFolderIsRegisteredAndTested) {
  for (const auto& entry : std::filesystem::directory_iterator("src/model/models")) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename();
    EXPECT_TRUE(architectures().contains(name))
        << name << " does not register an architecture of its name";
    const bool tested = std::any_of(std::begin(kConfigs), std::end(kConfigs),
                                    [&](const MapConfig& c) { return c.architecture() == name; });
    EXPECT_TRUE(tested) << name << " has no row in this test";
  }
}

}  // namespace
}  // namespace cria::model
