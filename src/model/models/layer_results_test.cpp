#include "model/layer_results.h"

#include <gtest/gtest.h>

#include <map>

#include "model/models/test_models.h"
#include "tests/support/nmse.h"

namespace cria::model {
namespace {

struct Result {
  ml::Shape shape;
  std::vector<float> values;
};

// What layers gave in one pass of eight tokens, by their names.
std::map<std::string, Result> results_of(const MapConfig& config, const Target& target,
                                         std::vector<std::string> layers) {
  const RandomModel random(config);
  ExecutorOptions options = with_exact_cache(options_for(target));
  options.layers = std::move(layers);
  Executor executor(*random.model, random.list, options);
  run(executor, some_tokens(8));
  std::map<std::string, Result> results;
  for (const NamedResult& named : executor.trace()) {
    results[named.name] = {named.shape, {named.values.begin(), named.values.end()}};
  }
  return results;
}

TEST(LayerResults, AreTheSameOnEveryBackend) {
  const std::vector<std::string> layers{"blk.0.attn_norm", "blk.1.attn_output", "blk.2.ffn_up"};
  const auto exact = results_of(decoder("llama"), {"reference", ""}, layers);
  ASSERT_EQ(exact.size(), 3u);
  EXPECT_EQ(exact.at("blk.2.ffn_up").shape, (ml::Shape{8, 96}));
  for (const Target& target : targets()) {
    const auto ours = results_of(decoder("llama"), target, layers);
    for (const auto& [name, result] : exact) {
      EXPECT_LE(nmse(ours.at(name).values, result.values), 1e-9) << name << target.name();
    }
  }
}

TEST(LayerResults, IncludeTheBiasAndLeaveOutLayersThatAreNotThere) {
  ml::Graph graph;
  ml::Node weight{
      .op = ml::Op::kWeight, .shape = {3, 4}, .inputs = {}, .options = {}, .name = "a.weight"};
  ml::Node bias{.op = ml::Op::kWeight, .shape = {3}, .inputs = {}, .options = {}, .name = "a.bias"};
  const ml::Tensor x = graph.input("x", ml::DType::kF32, {2, 4});
  const ml::Tensor product = ml::matmul(ml::Tensor(nullptr, &weight), x);
  const ml::Tensor sum = product + ml::Tensor(nullptr, &bias);
  const auto results = layer_results(graph, {"a", "b"});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].first, "a");
  EXPECT_EQ(results[0].second, sum.node());
}

}  // namespace
}  // namespace cria::model
