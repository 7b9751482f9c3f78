// Text of every script comes back from its tokens as it was, whatever the vocabulary.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "fs/gguf/gguf.h"
#include "tokenizer/test_vocabularies.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {
namespace {

struct Script {
  const char* name;
  std::vector<std::pair<char32_t, char32_t>> ranges;  // inclusive
};

const std::vector<Script>& scripts() {
  static const std::vector<Script> all = {
      {"Latin with combining marks", {{'A', 'Z'}, {'a', 'z'}, {0xc0, 0x17f}, {0x300, 0x36f}}},
      {"Greek", {{0x370, 0x3ff}, {0x1f00, 0x1fff}}},
      {"Cyrillic", {{0x400, 0x52f}}},
      {"Hebrew and Arabic", {{0x590, 0x5ff}, {0x600, 0x6ff}, {0xfb50, 0xfdff}, {0x200e, 0x200f}}},
      {"Devanagari", {{0x900, 0x97f}, {0x200c, 0x200d}}},
      {"Thai", {{0xe00, 0xe7f}}},
      {"Hangul", {{0xac00, 0xd7a3}, {0x1100, 0x11ff}}},
      {"ideographs and kana", {{0x3000, 0x30ff}, {0x4e00, 0x9fff}, {0x20000, 0x2a6df}}},
      {"emoji",
       {{0x1f300, 0x1faff},
        {0x200d, 0x200d},
        {0xfe0f, 0xfe0f},
        {0x1f3fb, 0x1f3ff},
        {0x1f1e6, 0x1f1ff}}},
      {"control characters", {{0, 0x1f}, {0x7f, 0x9f}, {0x2066, 0x2069}, {0xfeff, 0xfeff}}},
      {"white space",
       {{' ', ' '},
        {'\t', '\r'},
        {0x85, 0x85},
        {0xa0, 0xa0},
        {0x2000, 0x200a},
        {0x2028, 0x2029},
        {0x3000, 0x3000},
        {0x2581, 0x2581}}},
      {"digits and punctuation",
       {{'!', '@'}, {'[', '`'}, {'{', '~'}, {0x660, 0x669}, {0xb2, 0xb3}, {0x2150, 0x218b}}},
      {"unassigned and private",
       {{0x378, 0x379},
        {0xe000, 0xe0ff},
        {0xe0000, 0xe0fff},
        {0xfff0, 0xffff},
        {0x10ff00, 0x10ffff}}}};
  return all;
}

class Texts {
 public:
  explicit Texts(unsigned seed) : random_(seed) {}

  // Characters of one script, with a few of all others between.
  std::string of(const Script& script) {
    std::string text;
    for (size_t length = below(50); length > 0; --length) {
      const bool stays = below(5) > 0;
      const Script& from = stays ? script : scripts()[below(scripts().size())];
      const auto& [first, last] = from.ranges[below(from.ranges.size())];
      const auto value = static_cast<char32_t>(first + below(last - first + 1));
      for (size_t times = below(8) == 0 ? 4 : 1; times > 0; --times) append_utf8(text, value);
    }
    return text;
  }

  std::string bytes() {
    std::string text(below(50), ' ');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

 private:
  size_t below(size_t limit) { return random_() % limit; }

  std::mt19937 random_;
};

// Some published vocabularies lack bytes, most of them such as no UTF-8 has.
std::array<bool, 256> bytes_of(const Vocabulary& vocabulary) {
  std::array<bool, 256> known{};
  if (vocabulary.model != "gpt2") known.fill(true);
  for (size_t byte = 0; byte < known.size(); ++byte) {
    const std::string token = to_byte_alphabet(std::string(1, static_cast<char>(byte)));
    for (size_t id = 0; id < vocabulary.tokens.size() && !known[byte]; ++id) {
      known[byte] = vocabulary.types[id] == TokenType::kNormal && vocabulary.tokens[id] == token;
    }
  }
  return known;
}

// Without the characters that have other bytes.
std::string restricted(const std::string& text, const std::array<bool, 256>& known) {
  std::string kept;
  for (size_t position = 0; position < text.size();) {
    const std::string character = text.substr(position, rune_at(text, position).length);
    position += character.size();
    if (std::all_of(character.begin(), character.end(),
                    [&](char c) { return known[static_cast<unsigned char>(c)]; })) {
      kept += character;
    }
  }
  return kept;
}

void expect_back(const Tokenizer& tokenizer, const std::string& text, const std::string& what) {
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text) << what;
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(text, true), true), text) << what << ", trusted";
}

void expect_everything_back(const Tokenizer& tokenizer, const std::string& what, int rounds) {
  const std::array<bool, 256> known = bytes_of(tokenizer.vocabulary());
  // Control characters, and what no valid UTF-8 has.
  for (size_t byte = ' '; byte < 0xf5; ++byte) {
    const bool is_rare = byte == 0x7f || byte == 0xc0 || byte == 0xc1 || byte >= 0xf1;
    EXPECT_TRUE(known[byte] || is_rare) << what << " lacks byte " << byte;
  }
  Texts texts(17);
  for (int round = 0; round < rounds; ++round) {
    for (const Script& script : scripts()) {
      const std::string text = restricted(texts.of(script), known);
      ASSERT_TRUE(is_valid_utf8(text)) << script.name;
      expect_back(tokenizer, text, what + ": " + script.name);
    }
    expect_back(tokenizer, restricted(texts.bytes(), known), what + ": any bytes");
    if (testing::Test::HasFailure()) return;  // one example of each is enough to read
  }
}

TEST(RoundTrip, HoldsForEveryByteLevelFamily) {
  const std::vector<std::string> merges = {"a a", "\xc4\xa0 a", "\xc3\xa4 \xc2\xb8",
                                           "\xc3\x8c \xc4\x81"};
  for (const char* pre : {"gpt-2", "llama-bpe", "dbrx", "qwen2", "smollm", "falcon", "deepseek-llm",
                          "deepseek-coder", "deepseek-v3", "tekken", "gpt-4o", "qwen35",
                          "seed-coder", "laguna", "kimi-k2", "bloom", "viking", "superbpe"}) {
    expect_everything_back(*make_tokenizer(test::byte_level_vocabulary(merges, pre)), pre, 40);
  }
}

TEST(RoundTrip, HoldsForSentencePieceWithBytes) {
  const std::string mark = "\xe2\x96\x81";
  for (const bool add_space_prefix : {false, true}) {
    Vocabulary vocabulary = test::sentencepiece_vocabulary(
        {{mark, -5}, {mark + mark, -1}, {"a", -5}, {mark + "a", -2}, {"\xe4\xb8\xad", -3}});
    vocabulary.add_space_prefix = add_space_prefix;
    expect_everything_back(*make_tokenizer(vocabulary), "SentencePiece", 100);
  }
}

class RoundTripOfRealVocabularies : public testing::TestWithParam<const char*> {};

TEST_P(RoundTripOfRealVocabularies, Holds) {
  const char* fixtures = std::getenv("CRIA_FIXTURES");  // NOLINT(concurrency-mt-unsafe): read only
  const std::filesystem::path file =
      std::filesystem::path(fixtures ? fixtures : "../shared/fixtures") / "tokenizers" /
      (std::string("ggml-vocab-") + GetParam() + ".gguf");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  const auto tokenizer = make_tokenizer(Vocabulary::from(*gguf::File::open(file.string())));
  expect_everything_back(*tokenizer, GetParam(), 100);
}

INSTANTIATE_TEST_SUITE_P(ByteComplete, RoundTripOfRealVocabularies,
                         testing::Values("gpt-2", "llama-spm", "deepseek-llm", "falcon",
                                         "starcoder"),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace cria::tokenizer
