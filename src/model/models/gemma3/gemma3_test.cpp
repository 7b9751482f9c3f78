// Tiny ones of this architecture, with which all tests of architectures run.

#include <gtest/gtest.h>

#include "model/loading.h"
#include "model/models/test_configs.h"
#include "model/models/test_files.h"
#include "model/models/test_models.h"
#include "tests/support/expect_error.h"

namespace cria::model {
namespace {

MapConfig usual() {
  return decoder("gemma3")
      .with("attention.sliding_window", 7)
      .with("attention.sliding_window_pattern", 2)
      .with("attention.key_length", 32)
      .with("attention.layer_norm_rms_epsilon", 1e-6)
      .with("rope.freq_base_swa", 1000);
}

MapConfig ollamas() {
  return usual()
      .without("attention.layer_norm_rms_epsilon")
      .without("rope.freq_base")
      .without("rope.freq_base_swa")
      .with("rope.global.freq_base", 10000)
      .with("rope.local.freq_base", 1000)
      .with("final_logit_softcapping", 3);
}

const TestedDecoders kTested{
    {"gemma3", usual()},
    {"gemma3_of_ollama", ollamas()},
    {"gemma3_with_a_cap",
     decoder("gemma3").with("final_logit_softcapping", 3).with_text("hidden_activation", "gelu")},
};

std::vector<float> logits(const MapConfig& config) {
  const RandomModel random(config);
  Executor executor(*random.model, random.list, options_for({"reference", ""}));
  return run(executor, some_tokens(24));
}

TEST(Gemma3, ReadsTheKeysOfOllamasConverter) {
  EXPECT_EQ(logits(ollamas()), logits(usual()));
  EXPECT_NE(logits(ollamas()), logits(usual().with("rope.freq_base_swa", 2000)));
  EXPECT_NE(logits(ollamas()), logits(usual().with("rope.freq_base", 20000)));
  EXPECT_NE(logits(ollamas()), logits(usual().with("final_logit_softcapping", 3)));
}

TEST(Gemma3, ScalesTheRotationOfLargeModelsThatDoNotSaySo) {
  const MapConfig large = decoder("gemma3").with("block_count", 34);
  const MapConfig scaled = large.with("rope.scaling.factor", 8);
  EXPECT_EQ(logits(large), logits(scaled));
  EXPECT_NE(logits(large), logits(large.with("rope.scaling.factor", 1)));
}

// A file with the part for pictures, and with tokens for them that have no embeddings.
test::GgufBuilder with_pictures(const RandomModel& random) {
  test::GgufBuilder builder;
  write_config(builder, ollamas().without("vocab_size"));
  builder.metadata("tokenizer.ggml.tokens", std::vector<std::string>(98, "x"));
  for (const ml::Node* node : random.list) write_weight(builder, node->name, *node);
  builder.tensor("v.patch_embedding.bias", {2}, {1, 2});
  builder.tensor("mm.input_projection.weight", {1, 2}, {1, 2});
  return builder;
}

TEST(Gemma3, LeavesThePartThatLooksAtPictures) {
  const RandomModel random(ollamas());
  const std::vector<std::byte> bytes = with_pictures(random).bytes();
  const LoadedModel loaded = load(gguf::File::parse(bytes, "test"));
  EXPECT_EQ(loaded.model->vocabulary(), 97);
  EXPECT_EQ(loaded.model->vision(), nullptr);
  EXPECT_FALSE(sees(*loaded.file));
  EXPECT_TRUE(architectures().at("mllama").sees);
}

TEST(Gemma3, LeavesNothingElse) {
  const RandomModel random(ollamas());
  test::GgufBuilder builder = with_pictures(random);
  builder.tensor("vision.weight", {2}, {1, 2});
  const std::vector<std::byte> bytes = builder.bytes();
  test::expect_error([&] { load(gguf::File::parse(bytes, "test")); }, Error::Code::kCorrupt,
                     {"unused   vision.weight"});
}

}  // namespace
}  // namespace cria::model
