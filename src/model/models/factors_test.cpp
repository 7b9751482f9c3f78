// What the executor says each weight was multiplied with.

#include <gtest/gtest.h>

#include <set>

#include "model/models/test_models.h"

namespace cria::model {
namespace {

class Factors : public testing::TestWithParam<Target> {};

TEST_P(Factors, AreThoseOfEveryProductWithAWeight) {
  for (const TestConfig& config : test_configs()) {
    const RandomModel random(config.config);
    ExecutorOptions options = options_for(GetParam());
    options.factors = true;
    Executor executor(*random.model, random.list, options);
    const std::vector<float> logits = run(executor, some_tokens(7));
    std::set<std::string> names;
    for (const Executor::Factor& factor : executor.factors()) {
      names.insert(factor.weight);
      EXPECT_EQ(static_cast<int64_t>(factor.values.size()), factor.shape.size()) << factor.weight;
      EXPECT_EQ(factor.matrices == 1, factor.experts.empty()) << factor.weight;
      for (const int32_t expert : factor.experts) {
        EXPECT_GE(expert, 0);
        EXPECT_LT(expert, factor.matrices);
      }
      const bool is_output = factor.weight == "output.weight";
      if (!is_output) continue;
      // The last product gives the logits.
      const auto weight = std::ranges::find_if(
          random.list, [&](const ml::Node* node) { return node->name == factor.weight; });
      const auto width = static_cast<size_t>((*weight)->shape[1]);
      const auto* matrix = reinterpret_cast<const float*>((*weight)->data);
      for (size_t row = 0; row < 7; ++row) {
        double sum = 0;
        for (size_t i = 0; i < width; ++i)
          sum += double{matrix[i]} * double{factor.values[row * width + i]};
        EXPECT_NEAR(logits[row * logits.size() / 7], sum, 1e-4) << config.name;
      }
    }
    if (random.model->vision()) continue;  // what attends to pictures does nothing without
    for (const ml::Node* weight : random.list) {
      const std::string_view name = weight->name;
      const bool multiplies = name.starts_with("blk.") && name.ends_with(".weight") &&
                              weight->shape.rank() >= 2 && !name.ends_with("_norm.weight") &&
                              !name.ends_with("shortconv.conv.weight");
      if (!multiplies) continue;
      EXPECT_TRUE(names.contains(weight->name)) << config.name << ": " << weight->name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, Factors, testing::ValuesIn(targets()),
                         [](const auto& tried) { return tried.param.name(); });

}  // namespace
}  // namespace cria::model
