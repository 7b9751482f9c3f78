// Vocabularies from tokenizer.json, and what stands beside it.
#include <gtest/gtest.h>

#include "convert/test_checkpoint.h"
#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using cria::test::expect_error;
using test::Json;
using test::TestCheckpoint;
using Texts = std::vector<std::string>;
using Ids = std::vector<int64_t>;

std::unique_ptr<gguf::File> converted(const TestCheckpoint& checkpoint, Options options = {}) {
  checkpoint.write();
  return checkpoint.convert(std::move(options));
}

void expect_refused(const TestCheckpoint& checkpoint, Code code,
                    std::initializer_list<std::string_view> parts) {
  checkpoint.write();
  expect_error([&] { checkpoint.convert(); }, code, parts);
}

constexpr const char* kLlama3 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| "
    "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

Json split_by(const std::string& regex) {
  const Json split = {{"type", "Split"}, {"pattern", {{"Regex", regex}}}, {"behavior", "Isolated"}};
  const Json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
  return {{"type", "Sequence"}, {"pretokenizers", {split, bytes}}};
}

TEST(TokenizerJson, WritesTokensTypesAndMerges) {
  const TestCheckpoint checkpoint;
  const auto file = converted(checkpoint);
  EXPECT_EQ(file->text("tokenizer.ggml.model"), "gpt2");
  EXPECT_EQ(file->text("tokenizer.ggml.pre"), "gpt-2");
  EXPECT_EQ(*file->texts("tokenizer.ggml.tokens"),
            (Texts{"a", "b", "ab", "c", "[PAD4]", "<|end|>", "<tool>", "[PAD7]"}));
  EXPECT_EQ(file->integers("tokenizer.ggml.token_type"), (Ids{1, 1, 1, 1, 5, 3, 4, 5}));
  EXPECT_EQ(*file->texts("tokenizer.ggml.merges"), Texts{"a b"});
  EXPECT_EQ(file->integer("tokenizer.ggml.eos_token_id"), 5);
  EXPECT_EQ(file->integer("tokenizer.ggml.bos_token_id"), std::nullopt);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_bos_token"), false);
}

TEST(TokenizerJson, TakesMergesAsPairs) {
  TestCheckpoint checkpoint;
  checkpoint.tokenizer["model"]["merges"] = Json::array({Json::array({"a", "b"})});
  EXPECT_EQ(*converted(checkpoint)->texts("tokenizer.ggml.merges"), Texts{"a b"});
}

TEST(TokenizerJson, RecognisesPreTokenizersByTheirStructure) {
  TestCheckpoint checkpoint;
  checkpoint.tokenizer["pre_tokenizer"] = split_by(kLlama3);
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.ggml.pre"), "dbrx");
  checkpoint.tokenizer["model"]["ignore_merges"] = true;
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.ggml.pre"), "llama-bpe");
  checkpoint.tokenizer["model"]["ignore_merges"] = false;
  std::string qwen2 = kLlama3;
  qwen2.erase(qwen2.find("{1,3}"), 5);
  checkpoint.tokenizer["pre_tokenizer"] = split_by(qwen2);
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.ggml.pre"), "qwen2");
  const Json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", false}};
  const Json digits = {{"type", "Digits"}, {"individual_digits", true}};
  checkpoint.tokenizer["pre_tokenizer"] = {{"type", "Sequence"},
                                           {"pretokenizers", {digits, bytes}}};
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.ggml.pre"), "smollm");
}

TEST(TokenizerJson, AnUnknownPreTokenizerCanBeNamedByHand) {
  TestCheckpoint checkpoint;
  checkpoint.tokenizer["pre_tokenizer"] = split_by("\\p{L}+");
  expect_refused(checkpoint, Code::kUnsupported, {"tokenizer.json", "\\p{L}+", "--pre"});
  EXPECT_EQ(converted(checkpoint, {.pre = "qwen2"})->text("tokenizer.ggml.pre"), "qwen2");
}

TEST(TokenizerJson, RefusesWhatGgufCannotSay) {
  const auto refused = [](const char* part, const Json& value, const char* expected) {
    TestCheckpoint checkpoint;
    checkpoint.tokenizer[Json::json_pointer(part)] = value;
    expect_refused(checkpoint, Code::kUnsupported, {"tokenizer.json", expected});
  };
  refused("/model/type", "WordLevel", "type \"WordLevel\"");
  refused("/model/dropout", 0.1, "dropout");
  refused("/model/continuing_subword_prefix", "##", "continuing_subword_prefix");
  refused("/model/byte_fallback", true, "byte_fallback");
  refused("/normalizer", {{"type", "Lowercase"}}, "normalizer \"Lowercase\"");
  refused("/pre_tokenizer/add_prefix_space", true, "add_prefix_space");
}

TEST(TokenizerJson, RefusesVocabulariesThatContradictThemselves) {
  const auto refused = [](const char* part, const Json& value, const char* expected) {
    TestCheckpoint checkpoint;
    checkpoint.tokenizer[Json::json_pointer(part)] = value;
    expect_refused(checkpoint, Code::kCorrupt, {"tokenizer.json", expected});
  };
  refused("/model/vocab/z", 8, "\"z\" has id 8");
  refused("/model/vocab/z", -1, "\"z\" is -1");
  refused("/model/vocab/z", 1, "both have id 1");
  refused("/model/vocab/z", "x", "\"z\" is \"x\"");
  refused("/model/vocab/z", 18446744073709551615u, "\"z\"");
  refused("/model/vocab", Json::array(), "vocab is an array");
  refused("/model/merges/0", "ab", "merge 0");
  refused("/model/merges/0", "a b c", "merge 0");
  refused("/model/merges/0", {"a", 1}, "merge 0");
  refused("/model/merges", 7, "merges is 7");
  refused("/added_tokens/0/id", 1, "which is that of \"b\"");
  refused("/added_tokens/0/id", 9, "has id 9");
  refused("/added_tokens/0", "x", "an added token is \"x\"");
}

TEST(TokenizerJson, ReadsWhatIsPutAroundATextFromTheTemplate) {
  TestCheckpoint checkpoint;
  const Json special = {{"SpecialToken", {{"id", "<|end|>"}}}},
             text = {{"Sequence", {{"id", "A"}}}};
  checkpoint.tokenizer["post_processor"] = {
      {"type", "Sequence"},
      {"processors",
       {{{"type", "ByteLevel"}}, {{"type", "TemplateProcessing"}, {"single", {special, text}}}}}};
  EXPECT_EQ(converted(checkpoint)->boolean("tokenizer.ggml.add_bos_token"), true);
  EXPECT_EQ(converted(checkpoint)->boolean("tokenizer.ggml.add_eos_token"), false);
  // A class that builds its own template from flags.
  checkpoint.folder.write("tokenizer_config.json",
                          std::string_view(R"({"tokenizer_class": "LlamaTokenizerFast",
                                               "add_bos_token": false, "add_eos_token": true})"));
  EXPECT_EQ(converted(checkpoint)->boolean("tokenizer.ggml.add_bos_token"), false);
  EXPECT_EQ(converted(checkpoint)->boolean("tokenizer.ggml.add_eos_token"), true);
}

TEST(TokenizerConfig, SaysTheSpecialTokensBeforeTheOtherConfigs) {
  TestCheckpoint checkpoint;
  checkpoint.config["bos_token_id"] = 3;
  checkpoint.config["eos_token_id"] = {0, 1};
  checkpoint.folder.write(
      "tokenizer_config.json",
      std::string_view(R"({"eos_token": {"content": "<|end|>"}, "pad_token": "ab"})"));
  checkpoint.folder.write("generation_config.json",
                          std::string_view(R"({"eos_token_id": [2, 5]})"));
  checkpoint.folder.write("special_tokens_map.json", std::string_view(R"({"unk_token": "c"})"));
  const auto file = converted(checkpoint);
  EXPECT_EQ(file->integer("tokenizer.ggml.bos_token_id"), 3);
  EXPECT_EQ(file->integer("tokenizer.ggml.eos_token_id"), 5);
  EXPECT_EQ(file->integers("tokenizer.ggml.eos_token_ids"), (Ids{0, 1, 2, 5}));
  EXPECT_EQ(file->integer("tokenizer.ggml.padding_token_id"), 2);
  EXPECT_EQ(file->integer("tokenizer.ggml.unknown_token_id"), 3);
}

TEST(TokenizerConfig, HasTheChatTemplateUnlessAFileHas) {
  TestCheckpoint checkpoint;
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.chat_template"), std::nullopt);
  checkpoint.folder.write("tokenizer_config.json", std::string_view(R"({"chat_template": "one"})"));
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.chat_template"), "one");
  checkpoint.folder.write(
      "tokenizer_config.json",
      std::string_view(R"({"chat_template": [{"name": "default", "template": "two"},
                                             {"name": "tool_use", "template": "three"}]})"));
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.chat_template"), "two");
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.chat_template.tool_use"), "three");
  checkpoint.folder.write("chat_template.jinja", std::string_view("four\n"));
  EXPECT_EQ(converted(checkpoint)->text("tokenizer.chat_template"), "four\n");
  std::filesystem::create_directory(checkpoint.folder.file("additional_chat_templates"));
  checkpoint.folder.write("additional_chat_templates/rag.jinja", std::string_view("five"));
  const auto file = converted(checkpoint);
  EXPECT_EQ(file->text("tokenizer.chat_template"), "four\n");
  EXPECT_EQ(file->text("tokenizer.chat_template.rag"), "five");
  EXPECT_EQ(file->text("tokenizer.chat_template.tool_use"), std::nullopt);
}

}  // namespace
}  // namespace cria::convert
