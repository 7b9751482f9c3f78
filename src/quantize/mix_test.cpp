// The mixes, on models of made-up sizes.
#include "quantize/mix.h"

#include <gtest/gtest.h>

#include <map>

#include "quantize/pattern.h"
#include "tests/support/expect_error.h"

namespace cria::quantize {
namespace {

using ml::DType;

gguf::OutputTensor tensor(const std::string& name, std::vector<int64_t> dims) {
  return {name, 1, std::move(dims), {}};
}

// A llama whose sizes are multiples of 256.
gguf::Writer model(uint32_t blocks, uint32_t heads, uint32_t value_heads, bool has_output = true) {
  gguf::Writer file;
  file.metadata("general.architecture", "llama");
  file.metadata("llama.block_count", blocks);
  file.metadata("llama.attention.head_count", heads);
  file.metadata("llama.attention.head_count_kv", value_heads);
  file.tensor(tensor("token_embd.weight", {512, 256}));
  for (uint32_t i = 0; i < blocks; ++i) {
    const std::string block = "blk." + std::to_string(i) + ".";
    file.tensor(tensor(block + "attn_norm.weight", {256}));
    for (const char* name : {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_down"})
      file.tensor(tensor(block + name + ".weight", {256, 256}));
  }
  if (has_output) file.tensor(tensor("output.weight", {512, 256}));
  return file;
}

std::map<std::string, DType> types_of(const gguf::Writer& file, const char* preset,
                                      bool has_importance = false) {
  ModelFacts facts = facts_of(file);
  facts.has_importance = has_importance;
  std::map<std::string, DType> types;
  int64_t values = 0;
  for (const size_t i : in_order_of_layers(file)) {
    const gguf::OutputTensor& of = file.tensors()[i];
    if (is_quantizable(of)) types[of.name] = type_in_mix(find_preset(preset), facts, of, values);
    values += of.name.ends_with("attn_v.weight");
  }
  return types;
}

TEST(Mix, OfQ4_K_MSparesSomeValuesAndDownProjectionsAndTheOutput) {
  auto types = types_of(model(16, 8, 8), "Q4_K_M");
  EXPECT_EQ(types.at("output.weight"), DType::kQ6_K);
  EXPECT_EQ(types.at("token_embd.weight"), DType::kQ4_K);
  EXPECT_FALSE(types.contains("blk.0.attn_norm.weight"));
  // The first and last eighth, and every third between: 0, 1, 4, 7, 10, 13, 14, 15.
  for (int i = 0; i < 16; ++i) {
    const std::string block = "blk." + std::to_string(i) + ".";
    const bool is_better = i < 2 || i >= 14 || (i - 2) % 3 == 2;
    const DType expected = is_better ? DType::kQ6_K : DType::kQ4_K;
    EXPECT_EQ(types.at(block + "attn_v.weight"), expected) << i;
    EXPECT_EQ(types.at(block + "ffn_down.weight"), expected) << i;
    EXPECT_EQ(types.at(block + "attn_q.weight"), DType::kQ4_K) << i;
  }
}

TEST(Mix, LeavesTheEncoderOfPicturesAsItIs) {
  gguf::Writer file = model(2, 8, 8);
  for (const char* name : {"v.blk.0.attn_q.weight", "v.patch_embd.weight", "mm.0.weight"})
    file.tensor(tensor(name, {256, 256}));
  const auto types = types_of(file, "Q4_0");
  EXPECT_TRUE(types.contains("blk.0.attn_q.weight"));
  for (const char* name : {"v.blk.0.attn_q.weight", "v.patch_embd.weight", "mm.0.weight"})
    EXPECT_FALSE(types.contains(name)) << name;
}

TEST(Mix, TiedEmbeddingsGetTheTypeOfTheOutput) {
  EXPECT_EQ(types_of(model(2, 8, 8, false), "Q4_0").at("token_embd.weight"), DType::kQ6_K);
  EXPECT_EQ(types_of(model(2, 8, 8, false), "Q8_0").at("token_embd.weight"), DType::kQ8_0);
  EXPECT_EQ(types_of(model(2, 8, 8, false), "F16").at("token_embd.weight"), DType::kF16);
}

TEST(Mix, SharedValueHeadsAreWorthMore) {
  EXPECT_EQ(types_of(model(8, 8, 8), "Q2_K").at("blk.3.attn_v.weight"), DType::kQ3_K);
  EXPECT_EQ(types_of(model(8, 8, 2), "Q2_K").at("blk.3.attn_v.weight"), DType::kQ4_K);
  EXPECT_EQ(types_of(model(80, 64, 8), "Q3_K_S").at("blk.3.attn_v.weight"), DType::kQ5_K);
}

TEST(Mix, ImportanceChangesIt) {
  EXPECT_EQ(types_of(model(16, 8, 8), "Q4_0").at("blk.1.ffn_down.weight"), DType::kQ4_0);
  EXPECT_EQ(types_of(model(16, 8, 8), "Q4_0", true).at("blk.1.ffn_down.weight"), DType::kQ4_1);
  EXPECT_EQ(types_of(model(16, 8, 8), "IQ4_XS").at("blk.1.ffn_down.weight"), DType::kQ5_K);
  EXPECT_EQ(types_of(model(16, 8, 8), "IQ4_XS", true).at("blk.1.ffn_down.weight"), DType::kIQ4_XS);
}

TEST(Mix, Mxfp4IsForExpertsWhereThereAreAny) {
  EXPECT_EQ(types_of(model(2, 8, 8), "MXFP4").at("blk.0.attn_q.weight"), DType::kMXFP4);
  gguf::Writer file = model(2, 8, 8);
  file.metadata("llama.expert_count", uint32_t{4});
  file.tensor(tensor("blk.0.ffn_up_exps.weight", {4, 256, 256}));
  file.tensor(tensor("blk.0.ffn_gate_inp.weight", {4, 256}));
  const auto types = types_of(file, "MXFP4");
  EXPECT_EQ(types.at("blk.0.attn_q.weight"), DType::kQ8_0);
  EXPECT_EQ(types.at("blk.0.ffn_up_exps.weight"), DType::kMXFP4);
  EXPECT_FALSE(types.contains("blk.0.ffn_gate_inp.weight"));
}

TEST(Mix, RowsThatAreNoWholeBlocksGetTheNearestType) {
  EXPECT_EQ(fitting_type(DType::kQ4_K, 512), DType::kQ4_K);
  EXPECT_EQ(fitting_type(DType::kQ4_K, 576), DType::kQ5_0);
  EXPECT_EQ(fitting_type(DType::kQ5_K, 576), DType::kQ5_1);
  EXPECT_EQ(fitting_type(DType::kQ6_K, 576), DType::kQ8_0);
  for (const DType type : {DType::kQ2_K, DType::kQ3_K, DType::kIQ4_XS})
    EXPECT_EQ(fitting_type(type, 576), DType::kIQ4_NL);
  for (const DType type : {DType::kQ4_K, DType::kQ8_0, DType::kMXFP4})
    EXPECT_EQ(fitting_type(type, 40), DType::kF16);
  EXPECT_EQ(fitting_type(DType::kF32, 7), DType::kF32);
}

TEST(Presets, AreFoundByAnyCaseOfTheirNames) {
  EXPECT_EQ(find_preset("q4_k_m").file_type, FileType::kQ4_K_M);
  EXPECT_EQ(find_preset("Q4_K").file_type, FileType::kQ4_K_M);
  EXPECT_EQ(find_type("Q4_K"), DType::kQ4_K);
  test::expect_error([] { find_preset("Q7"); }, Error::Code::kInvalidArgument,
                     {"\"Q7\"", "Q4_K_M", "MXFP4"});
  test::expect_error([] { find_type("i32"); }, Error::Code::kInvalidArgument, {"\"i32\"", "q4_k"});
}

TEST(Patterns, FitWholeNames) {
  EXPECT_TRUE(fits("output.weight", "output.weight"));
  EXPECT_TRUE(fits("output", "output.weight"));
  EXPECT_FALSE(fits("output", "blk.0.attn_output.weight"));
  EXPECT_TRUE(fits("*.attn_v", "blk.12.attn_v.weight"));
  EXPECT_TRUE(fits("blk.?.ffn_*", "blk.3.ffn_down.weight"));
  EXPECT_FALSE(fits("blk.?.ffn_*", "blk.13.ffn_down.weight"));
  EXPECT_TRUE(fits("*a*b*", "xaybz"));
  EXPECT_FALSE(fits("*a*b", "xaybz"));
  EXPECT_TRUE(fits("*", ""));
  EXPECT_FALSE(fits("", "x"));
}

}  // namespace
}  // namespace cria::quantize
