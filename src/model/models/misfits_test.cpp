// Files that do not fit their architecture: one complete report, and never a crash.

#include <gtest/gtest.h>

#include "fs/gguf/gguf.h"
#include "model/loading.h"
#include "model/models/test_files.h"
#include "model/models/test_models.h"
#include "tests/support/expect_error.h"
#include "tests/support/gguf_builder.h"

namespace cria::model {
namespace {

class Misfits : public testing::TestWithParam<TestConfig> {};

INSTANTIATE_TEST_SUITE_P(Every, Misfits, testing::ValuesIn(all_configs()),
                         [](const auto& suite) { return suite.param.name; });

// A file with the weights of `model` but the metadata of `config`.
class Made {
 public:
  Made(const RandomModel& model, const MapConfig& config, std::string_view without = "",
       std::string_view extra = "") {
    test::GgufBuilder builder;
    write_config(builder, config);
    for (const ml::Node& node : model.nodes) {
      if (node.name != without) write_weight(builder, node.name, node);
    }
    if (!extra.empty()) write_weight(builder, extra, model.nodes.front());
    bytes_ = builder.bytes();
  }

  LoadedModel load() const { return model::load(gguf::File::parse(bytes_, "test.gguf")); }

 private:
  std::vector<std::byte> bytes_;
};

TEST_P(Misfits, AreNoneInAFileThatFits) {
  for (const bool with_optional : {false, true}) {
    const RandomModel random(GetParam().config, ml::DType::kF32, with_optional);
    const Made file(random, GetParam().config);
    const LoadedModel loaded = file.load();
    EXPECT_EQ(loaded.weights.size(), random.nodes.size());
  }
}

// Invented models have their outputs tied to the embedding, which comes first.
TEST_P(Misfits, AreNoneInAFileWithAnOutputOfItsOwn) {
  const RandomModel random(GetParam().config);
  if (random.model->output() != Output::kLogits) GTEST_SKIP() << "an encoder has none";
  const Made file(random, GetParam().config, "", "output.weight");
  EXPECT_EQ(file.load().weights.size(), random.nodes.size() + 1);
}

TEST_P(Misfits, AreReportedAllAtOnce) {
  const RandomModel random(GetParam().config);
  std::string missing;
  for (const ml::Node& node : random.nodes) {
    if (!node.name.starts_with("blk.1.") || !node.name.ends_with("norm.weight")) continue;
    if (missing.empty()) missing = node.name;
  }
  ASSERT_FALSE(missing.empty());
  const Made file(random, GetParam().config.with("vocab_size", 96), missing, "blk.7.stray.weight");
  test::expect_error(
      [&] { file.load(); }, Error::Code::kCorrupt,
      {"test.gguf", "missing  " + missing,
       "shape    token_embd.weight is [97, 64], expected [96, 64]", "unused   blk.7.stray.weight"});
}

// What a file says of sizes is not to be trusted: each one of them is zero, negative or huge once.
TEST_P(Misfits, AreSizesThatMakeNoSense) {
  const RandomModel random(GetParam().config);
  for (const auto& [key, numbers] : GetParam().config.numbers()) {
    for (const double value : {0.0, -1.0, 0x1p40}) {
      const bool is_size = key.ends_with("_length") || key.ends_with("_count") ||
                           key.ends_with("_size") || key.ends_with("_count_kv");
      const bool may_be_none = key.ends_with("sliding_window") || key.ends_with("softcapping") ||
                               key == "expert_shared_count" || key == "leading_dense_block_count" ||
                               key == "attention.q_lora_rank" || key == "expert_gating_func" ||
                               key == "rope.scaling.yarn_log_multiplier" ||
                               key == "image_token_id" || key == "attention.cross_attention_layers";
      const bool none = may_be_none && value == 0;
      const bool large_real = !is_size && value > 0;
      // Flags of layers; or none in any layer.
      const bool is_list = numbers.values.size() > 1 && (!is_size || value == 0);
      // An encoder's kind of output; llama's files without experts are another model's.
      const bool other = value == 0 && (key == "pooling_type" || key == "expert_count");
      if (none || large_real || is_list || other) continue;
      SCOPED_TRACE(concat(key, " = ", value));
      const std::string full = full_key(GetParam().config, key);
      test::expect_error([&, k = key] { Made(random, GetParam().config.with(k, value)).load(); },
                         Error::Code::kCorrupt, {full, "expected"});
    }
  }
}

// A position that was not learnt has no row.
TEST(Gpt2, HasTheContextOfItsPositions) {
  const RandomModel random(tested("gpt2"));
  ExecutorOptions options = options_for({"cpu", ""});
  options.cache.context = 65;
  EXPECT_EQ(Executor(*random.model, random.list, options).cache().context(), 64);
}

}  // namespace
}  // namespace cria::model
