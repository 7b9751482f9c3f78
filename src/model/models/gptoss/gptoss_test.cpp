// Tiny ones of this architecture, with which all tests of architectures run.

#include <gtest/gtest.h>

#include <utility>

#include "model/loading.h"
#include "model/models/test_configs.h"
#include "model/models/test_files.h"
#include "model/models/test_models.h"
#include "tests/support/nmse.h"

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

struct Rows {
  int64_t first, count, step = 1;
};

// Of `joined`, whose rows have `row` numbers.
void write_rows(test::GgufBuilder& builder, const std::string& name, const ml::Node& joined,
                int64_t row, const std::vector<uint64_t>& dims, const Rows& rows) {
  const auto* from = reinterpret_cast<const float*>(joined.data);
  std::vector<float> values;
  for (int64_t i = 0; i < rows.count; ++i) {
    const float* const begin = from + (rows.first + i * rows.step) * row;
    values.insert(values.end(), begin, begin + row);
  }
  builder.tensor(name, dims, values);
}

// The name of a part in place of that of what it is joined with.
std::string part_name(const std::string& name, std::string_view joined, std::string_view part) {
  std::string result = name;
  return result.replace(result.find(joined), joined.size(), part);
}

TEST(GptOss, ComputesTheSameOfJoinedWeightsAndOfTheirParts) {
  const RandomModel joined(ollamas());
  test::GgufBuilder builder;
  write_config(builder, ollamas());
  int found = 0;
  for (const ml::Node* node : joined.list) {
    const bool is_matrix = node->name.ends_with(".weight");
    const int64_t row = is_matrix ? node->shape[-1] : 1;
    if (node->name.find("attn_qkv.") != std::string::npos) {
      constexpr std::pair<const char*, Rows> kParts[] = {
          {"attn_q.", {0, 128}}, {"attn_k.", {128, 64}}, {"attn_v.", {192, 64}}};
      for (const auto& [part, rows] : kParts) {
        std::vector<uint64_t> dims{static_cast<uint64_t>(rows.count)};
        if (is_matrix) dims.push_back(64);
        write_rows(builder, part_name(node->name, "attn_qkv.", part), *node, row, dims, rows);
      }
      ++found;
    } else if (node->name.find("ffn_gate_up_exps.") != std::string::npos) {
      std::vector<uint64_t> dims{6, 32};
      if (is_matrix) dims.push_back(64);
      for (int64_t i = 0; i < 2; ++i) {
        const std::string name =
            part_name(node->name, "ffn_gate_up_exps.", i == 0 ? "ffn_gate_exps." : "ffn_up_exps.");
        write_rows(builder, name, *node, row, dims, {i, 6 * 32, 2});
      }
      ++found;
    } else {
      write_weight(builder, node->name, *node);
    }
  }
  EXPECT_EQ(found, 3 * 4);  // weights and biases of both, of three blocks

  const std::vector<std::byte> bytes = builder.bytes();
  const LoadedModel apart = load(gguf::File::parse(bytes, "test"));
  const ExecutorOptions options = with_exact_cache(options_for({"reference", ""}));
  Executor of_joined(*joined.model, joined.list, options);
  Executor of_parts(*apart.model, apart.weight_list(), options);
  EXPECT_LE(nmse(run(of_parts, some_tokens(24)), run(of_joined, some_tokens(24))), 1e-12);
}

}  // namespace
}  // namespace cria::model
