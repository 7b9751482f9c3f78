// WordPiece vocabularies from tokenizer.json and vocab.txt, and what makes sentence embeddings.
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

const Json kTokenizer = {
    {"normalizer",
     {{"type", "BertNormalizer"},
      {"clean_text", true},
      {"handle_chinese_chars", true},
      {"strip_accents", nullptr},
      {"lowercase", true}}},
    {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
    {"post_processor", {{"type", "BertProcessing"}, {"sep", {"[SEP]", 2}}, {"cls", {"[CLS]", 1}}}},
    {"added_tokens",
     {{{"id", 0}, {"content", "[UNK]"}, {"special", true}},
      {{"id", 1}, {"content", "[CLS]"}, {"special", true}},
      {{"id", 2}, {"content", "[SEP]"}, {"special", true}}}},
    {"model",
     {{"type", "WordPiece"},
      {"unk_token", "[UNK]"},
      {"continuing_subword_prefix", "##"},
      {"max_input_chars_per_word", 100},
      {"vocab",
       {{"[UNK]", 0}, {"[CLS]", 1}, {"[SEP]", 2}, {"sky", 3}, {"##s", 4}, {"##", 5}, {"#", 6}}}}}};

// The tensors do not matter here.
struct WordPieceCheckpoint : TestCheckpoint {
  WordPieceCheckpoint() { tokenizer = kTokenizer; }
};

std::unique_ptr<gguf::File> converted(const TestCheckpoint& checkpoint) {
  checkpoint.write();
  return checkpoint.convert();
}

void expect_bert(const gguf::File& file) {
  EXPECT_EQ(file.text("tokenizer.ggml.model"), "bert");
  EXPECT_EQ(*file.texts("tokenizer.ggml.tokens"),
            (Texts{"[UNK]", "[CLS]", "[SEP]", "\u2581sky", "s", "\u2581##", "\u2581#", "[PAD7]"}));
  EXPECT_EQ(file.integers("tokenizer.ggml.token_type"), (Ids{3, 3, 3, 1, 1, 1, 1, 5}));
  EXPECT_EQ(file.integer("tokenizer.ggml.cls_token_id"), 1);
  EXPECT_EQ(file.integer("tokenizer.ggml.bos_token_id"), 1);
  EXPECT_EQ(file.integer("tokenizer.ggml.seperator_token_id"), 2);
  EXPECT_EQ(file.integer("tokenizer.ggml.unknown_token_id"), 0);
  EXPECT_EQ(file.boolean("tokenizer.ggml.add_bos_token"), true);
  EXPECT_EQ(file.boolean("tokenizer.ggml.add_eos_token"), true);
}

TEST(WordPiece, MarksTheStartsOfWords) {
  const auto file = converted(WordPieceCheckpoint());
  expect_bert(*file);
  EXPECT_EQ(file->boolean("tokenizer.ggml.normalizer.lowercase"), true);
}

TEST(WordPiece, IsReadFromLinesToo) {
  const WordPieceCheckpoint checkpoint;
  checkpoint.write();
  std::filesystem::remove(checkpoint.folder.file("tokenizer.json"));
  checkpoint.folder.write("vocab.txt", "[UNK]\r\n[CLS]\n[SEP]\nsky\n##s\n##\n#");
  checkpoint.folder.write("tokenizer_config.json", R"({"do_lower_case": false})");
  const auto file = checkpoint.convert();
  expect_bert(*file);
  EXPECT_EQ(file->boolean("tokenizer.ggml.normalizer.lowercase"), false);
}

TEST(WordPiece, RefusesWhatTheFormatCannotSay) {
  const auto expect_refused = [](const char* part, const Json& change,
                                 std::initializer_list<std::string_view> words) {
    WordPieceCheckpoint checkpoint;
    checkpoint.tokenizer[part].update(change);
    checkpoint.write();
    expect_error([&] { checkpoint.convert(); }, Code::kUnsupported, words);
  };
  expect_refused("normalizer", {{"strip_accents", false}}, {"strip_accents", "true"});
  expect_refused("normalizer", {{"handle_chinese_chars", false}}, {"handle_chinese_chars"});
  expect_refused("normalizer", {{"type", "Lowercase"}}, {"Lowercase", "BertNormalizer"});
  expect_refused("pre_tokenizer", {{"type", "Whitespace"}}, {"Whitespace", "BertPreTokenizer"});
  expect_refused("model", {{"continuing_subword_prefix", "@@"}}, {"@@", "##"});
  expect_refused("model", {{"max_input_chars_per_word", 20}}, {"20", "100"});
}

constexpr const char* kModules = R"([
  {"path": "", "type": "sentence_transformers.models.Transformer"},
  {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
  {"path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])";

std::unique_ptr<gguf::File> with_modules(const std::string& modules, const std::string& pooling) {
  const TestCheckpoint checkpoint;
  checkpoint.write();
  std::filesystem::create_directory(checkpoint.folder.file("1_Pooling"));
  checkpoint.folder.write("modules.json", modules);
  checkpoint.folder.write("1_Pooling/config.json", pooling);
  return checkpoint.convert();
}

TEST(SentenceTransformers, SaysHowTextsArePooled) {
  const auto mean = with_modules(
      kModules, R"({"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true})");
  EXPECT_EQ(mean->integer("llama.pooling_type"), 1);
  EXPECT_EQ(mean->boolean("llama.normalize_embeddings"), true);
  const auto last = with_modules(R"([{"path": "1_Pooling", "type": "x.Pooling"}])",
                                 R"({"pooling_mode": "lasttoken"})");
  EXPECT_EQ(last->integer("llama.pooling_type"), 3);
  EXPECT_EQ(last->boolean("llama.normalize_embeddings"), false);
}

TEST(SentenceTransformers, RefusesWhatTheFormatCannotSay) {
  const auto expect_refused = [](const std::string& modules, const std::string& pooling,
                                 std::initializer_list<std::string_view> words) {
    expect_error([&] { with_modules(modules, pooling); }, Code::kUnsupported, words);
  };
  expect_refused(kModules, R"({"pooling_mode_max_tokens": true})", {"\"max\"", "cls"});
  expect_refused(kModules, R"({"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true})",
                 {"mean and cls"});
  expect_refused(R"([{"type": "sentence_transformers.models.Dense"}])", "{}", {"Dense"});
  expect_error([] { with_modules(R"({"a": 1})", "{}"); }, Code::kCorrupt, {"an array"});
}

}  // namespace
}  // namespace cria::convert
