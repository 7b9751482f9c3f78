#include "model/hyper_parameters.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"
#include "tests/support/map_config.h"

namespace cria::model {
namespace {

const MapConfig kConfig("x", {{"attention.head_count", 6}, {"attention.head_count_kv", 2}});

TEST(Heads, AreAsManyForKeysAsForQueriesAndShareTheWidthWhenAFileSaysNothing) {
  const HeadOptions heads = read_heads(kConfig.without("attention.head_count_kv"), 48);
  EXPECT_EQ(heads.query, 6);
  EXPECT_EQ(heads.key_value, 6);
  EXPECT_EQ(heads.dim, 8);
  EXPECT_EQ(read_heads(kConfig.with("attention.key_length", 5), 48).dim, 5);
}

TEST(Heads, MustBeSharedOutEvenly) {
  test::expect_error([] { read_heads(kConfig.with("attention.head_count_kv", 4), 48); },
                     Error::Code::kCorrupt, {"x.attention.head_count is 6", "which is 4"});
  test::expect_error([] { read_heads(kConfig, 50); }, Error::Code::kCorrupt,
                     {"x.attention.head_count is 6", "embedding_length, which is 50"});
  test::expect_error([] { read_heads(kConfig.with("attention.value_length", 4), 48); },
                     Error::Code::kUnsupported, {"x.attention.value_length is 4", "which is 8"});
}

TEST(Rope, RotatesAnEvenNumberOfDimensionsOfAHead) {
  for (const double dims : {7, 10}) {
    test::expect_error(
        [&] { read_rope(kConfig.with("rope.dimension_count", dims), 8, ml::RopePairs::kHalves); },
        Error::Code::kCorrupt, {"x.rope.dimension_count is ", "even", "which is 8"});
  }
  test::expect_error([] { read_rope(kConfig, 7, ml::RopePairs::kHalves); }, Error::Code::kCorrupt,
                     {"x.rope.dimension_count is 7"});
}

TEST(Rope, ScalesPositionsOrFrequencies) {
  const MapConfig scaled = kConfig.with("rope.scaling.factor", 4);
  const auto read = [](const MapConfig& c) { return read_rope(c, 8, ml::RopePairs::kHalves); };
  EXPECT_EQ(read(kConfig).scale, 1);
  EXPECT_EQ(read(scaled).scale, 0.25f);
  EXPECT_EQ(read(scaled.with_text("rope.scaling.type", "none")).scale, 1);
  test::expect_error([&] { read(scaled.with_text("rope.scaling.type", "dynamic")); },
                     Error::Code::kUnsupported, {"x.rope.scaling.type is \"dynamic\"", "yarn"});

  const MapConfig longrope =
      scaled.with_text("rope.scaling.type", "longrope").with("rope.scaling.attn_factor", 1.5);
  EXPECT_EQ(read(longrope).scale, 1) << "its factors are weights";
  EXPECT_EQ(read(longrope).yarn.magnitude, 1.5f);

  const MapConfig yarn = scaled.with_text("rope.scaling.type", "yarn");
  test::expect_error([&] { read(yarn); }, Error::Code::kNotFound, {"original_context_length"});
  const MapConfig complete = yarn.with("rope.scaling.original_context_length", 100);
  EXPECT_EQ(read(complete).scale, 0.25f);
  EXPECT_EQ(read(complete).yarn.original_context, 100);
  EXPECT_FLOAT_EQ(read(complete).yarn.magnitude, 1 + 0.1f * std::log(4.f));
  EXPECT_EQ(read(complete.with("rope.scaling.yarn_beta_fast", 8)).yarn.fast_turns, 8);
  test::expect_error([&] { read(complete.with("rope.scaling.beta_slow", 64)); },
                     Error::Code::kCorrupt, {"x.rope.scaling.beta_fast is 32", "which is 64"});
}

TEST(Windows, AreOfTheLayersThatAFileNamesOrOfAllButEveryNth) {
  using Windows = std::vector<int64_t>;
  const MapConfig config = kConfig.with("attention.sliding_window", 5);
  EXPECT_EQ(read_windows(kConfig, 3, 2), (Windows{0, 0, 0}));
  EXPECT_EQ(read_windows(config, 5, 2), (Windows{5, 0, 5, 0, 5}));
  const std::string pattern = "attention.sliding_window_pattern";
  EXPECT_EQ(read_windows(config.with(pattern, 3), 4, 2), (Windows{5, 5, 0, 5}));
  EXPECT_EQ(read_windows(config.with(pattern, {0, 1, 1}), 3, 2), (Windows{0, 5, 5}));
  test::expect_error(
      [&] {
        read_windows(config.with(pattern, {0, 1, 1}), 4, 2);
      },
      Error::Code::kCorrupt, {"x.attention.sliding_window_pattern has 3", "4 layers"});
  test::expect_error([&] { read_windows(config.with(pattern, 0), 4, 2); }, Error::Code::kCorrupt,
                     {"x.attention.sliding_window_pattern is 0"});
}

TEST(Activation, IsTheModelsOwnUnlessAFileNamesAnother) {
  EXPECT_EQ(read_activation(kConfig, ml::Activation::kSilu), ml::Activation::kSilu);
  const auto named = [](const char* name) {
    return read_activation(kConfig.with_text("hidden_activation", name), ml::Activation::kSilu);
  };
  EXPECT_EQ(named("gelu"), ml::Activation::kGeluErf);
  EXPECT_EQ(named("gelu_pytorch_tanh"), ml::Activation::kGelu);
  test::expect_error([&] { named("mish"); }, Error::Code::kUnsupported,
                     {"x.hidden_activation is \"mish\"", "gelu"});
}

TEST(Cap, IsNoneAtZeroAndNeverBelow) {
  EXPECT_EQ(read_cap(kConfig, "cap", 30), 30);
  EXPECT_EQ(read_cap(kConfig.with("cap", 0), "cap", 30), 0);
  test::expect_error([&] { read_cap(kConfig.with("cap", -1), "cap", 30); }, Error::Code::kCorrupt,
                     {"x.cap is -1"});
}

TEST(Experts, AreNoMoreForATokenThanThereAre) {
  const MapConfig config = kConfig.with("expert_count", 4).with("expert_used_count", 4);
  EXPECT_EQ(read_experts(config).used, 4);
  test::expect_error([&] { read_experts(config.with("expert_used_count", 5)); },
                     Error::Code::kCorrupt, {"x.expert_used_count is 5", "which is 4"});
  test::expect_error([&] { read_experts(config.without("expert_used_count")); },
                     Error::Code::kNotFound, {"x.expert_used_count"});
}

TEST(Refusal, NamesWhatAnArchitectureDoesNotHave) {
  refuse(kConfig.with("expert_count", 0), {"expert_count", "attention.sliding_window"});
  test::expect_error([] { refuse(kConfig.with("expert_count", 8), {"expert_count"}); },
                     Error::Code::kUnsupported, {"x.expert_count is 8"});
}

}  // namespace
}  // namespace cria::model
