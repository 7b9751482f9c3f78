// Vocabularies as GGUF files bring them.

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <tuple>

#include "base/base64.h"
#include "tests/support/expect_error.h"
#include "tokenizer/test_charsmap.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {
namespace {

using cria::test::expect_error;
using Ids = std::vector<Id>;
using Texts = std::vector<std::string>;
using Integers = std::vector<int64_t>;

class FakeFile final : public gguf::File {
 public:
  explicit FakeFile(std::map<std::string, gguf::Value, std::less<>> metadata)
      : metadata_(std::move(metadata)) {}
  const std::string& path() const override { return path_; }
  uint32_t version() const override { return 3; }
  const std::map<std::string, gguf::Value, std::less<>>& metadata() const override {
    return metadata_;
  }
  const std::vector<gguf::TensorInfo>& tensors() const override { return tensors_; }

  gguf::Value& operator[](const std::string& key) { return metadata_["tokenizer.ggml." + key]; }
  void embed(int64_t tokens) {
    tensors_ = {{.name = "token_embd.weight", .type = 0, .dims = {tokens, 8}, .data = {}}};
  }

 private:
  const std::string path_ = "fake.gguf";
  std::map<std::string, gguf::Value, std::less<>> metadata_;
  std::vector<gguf::TensorInfo> tensors_;
};

FakeFile byte_level_file() {
  FakeFile file({});
  file["model"] = std::string("gpt2");
  file["pre"] = std::string("qwen2");
  file["tokens"] = Texts{"a", "b", "ab", "<|endoftext|>", "<|im_end|>", "<|end|>"};
  file["token_type"] = Integers{1, 1, 1, 3, 3, 1};
  file["merges"] = Texts{"a b"};
  return file;
}

FakeFile sentencepiece_file() {
  FakeFile file({});
  file["model"] = std::string("llama");
  file["tokens"] = Texts{"<unk>", "<s>", "</s>", "<0x41>", "a"};
  file["scores"] = std::vector<double>{0, 0, 0, 0, -1.5};
  file["token_type"] = Integers{2, 3, 3, 6, 1};
  return file;
}

TEST(Vocabulary, ReadsAByteLevelFile) {
  FakeFile file = byte_level_file();
  file["bos_token_id"] = int64_t{3};
  file["eos_token_id"] = uint64_t{4};
  file["padding_token_id"] = int64_t{3};
  file["add_space_prefix"] = true;
  const Vocabulary vocabulary = Vocabulary::from(file);
  EXPECT_EQ(vocabulary.model, "gpt2");
  EXPECT_EQ(vocabulary.pre, "qwen2");
  EXPECT_EQ(vocabulary.tokens.size(), 6u);
  EXPECT_EQ(vocabulary.types[3], TokenType::kControl);
  EXPECT_EQ(vocabulary.merges, Texts{"a b"});
  EXPECT_EQ(vocabulary.bos, 3);
  EXPECT_EQ(vocabulary.eos, 4);
  EXPECT_EQ(vocabulary.padding, 3);
  EXPECT_EQ(vocabulary.unknown, -1);
  EXPECT_FALSE(vocabulary.add_bos);
  EXPECT_FALSE(vocabulary.add_eos);
  EXPECT_FALSE(vocabulary.add_space_prefix);
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("ab"), Ids{2});
}

TEST(Vocabulary, ReadsASentencePieceFile) {
  FakeFile file = sentencepiece_file();
  file["bos_id"] = int64_t{1};
  file["eos_id"] = int64_t{2};
  file["unknown_token_id"] = int64_t{0};
  const Vocabulary vocabulary = Vocabulary::from(file);
  EXPECT_EQ(vocabulary.bos, 1);
  EXPECT_EQ(vocabulary.eos, 2);
  EXPECT_EQ(vocabulary.unknown, 0);
  EXPECT_EQ(vocabulary.scores[4], -1.5f);
  EXPECT_TRUE(vocabulary.add_bos);
  EXPECT_TRUE(vocabulary.add_space_prefix);
  EXPECT_EQ(vocabulary.end_of_generation, Ids{2});
}

TEST(Vocabulary, ReadsAUnigramFile) {
  FakeFile file = sentencepiece_file();
  file["model"] = std::string("t5");
  file["unknown_token_id"] = int64_t{0};
  EXPECT_FALSE(Vocabulary::from(file).add_bos);
  EXPECT_TRUE(Vocabulary::from(file).add_eos);
  EXPECT_FALSE(Vocabulary::from(file).add_space_prefix);
  EXPECT_FALSE(Vocabulary::from(file).remove_extra_whitespaces);
  file["add_space_prefix"] = file["remove_extra_whitespaces"] = true;
  Integers signed_bytes;  // as some writers have them
  std::vector<uint64_t> bytes;
  const std::string charsmap = test::CharsmapBuilder(test::Rules{{"\xc3\xa9", "a"}}).bytes();
  for (const char c : charsmap) {
    signed_bytes.push_back(static_cast<signed char>(c));
    bytes.push_back(static_cast<unsigned char>(c));
  }
  Texts base64;
  for (const char c : encode_base64(charsmap)) base64.emplace_back(1, c);
  for (const gguf::Value& value :
       {gguf::Value(signed_bytes), gguf::Value(bytes), gguf::Value(base64)}) {
    file["precompiled_charsmap"] = value;
    const Vocabulary vocabulary = Vocabulary::from(file);
    EXPECT_EQ(vocabulary.precompiled_charsmap, charsmap);
    EXPECT_TRUE(vocabulary.remove_extra_whitespaces);
    EXPECT_EQ(make_tokenizer(vocabulary)->encode("\xc3\xa9"), (Ids{0, 4}));
  }
  file["precompiled_charsmap"] = Texts{"A", "!"};
  expect_error([&] { Vocabulary::from(file); }, Error::Code::kCorrupt,
               {"precompiled_charsmap holds texts that are no base64"});
  file["precompiled_charsmap"] = Integers{1, 2, 300};
  file["scores"] = std::vector<double>{0};
  expect_error([&] { Vocabulary::from(file); }, Error::Code::kCorrupt,
               {"precompiled_charsmap holds 300", "1 token scores"});
  file["precompiled_charsmap"] = Integers{1, 2, 3};
  expect_error([&] { Vocabulary::from(file); }, Error::Code::kCorrupt,
               {"fake.gguf", "precompiled_charsmap: has 3 bytes"});
}

TEST(Vocabulary, TakesTheFlagsOfTheFile) {
  FakeFile file = sentencepiece_file();
  file["add_bos_token"] = false;
  file["add_eos_token"] = true;
  file["add_space_prefix"] = false;
  const Vocabulary vocabulary = Vocabulary::from(file);
  EXPECT_FALSE(vocabulary.add_bos);
  EXPECT_TRUE(vocabulary.add_eos);
  EXPECT_FALSE(vocabulary.add_space_prefix);
}

TEST(Vocabulary, AddsBosByDefaultWhereThePreTokenizersModelsDo) {
  FakeFile file = byte_level_file();
  file["pre"] = std::string("llama-bpe");
  EXPECT_TRUE(Vocabulary::from(file).add_bos);
}

TEST(Vocabulary, KnowsTheEndsOfGeneration) {
  FakeFile file = byte_level_file();
  EXPECT_EQ(Vocabulary::from(file).end_of_generation, (Ids{3, 4}));  // "<|end|>" is text here
  file["eot_token_id"] = int64_t{1};
  file["eom_token_id"] = int64_t{2};
  file["eos_token_ids"] = Integers{5, 4};
  EXPECT_EQ(Vocabulary::from(file).end_of_generation, (Ids{1, 2, 3, 4, 5}));
}

TEST(Vocabulary, DoesNotEndAtTheMessagesOfATurn) {
  FakeFile file = byte_level_file();
  file["tokens"] = Texts{"a", "b", "ab", "<|end|>", "<|return|>", "<|call|>"};
  file["token_type"] = Integers{1, 1, 1, 3, 3, 3};
  EXPECT_EQ(Vocabulary::from(file).end_of_generation, (Ids{4, 5}));
}

TEST(Vocabulary, TakesMinusOneForNone) {
  FakeFile file = byte_level_file();
  file["padding_token_id"] = uint64_t{std::numeric_limits<uint32_t>::max()};
  file["bos_token_id"] = int64_t{-1};
  EXPECT_EQ(Vocabulary::from(file).padding, -1);
  EXPECT_EQ(Vocabulary::from(file).bos, -1);
}

TEST(Vocabulary, TellsTypesOfOldFilesByIdsAndForm) {
  FakeFile file = sentencepiece_file();
  file["bos_token_id"] = int64_t{1};
  file["unknown_token_id"] = int64_t{0};
  FakeFile without_types({});
  for (const auto& [key, value] : file.metadata()) {
    if (key != "tokenizer.ggml.token_type") without_types[key.substr(15)] = value;
  }
  const Vocabulary vocabulary = Vocabulary::from(without_types);
  EXPECT_EQ(vocabulary.types[0], TokenType::kUnknown);
  EXPECT_EQ(vocabulary.types[1], TokenType::kControl);
  EXPECT_EQ(vocabulary.types[3], TokenType::kByte);
  EXPECT_EQ(vocabulary.types[4], TokenType::kNormal);
}

TEST(Vocabulary, LeavesTokensThatHaveNoEmbedding) {
  FakeFile file = sentencepiece_file();
  file.embed(4);
  EXPECT_EQ(Vocabulary::from(file).tokens, (Texts{"<unk>", "<s>", "</s>", "<0x41>"}));
  EXPECT_EQ(Vocabulary::from(file).types.size(), 4u);
  EXPECT_EQ(Vocabulary::from(file).scores.size(), 4u);
  file.embed(6);  // filled up, as many models have it
  EXPECT_EQ(Vocabulary::from(file).tokens.size(), 5u);
  file.embed(4);
  file["scores"] = std::vector<double>{0, 0, 0};
  expect_error([&] { Vocabulary::from(file); }, Error::Code::kCorrupt, {"3 token scores"});
}

TEST(Vocabulary, KnowsModelsWhoseFilesNameNoPreTokenizerByTheirTokens) {
  const std::tuple<size_t, const char*, const char*> kModels[] = {
      {200002, "<|return|>", "gpt-4o"},
      {128009, "<|eot_id|>", "llama-bpe"},
      {8, "<|tool_list_start|>", "lfm2"}};
  for (const auto& [id, token, pre] : kModels) {
    FakeFile file = byte_level_file();
    Texts tokens(id + 1);
    for (size_t i = 0; i < id; ++i) tokens[i] = "t" + std::to_string(i);
    tokens[id] = token;
    file["tokens"] = tokens;
    file["token_type"] = Integers(id + 1, 1);
    file["merges"] = Texts{};
    EXPECT_EQ(Vocabulary::from(file).pre, "qwen2") << "what a file says";
    for (const char* said : {"default", "gpt-2", ""}) {
      file["pre"] = std::string(said);
      EXPECT_EQ(Vocabulary::from(file).pre, pre) << said;
    }
    tokens[id] = "another";
    file["tokens"] = tokens;
    EXPECT_EQ(Vocabulary::from(file).pre, "");
  }
}

TEST(Vocabulary, IsNotFoundInAFileWithoutOne) {
  expect_error([] { Vocabulary::from(FakeFile({})); }, Error::Code::kNotFound,
               {"fake.gguf", "tokenizer.ggml.tokens"});
}

TEST(Vocabulary, ReportsEverythingThatIsWrongWithAFile) {
  FakeFile file = sentencepiece_file();
  file["scores"] = std::vector<double>{0, 0};
  file["token_type"] = Integers{2, 3, 3, 6, 9, 1};
  file["bos_token_id"] = int64_t{5};
  file["eos_token_id"] = std::string("two");
  file["unknown_token_id"] = int64_t{-2};
  file["eos_token_ids"] = Integers{int64_t{1} << 40};
  file["add_bos_token"] = int64_t{1};
  file["merges"] = Integers{1};
  expect_error(
      [&] { Vocabulary::from(file); }, Error::Code::kCorrupt,
      {"fake.gguf: 9 problems", "2 token scores", "6 token types", "token_type of token 4 is 9",
       "bos_token_id is 5, expected an id below 5", "eos_token_id", "unknown_token_id is -2",
       "eos_token_ids holds 1099511627776", "add_bos_token", "merges"});
}

struct BadFile {
  const char* name;
  const char* key;
  gguf::Value value;
  const char* complaint;
};

// Each spoils one key of a byte-level file with six tokens.
TEST(Vocabulary, RefusesWhatHasBrokenOtherReaders) {
  const std::vector<BadFile> files = {
      {"BOS is the count", "bos_token_id", int64_t{6}, "bos_token_id is 6, expected an id below 6"},
      {"EOS below none", "eos_token_id", int64_t{-2}, "eos_token_id is -2"},
      {"unknown is 2^31", "unknown_token_id", uint64_t{1} << 31, "unknown_token_id is 2147483648"},
      {"padding is -2^31", "padding_token_id", -(int64_t{1} << 31),
       "padding_token_id is -2147483648"},
      {"EOT is 2^32", "eot_token_id", uint64_t{1} << 32, "eot_token_id is 4294967296"},
      {"EOM is 2^63", "eom_token_id", uint64_t{1} << 63, "eom_token_id"},
      {"an end is the count", "eos_token_ids", Integers{3, 6}, "eos_token_ids holds 6"},
      {"an end is negative", "eos_token_ids", Integers{-1}, "eos_token_ids holds -1"},
      {"no token", "tokens", Texts{}, "the vocabulary has no tokens"},
      {"an empty token", "tokens", Texts{"a", "", "ab", "c", "d", "e"}, "token 1 is empty"},
      {"invalid UTF-8", "tokens", Texts{"a", "b", "ab", "\xff", "d", "e"},
       "token 3 is not valid UTF-8"},
      {"a surrogate", "tokens", Texts{"a", "b", "ab", "\xed\xa0\x80", "d", "e"},
       "token 3 is not valid UTF-8"},
      {"a huge token", "tokens", Texts{"a", "b", "ab", std::string(1 << 20, 'c'), "d", "e"},
       "token 3 is 1048576 bytes long"},
      {"a type too few", "token_type", Integers{1, 1, 1, 3, 3}, "5 token types"},
      {"an unknown type", "token_type", Integers{1, 1, 1, 3, 3, 7}, "token_type of token 5 is 7"},
      {"a type of 2^8 + 1", "token_type", Integers{257, 1, 1, 3, 3, 1},
       "token_type of token 0 is 257"},
      {"a score too many", "scores", std::vector<double>(7), "7 token scores"},
      {"a merge of one", "merges", Texts{"ab"}, "merge 0"},
      {"a merge of three", "merges", Texts{"a b", "a b c"}, "merge 1"},
      {"a merge with nothing", "merges", Texts{"a "}, "merge 0"},
  };
  for (const BadFile& bad : files) {
    SCOPED_TRACE(bad.name);
    FakeFile file = byte_level_file();
    file[bad.key] = bad.value;
    expect_error([&] { Vocabulary::from(file); }, Error::Code::kCorrupt,
                 {"fake.gguf", bad.complaint});
  }
}

// A merge gives the token of both texts, so none can lead back to its parts; what repeats or joins
// no tokens is passed over.
TEST(Vocabulary, EndsWithMergesOfThemselves) {
  FakeFile file = byte_level_file();
  file["tokens"] = Texts{"a", "aa", "aaaa", "b", "ba", "ab"};
  file["token_type"] = Integers{1, 1, 1, 1, 1, 1};
  file["merges"] = Texts{"a a", "aa aa", "a a", "aaaa aaaa", "a b", "b a"};
  const auto tokenizer = make_tokenizer(Vocabulary::from(file));
  EXPECT_EQ(tokenizer->encode("aaaaaaaa"), (Ids{2, 2}));
  EXPECT_EQ(tokenizer->encode("abab"), (Ids{5, 5}));
}

TEST(Vocabulary, NeedsAModelAndTokens) {
  FakeFile without_tokens({});
  without_tokens["model"] = std::string("gpt2");
  expect_error([&] { Vocabulary::from(without_tokens); }, Error::Code::kCorrupt,
               {"the vocabulary has no tokens"});
  FakeFile without_model({});
  without_model["tokens"] = Texts{"a"};
  expect_error([&] { Vocabulary::from(without_model); }, Error::Code::kCorrupt,
               {"tokenizer.ggml.model is missing"});
}

}  // namespace
}  // namespace cria::tokenizer
