// Byte-level BPE from vocab.json and merges.txt.
#include "convert/merges_txt.h"

#include <gtest/gtest.h>

#include "convert/test_checkpoint.h"
#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using cria::test::expect_error;
using test::TestCheckpoint;
using Texts = std::vector<std::string>;
using Ids = std::vector<int64_t>;

struct MergesCheckpoint : TestCheckpoint {
  MergesCheckpoint() {
    write();
    std::filesystem::remove(folder.file("tokenizer.json"));
    folder.write("vocab.json", R"({"a": 0, "b": 1, "ab": 2, "#": 3, "<|endoftext|>": 4})");
    folder.write("merges.txt", "#version: 0.2\na b\r\n# a\n\n");
    of_class("GPT2Tokenizer");
  }
  void of_class(const std::string& name, const std::string& more = "") const {
    folder.write("tokenizer_config.json", R"({"tokenizer_class": ")" + name + '"' + more + "}");
  }
  void expect_refused(Code code, std::initializer_list<std::string_view> parts) const {
    expect_error([&] { convert(); }, code, parts);
  }
};

TEST(MergesTxt, IsWhatTokenizerJsonWouldSay) {
  const MergesCheckpoint checkpoint;
  const auto file = checkpoint.convert();
  EXPECT_EQ(file->text("tokenizer.ggml.model"), "gpt2");
  EXPECT_EQ(file->text("tokenizer.ggml.pre"), "gpt-2");
  EXPECT_EQ(*file->texts("tokenizer.ggml.tokens"),
            (Texts{"a", "b", "ab", "#", "<|endoftext|>", "[PAD5]", "[PAD6]", "[PAD7]"}));
  EXPECT_EQ(file->integers("tokenizer.ggml.token_type"), (Ids{1, 1, 1, 1, 3, 5, 5, 5}));
  EXPECT_EQ(*file->texts("tokenizer.ggml.merges"), (Texts{"a b", "# a"}));
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_bos_token"), false);
}

TEST(MergesTxt, TakesSpecialTokensFromTheFilesBeside) {
  const MergesCheckpoint checkpoint;
  checkpoint.of_class("Qwen2TokenizerFast", R"(, "add_bos_token": true, "pad_token": "#",
      "added_tokens_decoder": {"5": {"content": "<tool>", "special": false}})");
  checkpoint.folder.write("special_tokens_map.json",
                          R"({"eos_token": {"content": "<|endoftext|>"}, "pad_token": "a",
                              "additional_special_tokens": ["b", "elsewhere"]})");
  checkpoint.folder.write("added_tokens.json", R"({"<|im_end|>": 6})");
  const auto file = checkpoint.convert();
  EXPECT_EQ(file->text("tokenizer.ggml.pre"), "qwen2");
  EXPECT_EQ(file->integers("tokenizer.ggml.token_type"), (Ids{1, 3, 1, 3, 3, 4, 3, 5}));
  EXPECT_EQ(file->integer("tokenizer.ggml.eos_token_id"), 4);
  EXPECT_EQ(file->integer("tokenizer.ggml.padding_token_id"), 3);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_bos_token"), true);
}

TEST(MergesTxt, DoesNotGuessHowTextsAreSplit) {
  const MergesCheckpoint checkpoint;
  checkpoint.of_class("MarvinTokenizer");
  checkpoint.expect_refused(Code::kUnsupported, {"tokenizer_class", "MarvinTokenizer", "--pre"});
  EXPECT_EQ(checkpoint.convert({.pre = "qwen2"})->text("tokenizer.ggml.pre"), "qwen2");
  std::filesystem::remove(checkpoint.folder.file("tokenizer_config.json"));
  checkpoint.expect_refused(Code::kUnsupported, {"tokenizer_class is absent", "--pre"});
  for (const auto& [type, pre] : {std::pair{"gpt2", "gpt-2"}, std::pair{"qwen3_moe", "qwen2"}}) {
    MergesCheckpoint old;
    std::filesystem::remove(old.folder.file("tokenizer_config.json"));
    old.config["model_type"] = type;
    old.folder.write("config.json", old.config.dump());
    EXPECT_EQ(old.convert()->text("tokenizer.ggml.pre"), pre);
  }
}

TEST(MergesTxt, RefusesWhatContradictsItself) {
  const MergesCheckpoint checkpoint;
  checkpoint.of_class("GPT2Tokenizer", R"(, "add_prefix_space": true)");
  checkpoint.expect_refused(Code::kUnsupported, {"add_prefix_space"});
  checkpoint.of_class("GPT2Tokenizer");
  checkpoint.folder.write("merges.txt", "#version: 0.2\na b\nab");
  checkpoint.expect_refused(Code::kCorrupt, {"merges.txt", "merge 1", "\"ab\""});
  checkpoint.folder.write("vocab.json", R"({"a": 0, "b": 99})");
  checkpoint.expect_refused(Code::kCorrupt, {"vocab.json", "\"b\" has id 99"});
  std::filesystem::remove(checkpoint.folder.file("merges.txt"));
  checkpoint.expect_refused(Code::kNotFound, {"has no tokenizer", "vocab.json with merges.txt"});
}

}  // namespace
}  // namespace cria::convert
