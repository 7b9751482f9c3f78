// Whole conversions of a small checkpoint.
#include "convert/convert.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "base/half.h"
#include "convert/test_checkpoint.h"
#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using cria::test::expect_error;
using test::counting;
using test::find;
using test::TestCheckpoint;
using test::values;

void expect_refused(const TestCheckpoint& checkpoint, Code code,
                    std::initializer_list<std::string_view> parts, Options options = {}) {
  expect_error([&] { checkpoint.convert(options); }, code, parts);
  EXPECT_FALSE(std::filesystem::exists(checkpoint.output()));
}

// A config that differs in one field.
void expect_config_refused(const char* key, const test::Json& value, Code code,
                           std::initializer_list<std::string_view> parts) {
  TestCheckpoint checkpoint;
  checkpoint.config[key] = value;
  checkpoint.write();
  expect_refused(checkpoint, code, parts);
}

TEST(Convert, WritesSizesUnderTheKeysOfTheArchitecture) {
  TestCheckpoint checkpoint;
  checkpoint.write();
  const auto file = checkpoint.convert();
  EXPECT_EQ(file->text("general.architecture"), "llama");
  EXPECT_EQ(file->integer("llama.block_count"), 1);
  EXPECT_EQ(file->integer("llama.context_length"), 64);
  EXPECT_EQ(file->integer("llama.embedding_length"), 8);
  EXPECT_EQ(file->integer("llama.feed_forward_length"), 12);
  EXPECT_EQ(file->integer("llama.attention.head_count"), 2);
  EXPECT_EQ(file->integer("llama.attention.head_count_kv"), 1);
  EXPECT_EQ(file->integer("llama.attention.key_length"), 4);
  EXPECT_EQ(file->integer("llama.rope.dimension_count"), 4);
  EXPECT_EQ(file->integer("llama.vocab_size"), 8);
  EXPECT_EQ(file->real("llama.rope.freq_base"), 5000);
  EXPECT_EQ(file->real("llama.attention.layer_norm_rms_epsilon"), double{1e-5f});
  EXPECT_EQ(file->integer("general.file_type"), 0);
  EXPECT_EQ(file->integer("general.parameter_count"), 3 * 64 + 3 * 8 + 2 * 32 + 64 + 3 * 96);
  EXPECT_TRUE(checkpoint.notices.empty());
}

TEST(Convert, GivesTensorsTheirNamesAndKeepsTheirNumbers) {
  TestCheckpoint checkpoint;
  checkpoint.write();
  const auto file = checkpoint.convert();
  EXPECT_EQ(file->tensors().size(), 12u);
  EXPECT_EQ(values(find(*file, "token_embd.weight")), counting({64}).values);
  EXPECT_EQ(values(find(*file, "output.weight")), counting({64}, 100).values);
  EXPECT_EQ(values(find(*file, "blk.0.ffn_down.weight")), counting({96}).values);
  EXPECT_EQ(find(*file, "blk.0.ffn_down.weight").dims, (std::vector<int64_t>{8, 12}));
  EXPECT_EQ(values(find(*file, "blk.0.attn_v.weight")), counting({32}).values);
}

TEST(Convert, PutsRotaryPairsNextToEachOther) {
  TestCheckpoint checkpoint;
  checkpoint.write();
  const auto file = checkpoint.convert();
  // Heads of four rows: halves 0 1 | 2 3 become pairs 0 2, 1 3.
  const std::vector<float> q = values(find(*file, "blk.0.attn_q.weight"));
  const std::vector<float> k = values(find(*file, "blk.0.attn_k.weight"));
  const std::vector<float> rows{0, 2, 1, 3, 4, 6, 5, 7};
  for (size_t row = 0; row < 8; ++row) EXPECT_EQ(q[row * 8], rows[row] * 8);
  for (size_t row = 0; row < 4; ++row) EXPECT_EQ(k[row * 8 + 7], rows[row] * 8 + 7);
}

TEST(Convert, WritesBiasesWhenTheConfigSaysSo) {
  TestCheckpoint checkpoint;
  checkpoint.config["attention_bias"] = true;
  for (const char* name : {"q", "k", "v", "o"}) {
    const std::string key = std::string("model.layers.0.self_attn.") + name + "_proj";
    const int64_t rows = checkpoint.tensors[key + ".weight"].shape[0];
    checkpoint.tensors[key + ".bias"] = counting({rows});
  }
  checkpoint.write();
  const auto file = checkpoint.convert();
  EXPECT_EQ(values(find(*file, "blk.0.attn_q.bias")), (std::vector<float>{0, 2, 1, 3, 4, 6, 5, 7}));
  EXPECT_EQ(values(find(*file, "blk.0.attn_v.bias")), (std::vector<float>{0, 1, 2, 3}));
}

TEST(Convert, LeavesTheOutputToTheEmbeddingsWhenTied) {
  TestCheckpoint checkpoint;
  checkpoint.config["tie_word_embeddings"] = true;
  checkpoint.write();  // the output that is there all the same is not used by the class either
  EXPECT_EQ(checkpoint.convert()->tensors().size(), 11u);
  checkpoint.tensors.erase("lm_head.weight");
  checkpoint.write();
  EXPECT_EQ(checkpoint.convert()->tensors().size(), 11u);
}

TEST(Convert, WritesMatricesInTheTypeAskedForAndVectorsAsF32) {
  for (const OutputType type : {OutputType::kF32, OutputType::kF16, OutputType::kBf16}) {
    TestCheckpoint checkpoint;
    checkpoint.write();
    const auto file = checkpoint.convert({.type = type});
    const auto& matrix = find(*file, "output.weight");
    EXPECT_EQ(matrix.type, static_cast<uint32_t>(type));
    EXPECT_EQ(find(*file, "output_norm.weight").type, 0u);
    if (type == OutputType::kF32) continue;
    const uint16_t expected =
        type == OutputType::kF16 ? float_to_half(101) : float_to_bfloat16(101);
    EXPECT_EQ(values<uint16_t>(matrix)[1], expected);
  }
}

TEST(Convert, RefusesToTurnLargeNumbersIntoInfinity) {
  TestCheckpoint checkpoint;
  checkpoint.tensors["lm_head.weight"].values[9] = -70000;
  checkpoint.write();
  expect_refused(checkpoint, Code::kInvalidArgument,
                 {"\"lm_head.weight\" holds -70000", "too large for f16", "--type"},
                 {.type = OutputType::kF16});
  EXPECT_TRUE(checkpoint.convert({.type = OutputType::kBf16}));
}

TEST(Convert, ReadsPytorchCheckpoints) {
  TestCheckpoint checkpoint;
  checkpoint.write_tokenizer();
  checkpoint.write_pytorch("pytorch_model.bin");
  EXPECT_EQ(values(find(*checkpoint.convert(), "output.weight")), counting({64}, 100).values);
}

TEST(Convert, ReportsMissingAndUnusedTensorsTogether) {
  TestCheckpoint checkpoint;
  checkpoint.tensors.erase("model.norm.weight");
  checkpoint.tensors.erase("model.layers.0.mlp.up_proj.weight");
  checkpoint.tensors["model.layers.1.mlp.up_proj.weight"] = counting({12, 8});
  checkpoint.tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = counting({2});
  checkpoint.write();
  expect_refused(checkpoint, Code::kCorrupt,
                 {"missing model.norm.weight", "missing model.layers.0.mlp.up_proj.weight",
                  "unused \"model.layers.1.mlp.up_proj.weight\""});
}

TEST(Convert, ChecksThePlanAndTheFile) {
  TestCheckpoint checkpoint;
  checkpoint.write();
  std::vector<size_t> data;
  checkpoint.convert({.check = [&](std::unique_ptr<gguf::File> file) {
    EXPECT_EQ(file->integer("llama.block_count"), 1);
    data.push_back(file->tensors().front().data.size());
  }});
  EXPECT_EQ(data, (std::vector<size_t>{0, 256}));
  std::filesystem::remove(checkpoint.output());
  size_t calls = 0;
  const auto refuse_file = [&](const std::unique_ptr<gguf::File>&) {
    if (++calls == 2) fail(Code::kCorrupt, "not good");
  };
  expect_refused(checkpoint, Code::kCorrupt, {"not good"}, {.check = refuse_file});
  EXPECT_EQ(calls, 2u);
}

TEST(Convert, TellsOfUnknownFields) {
  TestCheckpoint checkpoint;
  checkpoint.config["magic_layers"] = 7;
  checkpoint.write();
  checkpoint.convert();
  ASSERT_EQ(checkpoint.notices.size(), 1u);
  EXPECT_NE(checkpoint.notices[0].find("magic_layers"), std::string::npos);
}

TEST(Convert, ReadsRopeFieldsOfBothVersionsOfTransformers) {
  TestCheckpoint checkpoint;
  checkpoint.config["rope_scaling"] = {{"type", "linear"}, {"factor", 4}};
  checkpoint.write();
  const auto old = checkpoint.convert();
  EXPECT_EQ(old->text("llama.rope.scaling.type"), "linear");
  EXPECT_EQ(old->real("llama.rope.scaling.factor"), 4);
  checkpoint.config.erase("rope_scaling");
  checkpoint.config.erase("rope_theta");
  checkpoint.config["rope_parameters"] = {{"rope_type", "yarn"},
                                          {"factor", 4},
                                          {"rope_theta", 700},
                                          {"original_max_position_embeddings", 16},
                                          {"attention_factor", 1.0}};
  checkpoint.write();
  const auto file = checkpoint.convert();
  EXPECT_EQ(file->text("llama.rope.scaling.type"), "yarn");
  EXPECT_EQ(file->real("llama.rope.freq_base"), 700);
  EXPECT_EQ(file->integer("llama.rope.scaling.original_context_length"), 16);
  EXPECT_NEAR(*file->real("llama.rope.scaling.attn_factor"), 1 / (1 + 0.1 * std::log(4)), 1e-6);
  // Of both it takes what transformers takes.
  checkpoint.config["rope_scaling"] = {{"type", "linear"}, {"factor", 2}};
  checkpoint.write();
  EXPECT_EQ(checkpoint.convert()->text("llama.rope.scaling.type"), "linear");
  EXPECT_EQ(checkpoint.convert()->real("llama.rope.freq_base"), 10000);
}

TEST(Convert, WritesDivisorsOfLlama3) {
  TestCheckpoint checkpoint;
  checkpoint.config["rope_scaling"] = {{"rope_type", "llama3"},
                                       {"factor", 8},
                                       {"low_freq_factor", 1},
                                       {"high_freq_factor", 4},
                                       {"original_max_position_embeddings", 32}};
  checkpoint.write();
  // Wavelengths of 6.3, which stays, and of 444, which is scaled.
  EXPECT_EQ(values(find(*checkpoint.convert(), "rope_freqs.weight")), (std::vector<float>{1, 8}));
}

TEST(BadCheckpoint, FieldsThatAreNotImplementedAreRefusedByName) {
  expect_config_refused("architectures", {"BigBirdForCausalLM"}, Code::kUnsupported,
                        {"BigBirdForCausalLM", "expected one of", "LlamaForCausalLM"});
  expect_config_refused("architectures", nullptr, Code::kNotFound, {"architectures is absent"});
  expect_config_refused("hidden_act", "gelu", Code::kUnsupported,
                        {"hidden_act is \"gelu\", expected \"silu\""});
  expect_config_refused("quantization_config", {{"quant_method", "gptq"}}, Code::kUnsupported,
                        {"quantization_config", "gptq", "fp8 or mxfp4"});
  expect_config_refused("rope_scaling", {{"rope_type", "longrope"}}, Code::kUnsupported,
                        {"rope_type is \"longrope\""});
  expect_config_refused("partial_rotary_factor", 0.5, Code::kUnsupported,
                        {"partial_rotary_factor is 0.5"});
  expect_config_refused("is_encoder_decoder", true, Code::kUnsupported, {"is_encoder_decoder"});
}

TEST(BadCheckpoint, SizesThatCannotBeAreNamed) {
  expect_config_refused("hidden_size", 0, Code::kCorrupt, {"config.json: hidden_size is 0"});
  expect_config_refused("hidden_size", -8, Code::kCorrupt, {"hidden_size is -8"});
  expect_config_refused("hidden_size", "8", Code::kCorrupt, {"hidden_size is \"8\""});
  expect_config_refused("hidden_size", nullptr, Code::kNotFound, {"hidden_size is absent"});
  expect_config_refused("hidden_size", 18446744073709551615u, Code::kCorrupt, {"hidden_size"});
  expect_config_refused("num_hidden_layers", 1000000, Code::kCorrupt,
                        {"num_hidden_layers is 1000000", "only 12 tensors"});
  expect_config_refused("num_key_value_heads", 3, Code::kCorrupt, {"multiple"});
  expect_config_refused("num_attention_heads", 3, Code::kCorrupt, {"multiple"});
  expect_config_refused("head_dim", 3, Code::kCorrupt, {"head_dim is 3", "even"});
  expect_config_refused("rope_theta", -1, Code::kCorrupt, {"rope_theta is -1"});
  expect_config_refused("vocab_size", 3, Code::kCorrupt, {"vocab_size"});
  expect_config_refused("eos_token_id", 8, Code::kCorrupt, {"eos_token_id is 8"});
  expect_config_refused("rope_scaling", 3, Code::kCorrupt, {"rope_scaling is 3"});
}

TEST(BadCheckpoint, ConfigsThatAreNoneAreNamed) {
  const TestCheckpoint checkpoint;
  checkpoint.write();
  for (const auto& [text, expected] : std::initializer_list<std::pair<std::string, const char*>>{
           {"", "no valid JSON at byte 1"},
           {"[]", "expected an object"},
           {"{\"a\": 1, \"a\": 2}", "\"a\" is there twice"},
           {"{\"a\": " + std::string(100000, '['), "no valid JSON"},
           {"{\"a\": " + std::string(200, '[') + std::string(200, ']') + "}", "nests deeper"},
           {"{\"a\": \"\xff\"}", "no valid JSON"}}) {
    checkpoint.folder.write("config.json", text);
    expect_refused(checkpoint, Code::kCorrupt, {"config.json", expected});
  }
  std::filesystem::remove(checkpoint.folder.file("config.json"));
  expect_refused(checkpoint, Code::kNotFound, {"config.json", "missing"});
  expect_error([] { convert("/nowhere", "/tmp/x.gguf", {}); }, Code::kNotFound, {"/nowhere"});
}

}  // namespace
}  // namespace cria::convert
