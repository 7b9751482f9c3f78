#include "nn/experts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <deque>

#include "ml/backend.h"
#include "tests/support/nmse.h"

namespace cria::nn {
namespace {

// Evaluates one result of a graph that has a single input.
std::vector<float> evaluate(const ml::Graph& graph, ml::Tensor input, std::vector<float> values,
                            ml::Tensor result) {
  const auto backend = ml::make_backend("reference", {.threads = 1});
  const auto plan = backend->plan(graph, std::span(&result, 1));
  std::memcpy(plan->input(input).data(), values.data(), values.size() * sizeof(float));
  backend->run(*plan);
  return {plan->output(0).begin(), plan->output(0).end()};
}

// The probabilities of these logits are 0.1, 0.4, 0.2, 0.3 for both tokens, in other orders.
const std::vector<float> kLogits = {std::log(0.1f), std::log(0.4f), std::log(0.2f), std::log(0.3f),
                                    std::log(0.3f), std::log(0.2f), std::log(0.4f), std::log(0.1f)};

TEST(Routing, TakesTheMostProbableExpertsAndTheirProbabilities) {
  ml::Graph graph;
  const ml::Tensor logits = graph.input("logits", ml::DType::kF32, {2, 4});
  const Routing routing = route(logits, 2, false);
  const auto weights = evaluate(graph, logits, kLogits, routing.weights);
  EXPECT_LE(nmse(weights, std::vector<float>{0.4f, 0.3f, 0.4f, 0.3f}), 1e-12);
  const auto bits = evaluate(graph, logits, kLogits, routing.ids);
  std::vector<int32_t> ids(4);
  std::memcpy(ids.data(), bits.data(), sizeof(float) * 4);
  EXPECT_EQ(ids, (std::vector<int32_t>{1, 3, 2, 0}));
}

TEST(Routing, LetsWeightsAddUpToOneOnRequest) {
  ml::Graph graph;
  const ml::Tensor logits = graph.input("logits", ml::DType::kF32, {2, 4});
  const auto weights = evaluate(graph, logits, kLogits, route(logits, 3, true).weights);
  EXPECT_LE(nmse(weights, std::vector<float>{4 / 9.f, 3 / 9.f, 2 / 9.f, 4 / 9.f, 3 / 9.f, 2 / 9.f}),
            1e-12);
}

struct Invented {
  ml::Tensor make(const ml::Shape& shape, std::vector<float> values) {
    const auto& kept = data.emplace_back(std::move(values));
    ml::Node& node = nodes.emplace_back();
    node.op = ml::Op::kWeight;
    node.shape = shape;
    node.data = reinterpret_cast<const std::byte*>(kept.data());
    return {nullptr, &node};
  }
  std::deque<std::vector<float>> data;
  std::deque<ml::Node> nodes;
};

TEST(ExpertLinear, UsesWeightsAndBiasesOfTheExpertsNamed) {
  ml::Graph graph;
  Invented invented;
  const ml::Tensor x = graph.input("x", ml::DType::kF32, {1, 2});
  ExpertLinear layer;
  layer.weight = invented.make({3, 1, 2}, {1, 10, 2, 20, 3, 30});
  layer.bias = invented.make({3, 1}, {100, 200, 300});
  const ml::Tensor ids = ml::top_k(ml::pad(x, 1, 1, 0), 2);  // of 0, 5, 7: experts 2 and 1
  EXPECT_EQ(evaluate(graph, x, {5, 7}, layer(x, ids)),
            (std::vector<float>{3 * 5 + 30 * 7 + 300, 2 * 5 + 20 * 7 + 200}));
}

}  // namespace
}  // namespace cria::nn
