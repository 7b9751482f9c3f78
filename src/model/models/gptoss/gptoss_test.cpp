// Tiny ones of this architecture, with which all tests of architectures run.

#include <gtest/gtest.h>

#include <utility>

#include "model/loading.h"
#include "model/models/test_configs.h"
#include "model/models/test_files.h"
#include "model/models/test_models.h"

namespace cria::model {
namespace {

MapConfig config_of(const std::string& architecture) {
  return sparse(with_yarn(decoder(architecture)))
      .with("attention.key_length", 32)
      .with("attention.sliding_window", 7);
}

MapConfig ollamas() {
  return config_of("gptoss")
      .without("rope.scaling.type")
      .without("expert_feed_forward_length")
      .with("feed_forward_length", 32);
}

const TestedDecoders kTested{{"gptoss", config_of("gpt-oss")}, {"gptoss_of_ollama", ollamas()}};

std::string ollamas_name(std::string name) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"attn_output.", "attn_out."},
      {"attn_sinks.weight", "attn_sinks"},
      {"post_attention_norm.", "ffn_norm."}};
  for (const auto& [usual, theirs] : kNames) {
    if (const size_t at = name.find(usual); at != std::string::npos) {
      name.replace(at, usual.size(), theirs);
    }
  }
  return name;
}

TEST(GptOss, ReadsFilesOfOllamasConverter) {
  const RandomModel random(ollamas());
  test::GgufBuilder builder;
  write_config(builder, ollamas());
  for (const ml::Node* node : random.list) write_weight(builder, ollamas_name(node->name), *node);
  const std::vector<std::byte> bytes = builder.bytes();
  const LoadedModel loaded = load(gguf::File::parse(bytes, "test"));
  EXPECT_EQ(loaded.weight_list().size(), random.list.size());
}

}  // namespace
}  // namespace cria::model
