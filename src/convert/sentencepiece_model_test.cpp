// Vocabularies from tokenizer.model.
#include "convert/sentencepiece_model.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <filesystem>

#include "convert/test_checkpoint.h"
#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using cria::test::expect_error;
using test::TestCheckpoint;
using Texts = std::vector<std::string>;
using Ids = std::vector<int64_t>;

std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string number(uint32_t field, uint64_t value) { return varint(field << 3) + varint(value); }
std::string message(uint32_t field, const std::string& bytes) {
  return varint(field << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string real(uint32_t field, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  std::string raw(4, '\0');
  for (size_t i = 0; i < 4; ++i) raw[i] = static_cast<char>(bits >> (8 * i));
  return varint(field << 3 | 5) + raw;
}
std::string piece(const std::string& text, float score, uint64_t type = 1) {
  return message(1, message(1, text) + real(2, score) + (type == 1 ? "" : number(3, type)));
}

const std::string kBpe = message(2, number(3, 2));
const std::string kIdentity = message(3, message(1, "identity") + number(4, 0));
const std::string kPieces = piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3) +
                            piece("<0x0A>", 0, 6) + piece("a", -1.5f);

// The checkpoint with this tokenizer.model instead of a tokenizer.json.
struct SpmCheckpoint : TestCheckpoint {
  explicit SpmCheckpoint(const std::string& model) {
    config["eos_token_id"] = 2;
    write();
    std::filesystem::remove(folder.file("tokenizer.json"));
    folder.write("tokenizer.model", model);
  }
};

void expect_refused(const std::string& model, Code code,
                    std::initializer_list<std::string_view> parts) {
  const SpmCheckpoint checkpoint(model);
  expect_error([&] { checkpoint.convert(); }, code, parts);
}

TEST(SentencePieceModel, WritesTokensScoresAndTypes) {
  const auto file = SpmCheckpoint(kPieces + kBpe + kIdentity).convert();
  EXPECT_EQ(file->text("tokenizer.ggml.model"), "llama");
  EXPECT_EQ(*file->texts("tokenizer.ggml.tokens"),
            (Texts{"<unk>", "<s>", "</s>", "<0x0A>", "a", "[PAD5]", "[PAD6]", "[PAD7]"}));
  EXPECT_EQ(file->integers("tokenizer.ggml.token_type"), (Ids{2, 3, 3, 6, 1, 5, 5, 5}));
  EXPECT_EQ(file->reals("tokenizer.ggml.scores")->at(4), -1.5);
  EXPECT_EQ(file->integer("tokenizer.ggml.unknown_token_id"), 0);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_space_prefix"), true);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_bos_token"), true);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_eos_token"), false);
}

TEST(SentencePieceModel, HonoursTheDummyPrefixAndTheFlagsBesideIt) {
  const std::string model = kPieces + kBpe + message(3, number(3, 0) + number(4, 0));
  const SpmCheckpoint checkpoint(model);
  EXPECT_EQ(checkpoint.convert()->boolean("tokenizer.ggml.add_space_prefix"), false);
  checkpoint.folder.write("tokenizer_config.json",
                          std::string_view(R"({"add_prefix_space": true, "add_bos_token": false,
                                               "add_eos_token": true})"));
  const auto file = checkpoint.convert();
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_space_prefix"), true);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_bos_token"), false);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_eos_token"), true);
}

TEST(SentencePieceModel, GetsTheTokensThatWereAddedLater) {
  const SpmCheckpoint checkpoint(kPieces + kBpe + kIdentity);
  checkpoint.folder.write("tokenizer_config.json", std::string_view(R"({"added_tokens_decoder": {
          "0": {"content": "<unk>", "special": true},
          "5": {"content": "<|im_start|>", "special": true},
          "7": {"content": "tool", "special": false}}})"));
  checkpoint.folder.write("added_tokens.json", std::string_view(R"({"<|im_start|>": 5})"));
  const auto file = checkpoint.convert();
  EXPECT_EQ(file->texts("tokenizer.ggml.tokens")->at(5), "<|im_start|>");
  EXPECT_EQ(file->integers("tokenizer.ggml.token_type"), (Ids{2, 3, 3, 6, 1, 3, 5, 4}));
  checkpoint.folder.write("added_tokens.json", std::string_view(R"({"x": 4})"));
  expect_error([&] { checkpoint.convert(); }, Code::kCorrupt, {"\"x\" has id 4", "\"a\""});
  checkpoint.folder.write("added_tokens.json", std::string_view(R"({"x": 8})"));
  expect_error([&] { checkpoint.convert(); }, Code::kCorrupt, {"\"x\" has id 8"});
}

TEST(SentencePieceModel, ReadsUnigramModels) {
  // Rules that are none: a root without children, and an empty text.
  const std::string charsmap("\x04\0\0\0\0\0\0\0\0", 9);
  const auto file = SpmCheckpoint(kPieces + message(3, message(2, charsmap))).convert();
  EXPECT_EQ(file->text("tokenizer.ggml.model"), "t5");
  EXPECT_EQ(file->reals("tokenizer.ggml.scores")->at(4), -1.5);
  EXPECT_EQ(file->integers("tokenizer.ggml.precompiled_charsmap"),
            (Ids{4, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_space_prefix"), true);
  EXPECT_EQ(file->boolean("tokenizer.ggml.remove_extra_whitespaces"), true);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_bos_token"), false);
  EXPECT_EQ(file->boolean("tokenizer.ggml.add_eos_token"), true);
}

// They are found before spaces are marked.
TEST(SentencePieceModel, UnmarksTheSpacesOfUserDefinedPieces) {
  const std::string model = kPieces + piece("\xe2\x96\x81\xe2\x96\x81", 0, 4) + kBpe + kIdentity;
  EXPECT_EQ(SpmCheckpoint(model).convert()->texts("tokenizer.ggml.tokens")->at(5), "  ");
}

TEST(SentencePieceModel, RefusesOtherModelsByName) {
  expect_refused(kPieces + message(2, number(3, 4)) + kIdentity, Code::kUnsupported,
                 {"type char, expected bpe or unigram"});
  expect_refused(kPieces + kBpe, Code::kUnsupported, {"remove_extra_whitespaces"});
  expect_refused(kPieces + kBpe + message(3, message(2, "table") + number(4, 0)),
                 Code::kUnsupported, {"precompiled_charsmap"});
  expect_refused(kPieces + message(2, number(3, 2) + number(24, 1)) + kIdentity, Code::kUnsupported,
                 {"treat_whitespace_as_suffix"});
}

TEST(SentencePieceModel, RefusesDamagedFiles) {
  expect_refused("", Code::kCorrupt, {"tokenizer.model", "no pieces"});
  expect_refused("\x0a\xff\xff\xff\xff\x0f", Code::kCorrupt, {"truncated"});
  expect_refused("\x0b", Code::kCorrupt, {"wire type 3"});
  expect_refused(std::string(11, '\xff'), Code::kCorrupt, {"more than 64 bits"});
  expect_refused(number(1, 5) + kBpe + kIdentity, Code::kCorrupt, {"a piece is a number"});
  expect_refused(piece("a", 0, 7) + kBpe + kIdentity, Code::kCorrupt, {"type 7"});
  expect_refused(piece("a", NAN) + kBpe + kIdentity, Code::kCorrupt, {"score nan"});
  std::string many;
  for (int i = 0; i < 9; ++i) many += piece(std::to_string(i), 0);
  expect_refused(many + kBpe + kIdentity, Code::kCorrupt, {"\"8\" has id 8", "vocab_size"});
  const std::string whole = kPieces + kBpe + kIdentity;
  for (size_t size = 0; size < whole.size(); ++size) {
    try {
      read_sentencepiece(std::string_view(whole).substr(0, size), "x.model", 8);
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace cria::convert
