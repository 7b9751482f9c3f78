// SentencePiece's vocabularies from tokenizer.json.
#include "convert/sentencepiece_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "convert/test_tokenizer.h"
#include "convert/tokenizer_json.h"
#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using cria::test::expect_error;
using Ids = std::vector<tokenizer::Id>;

const std::string kMark = "\xe2\x96\x81";  // U+2581

constexpr int64_t kRows = 300;

Vocabulary imported(const Json& json) {
  // Parsed, as numbers are of other types then.
  return read_tokenizer_json(Json::parse(json.dump()), "tokenizer.json", kRows, "");
}
Ids ids(const Json& json, const std::string& text) {
  return test::written(imported(json))->encode(text, true);
}
void expect_refused(const Json& json, Code code, std::initializer_list<std::string_view> parts) {
  expect_error([&] { imported(json); }, code, parts);
}

Json replace(const Json& pattern, const std::string& content) {
  return {{"type", "Replace"}, {"pattern", pattern}, {"content", content}};
}
Json sequence(const char* key, const std::vector<Json>& steps) {
  return {{"type", "Sequence"}, {key, steps}};
}
Json metaspace(const char* scheme, bool split) {
  return {
      {"type", "Metaspace"}, {"replacement", kMark}, {"prepend_scheme", scheme}, {"split", split}};
}
const Json kEscape = replace({{"String", " "}}, kMark);
const Json kLegacy = sequence("normalizers", {{{"type", "Prepend"}, {"prepend", kMark}}, kEscape});

// 0 to 2 are <unk>, <s> and </s>, 3 to 258 the bytes, then these, and a filler.
constexpr tokenizer::Id kFirst = 259;
Json bpe(const std::vector<std::string>& tokens, const std::vector<std::string>& merges) {
  Json vocab = {{"<unk>", 0}, {"<s>", 1}, {"</s>", 2}};
  const std::string digits = "0123456789ABCDEF";
  for (size_t byte = 0; byte < 256; ++byte) {
    vocab[std::string("<0x") + digits[byte / 16] + digits[byte % 16] + ">"] = 3 + byte;
  }
  int64_t id = kFirst;
  for (const std::string& token : tokens) vocab[token] = id++;
  Json added = Json::array();
  for (const char* special : {"<unk>", "<s>", "</s>"}) {
    added.push_back({{"id", vocab[special]}, {"content", special}, {"special", true}});
  }
  return {{"added_tokens", added},
          {"normalizer", kLegacy},
          {"pre_tokenizer", nullptr},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", {{{"SpecialToken", {{"id", "<s>"}}}}, {{"Sequence", {{"id", "A"}}}}}}}},
          {"model",
           {{"type", "BPE"},
            {"unk_token", "<unk>"},
            {"fuse_unk", true},
            {"byte_fallback", true},
            {"vocab", vocab},
            {"merges", merges}}}};
}

const std::vector<std::string> kTokens = {kMark, "a", "b", "ab", kMark + "a", kMark + kMark};
const std::vector<std::string> kMerges = {kMark + " a", "a b", kMark + " " + kMark};

TEST(SentencePieceJson, ScoresTokensByTheRanksOfTheirMerges) {
  const Vocabulary vocabulary = imported(bpe(kTokens, kMerges));
  EXPECT_EQ(vocabulary.model, "llama");
  EXPECT_EQ(vocabulary.add_bos, true);
  EXPECT_EQ(vocabulary.add_eos, false);
  EXPECT_EQ(vocabulary.token(0).type, TokenType::kUnknown);
  EXPECT_EQ(vocabulary.token(1).type, TokenType::kControl);
  EXPECT_EQ(vocabulary.token(3).type, TokenType::kByte);
  EXPECT_EQ(vocabulary.token(kFirst + 4).score, -1);
  EXPECT_EQ(vocabulary.token(kFirst + 3).score, -2);
  EXPECT_EQ(vocabulary.token(kFirst).score, -4);
  const auto tokenizer = test::written(vocabulary);
  // As Hugging Face's library has them.
  EXPECT_EQ(tokenizer->encode("ab aab"), (Ids{kFirst + 4, kFirst + 2, kFirst + 4, kFirst + 3}));
  EXPECT_EQ(tokenizer->encode("b   a\xc3\xa9"),
            (Ids{kFirst, kFirst + 2, kFirst + 5, kFirst + 4, 3 + 0xc3, 3 + 0xa9}));
}

TEST(SentencePieceJson, TakesThePrefixFromEitherPlace) {
  const auto prefix = [](const Json& normalizer, const Json& pre_tokenizer, size_t notices) {
    Json json = bpe(kTokens, kMerges);
    json["normalizer"] = normalizer;
    json["pre_tokenizer"] = pre_tokenizer;
    const Vocabulary vocabulary = imported(json);
    EXPECT_EQ(vocabulary.notices.size(), notices);
    return vocabulary.add_space_prefix;
  };
  EXPECT_EQ(prefix(kLegacy, nullptr, 1), true);                     // behind special tokens too
  EXPECT_EQ(prefix(nullptr, metaspace("first", false), 1), true);   // unless there is a space
  EXPECT_EQ(prefix(nullptr, metaspace("always", false), 2), true);  // both
  EXPECT_EQ(prefix(nullptr, metaspace("never", false), 0), false);
  const Json idle = {
      {"type", "Split"}, {"pattern", {{"String", " "}}}, {"behavior", "MergedWithPrevious"}};
  EXPECT_EQ(prefix(kEscape, idle, 0), false);  // Gemma's
}

TEST(SentencePieceJson, LetsOnlyMergesMakeAddedTokensOfSpaces) {
  Json json = bpe(kTokens, kMerges);
  json["normalizer"] = kEscape;
  json["added_tokens"].push_back(
      {{"id", kFirst + 5}, {"content", kMark + kMark}, {"special", false}});
  json["added_tokens"].push_back({{"id", kFirst + 6}, {"content", "\n\n"}, {"special", false}});
  EXPECT_EQ(ids(json, "b  b\n\n\nb"),
            (Ids{kFirst + 2, kFirst + 5, kFirst + 2, kFirst + 6, 3 + 10, kFirst + 2}));
}

TEST(SentencePieceJson, RefusesMergesThatNoScoresCanSay) {
  // "abc" is made of one pair only: the other one would join here.
  expect_refused(bpe({kMark, "a", "b", "c", "bc", "abc", "ab"}, {"b c", "ab c", "a b"}),
                 Code::kUnsupported, {"no scores of tokens do the same", "\"abc\""});
  expect_refused(bpe({kMark, "a", "b", "ab", "bb", "abb"}, {"ab b", "b b", "a bb", "a b"}),
                 Code::kUnsupported, {"merge 2 makes \"abb\" again"});
  // Of two pairs that overlap the better one is joined there, the left one here.
  expect_refused(
      bpe({kMark, "a", "b", "bab", "abab", "ababab", "ab", "cab"}, {"a b", "abab ab", "ab abab"}),
      Code::kUnsupported, {"no scores"});
  expect_refused(bpe({"a"}, {"a b"}), Code::kCorrupt, {"merge 0", "\"b\" is no token"});
}

TEST(SentencePieceJson, RefusesBpeThatGgufCannotSay) {
  const auto refused = [](const char* pointer, const Json& value, const char* complaint) {
    Json json = bpe(kTokens, kMerges);
    json[Json::json_pointer(pointer)] = value;
    expect_refused(json, Code::kUnsupported, {"tokenizer.json", complaint});
  };
  refused("/model/byte_fallback", false, "byte_fallback");
  refused("/model/dropout", 0.5, "dropout");
  refused("/normalizer", nullptr, "U+2581");
  refused("/normalizer", {{"type", "Lowercase"}}, "Lowercase");
  refused("/pre_tokenizer", {{"type", "WhitespaceSplit"}}, "removes spaces");
  refused("/pre_tokenizer", {{"type", "Digits"}}, "Digits");
  Json json = bpe(kTokens, kMerges);
  json["model"]["vocab"].erase("<0xE4>");
  expect_refused(json, Code::kUnsupported, {"<0xE4>"});
}

Json unigram() {
  const std::vector<std::pair<std::string, double>> tokens = {
      {"<unk>", 0}, {"<s>", 0},          {"</s>", 0},         {kMark, -2},
      {"a", -3},    {kMark + "a", -2.5}, {"a" + kMark, -0.5}, {"<0x41>", -9}};
  Json vocab = Json::array();
  for (const auto& [text, score] : tokens) vocab.push_back(Json::array({text, score}));
  return {{"added_tokens", {{{"id", 2}, {"content", "</s>"}, {"special", true}}}},
          {"normalizer", nullptr},
          {"pre_tokenizer",
           sequence("pretokenizers", {{{"type", "WhitespaceSplit"}}, metaspace("always", true)})},
          {"model", {{"type", "Unigram"}, {"unk_id", 0}, {"vocab", vocab}}}};
}

TEST(SentencePieceJson, ReadsUnigramModels) {
  const Json json = unigram();
  const Vocabulary vocabulary = imported(json);
  EXPECT_EQ(vocabulary.model, "t5");
  EXPECT_EQ(vocabulary.remove_extra_whitespaces, true);
  EXPECT_EQ(vocabulary.token(0).type, TokenType::kUnknown);
  EXPECT_EQ(vocabulary.token(2).type, TokenType::kControl);
  EXPECT_EQ(vocabulary.token(5).score, -2.5f);
  // Words are split before, so that this one never comes out of text.
  EXPECT_EQ(vocabulary.token(6).type, TokenType::kUnused);
  EXPECT_EQ(vocabulary.token(7).type, TokenType::kNormal);
  EXPECT_EQ(ids(json, " aa  a b</s>a "), (Ids{5, 4, 5, 3, 0, 2, 5}));
}

TEST(SentencePieceJson, ReadsTheRulesOfNormalisation) {
  // "z" becomes a space. Rules for one byte: a root, its children from 256 on, their values.
  std::string units(4 * 768, '\0');
  const auto put = [&](size_t index, uint32_t unit) {
    for (size_t i = 0; i < 4; ++i) units[4 * index + i] = static_cast<char>(unit >> (8 * i));
  };
  put(0, 256u << 10);
  put(256 + 'z', 'z' | 1u << 8 | static_cast<uint32_t>((256 + 'z') ^ 512) << 10);
  put(512, 1u << 31);
  std::string bytes = std::string("\0\x0c\0\0", 4) + units + std::string(" \0", 2);
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (bytes.size() % 3 != 0) bytes += '\0';
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | static_cast<unsigned char>(bytes[i + k]);
    for (int shift = 18; shift >= 0; shift -= 6) text += kAlphabet[bits >> shift & 63];
  }
  Json json = unigram();
  const Json precompiled = {{"type", "Precompiled"}, {"precompiled_charsmap", text}};
  json["normalizer"] = precompiled;
  EXPECT_EQ(ids(json, "aza"), (Ids{5, 5}));
  json["normalizer"] =
      sequence("normalizers", {precompiled,
                               {{"type", "Strip"}, {"strip_left", false}, {"strip_right", true}},
                               replace({{"Regex", " {2,}"}}, kMark)});
  json["pre_tokenizer"] = metaspace("always", true);
  EXPECT_EQ(ids(json, "azzaz"), (Ids{5, 5}));
  EXPECT_EQ(imported(json).notices.size(),
            1u);  // newlines and tabs, which are no spaces by the map
  json["normalizer"]["normalizers"][0]["precompiled_charsmap"] = "AAAA";
  expect_refused(json, Code::kCorrupt, {"tokenizer.json: normalizer: precompiled_charsmap"});
  json["normalizer"]["normalizers"][0]["precompiled_charsmap"] = "*";
  expect_refused(json, Code::kCorrupt, {"expected Base64"});
}

TEST(SentencePieceJson, RefusesUnigramModelsThatAreNone) {
  const auto refused = [](const char* pointer, const Json& value, Code code,
                          const char* complaint) {
    Json json = unigram();
    json[Json::json_pointer(pointer)] = value;
    expect_refused(json, code, {"tokenizer.json", complaint});
  };
  refused("/model/vocab", Json::object(), Code::kCorrupt, "vocab is an object");
  refused("/model/vocab/3", {"a"}, Code::kCorrupt, "token 3 is");
  refused("/model/vocab/3/1", 1e60, Code::kCorrupt, "token 3 is");
  refused("/normalizer", {{"type", "NFKC"}}, Code::kUnsupported, "NFKC");
}

}  // namespace
}  // namespace cria::convert
