// Moving cached keys to other positions: what happens when tokens before them are forgotten.

#include <gtest/gtest.h>

#include <cstring>

#include "model/models/test_models.h"
#include "tests/support/nmse.h"

namespace cria::model {
namespace {

class Shift : public testing::TestWithParam<TestConfig> {};

// States of recurrent layers cannot forget, so no keys are ever moved beside them.
std::vector<TestConfig> configs_without_states() {
  std::vector<TestConfig> configs = test_configs();
  std::erase_if(configs, [](const TestConfig& config) {
    return config.config.numbers().contains("shortconv.l_cache");
  });
  return configs;
}

INSTANTIATE_TEST_SUITE_P(Every, Shift, testing::ValuesIn(configs_without_states()),
                         [](const auto& suite) { return suite.param.name; });

// The keys of the first block that a new sequence's tokens get, [tokens, kv_heads, head_dim]. They
// depend on a token and its position alone.
struct Keys {
  ml::Shape shape;
  std::vector<float> values;
};
Keys first_keys(const RandomModel& random, const std::vector<int32_t>& tokens) {
  Executor executor(*random.model, random.list, with_exact_cache(options_for({"reference", ""})));
  kvcache::Cache& cache = executor.cache();
  const kvcache::Sequence sequence = cache.open().value();
  EXPECT_EQ(cache.reserve(sequence, std::ssize(tokens)), kvcache::Cache::Outcome::kOk);
  const std::vector<kvcache::Sequence> sequences(tokens.size(), sequence);
  executor.run({.tokens = tokens, .sequences = sequences, .outputs = {}});
  const kvcache::LayerSpec layer = random.model->cache_spec().front();
  Keys keys{{std::ssize(tokens), layer.kv_heads, layer.head_dim}, {}};
  keys.values.resize(static_cast<size_t>(keys.shape.size()));
  const std::vector<std::byte> bytes = cache.contents(sequence, 0, ml::StateRole::kKeys);
  EXPECT_EQ(bytes.size(), keys.values.size() * sizeof(float));
  std::memcpy(keys.values.data(), bytes.data(), bytes.size());
  return keys;
}

std::vector<float> shifted(const RandomModel& random, const Keys& keys, int32_t delta) {
  const auto backend = ml::make_backend("reference", {.threads = 1});
  for (const ml::Node* weight : random.list) backend->load(*weight, {.other = true});
  ml::Graph graph;
  const ml::Tensor key = graph.input("key", ml::DType::kF32, keys.shape);
  const ml::Tensor by = graph.input("delta", ml::DType::kI32, {keys.shape[0]});
  const ml::Tensor result = random.model->shift(0, key, by);
  const auto plan = backend->plan(graph, std::span(&result, 1));
  std::memcpy(plan->input(key).data(), keys.values.data(), plan->input(key).size());
  const std::vector<int32_t> deltas(static_cast<size_t>(keys.shape[0]), delta);
  std::memcpy(plan->input(by).data(), deltas.data(), plan->input(by).size());
  backend->run(*plan);
  return {plan->output(0).begin(), plan->output(0).end()};
}

bool can_shift(const RandomModel& random) {
  ml::Graph graph;
  const kvcache::LayerSpec layer = random.model->cache_spec().front();
  const ml::Tensor key = graph.input("key", ml::DType::kF32, {1, layer.kv_heads, layer.head_dim});
  return bool{random.model->shift(0, key, graph.input("delta", ml::DType::kI32, {1}))};
}

TEST_P(Shift, GivesTheKeysThatTheNewPositionsHaveAnyway) {
  const RandomModel random(GetParam().config);
  if (!can_shift(random)) GTEST_SKIP() << "the model's keys can not be moved";
  const auto tokens = some_tokens(20);
  const size_t before = 5;  // are forgotten
  const Keys all = first_keys(random, tokens);
  const Keys rest = first_keys(random, {tokens.begin() + before, tokens.end()});
  ASSERT_EQ(rest.shape[0], 15);
  Keys moved = rest;
  moved.values.assign(all.values.end() - static_cast<int64_t>(rest.values.size()),
                      all.values.end());
  EXPECT_GT(nmse(moved.values, rest.values), 1e-3) << "positions make no difference";
  EXPECT_LE(nmse(shifted(random, moved, -static_cast<int32_t>(before)), rest.values), 1e-11);
}

}  // namespace
}  // namespace cria::model
