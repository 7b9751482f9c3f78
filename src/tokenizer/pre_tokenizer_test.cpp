// The splits that the pre-tokenizers of the models make; checked against Hugging Face's tokenizers
// 0.23.

#include "tokenizer/pre_tokenizer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cria::tokenizer {
namespace {

using Words = std::vector<std::string>;

Words words(std::string_view name, std::string_view text) {
  const Family* family = find_family(name);
  EXPECT_NE(family, nullptr) << name;
  Words list;
  if (family) split(text, family->stages, [&](std::string_view word) { list.emplace_back(word); });
  return list;
}

TEST(PreTokenizer, SplitsAsGpt2) {
  EXPECT_EQ(words("gpt-2", "Hello world's  end,\n\n x"),
            (Words{"Hello", " world", "'s", " ", " end", ",", "\n\n", " x"}));
  EXPECT_EQ(words("gpt-2", "we'LL 3.14 a1b2"),
            (Words{"we", "'", "LL", " 3", ".", "14", " a", "1", "b", "2"}));
  EXPECT_EQ(words("gpt-2", "?! \t"), (Words{"?!", " \t"}));
  EXPECT_EQ(words("default", "12345"), (Words{"12345"}));
  EXPECT_EQ(words("", "a b"), (Words{"a", " b"}));
}

TEST(PreTokenizer, SplitsAsLlama3) {
  EXPECT_EQ(words("llama-bpe", "Hello wOrld'S 12345"),
            (Words{"Hello", " wOrld", "'S", " ", "123", "45"}));
  EXPECT_EQ(words("llama-bpe", "(ok) \n\n  x = y;\n"),
            (Words{"(ok", ")", " \n\n", " ", " x", " =", " y", ";\n"}));
  EXPECT_EQ(words("llama3", "\tint"), (Words{"\tint"}));
  EXPECT_EQ(words("dbrx", "a  "), (Words{"a", "  "}));
  EXPECT_EQ(words("smaug-bpe", "'\xc5\xbfx"), (Words{"'\xc5\xbf", "x"}));  // U+017F is an s
}

TEST(PreTokenizer, SplitsAsQwen2) {
  EXPECT_EQ(words("qwen2", "x 2024 !?\n"), (Words{"x", " ", "2", "0", "2", "4", " !?\n"}));
}

TEST(PreTokenizer, SplitsAsQwen35) {
  // A mark belongs to the letter before it.
  EXPECT_EQ(words("qwen35", "x\xcc\x81y 12"), (Words{"x\xcc\x81y", " ", "1", "2"}));
  EXPECT_EQ(words("qwen2", "x\xcc\x81y"), (Words{"x", "\xcc\x81y"}));
}

TEST(PreTokenizer, SplitsAsSeedCoder) {
  EXPECT_EQ(words("seed-coder", "x !?\ny"), (Words{"x", " !?", "\n", "y"}));
}

TEST(PreTokenizer, SplitsAsLaguna) {
  EXPECT_EQ(words("laguna", "x !?\n\ny 1"), (Words{"x", " !?", "\n\n", "y", " ", "1"}));
}

TEST(PreTokenizer, SplitsAsKimi) {
  // "a", two ideographs, "B's", then the spaces before an ideograph.
  EXPECT_EQ(
      words("kimi-k2",
            "a\xe4\xb8\xad\xe6\x96\x87"
            "B's  \xe4\xb8\xad"
            "1234/\n"),
      (Words{"a", "\xe4\xb8\xad\xe6\x96\x87", "B's", " ", " ", "\xe4\xb8\xad", "123", "4", "/\n"}));
}

TEST(PreTokenizer, SplitsAsBloomAndViking) {
  EXPECT_EQ(words("bloom", "a b12, c"), (Words{"a", " b12", ",", " c"}));
  EXPECT_EQ(words("gpt3-finnish", "(x)  y"), (Words{"(", "x", ") ", " y"}));
  EXPECT_EQ(words("viking", "a b12, c"), (Words{"a", " b", "1", "2", ",", " c"}));
}

TEST(PreTokenizer, SplitsAsSuperBpe) {
  EXPECT_EQ(words("superbpe", "in the year 12345678."),
            (Words{"in the year ", "12", "345", "678", "."}));
  EXPECT_EQ(words("superbpe", "123456"), (Words{"123", "456"}));
}

TEST(PreTokenizer, KnowsTheNamesOfModelsThatSplitAlike) {
  for (const auto& [name, like] : std::initializer_list<std::pair<const char*, const char*>>{
           {"exaone4", "gpt-2"},
           {"a.x-4.0", "gpt-2"},
           {"granite-docling", "gpt-2"},
           {"falcon-h1", "llama3"},
           {"midm-2.0", "llama3"},
           {"hunyuan", "qwen2"},
           {"bailingmoe", "qwen2"},
           {"grok-2", "qwen2"},
           {"mellum2", "starcoder"},
           {"minimax-m2", "gpt-4o"},
           {"poro-chat", "bloom"},
           {"hunyuan-dense", "deepseek-v3"}}) {
    EXPECT_EQ(find_family(name), find_family(like)) << name;
  }
}

TEST(PreTokenizer, SplitsAsSmollmAndStarcoder) {
  for (const char* name : {"smollm", "starcoder", "refact", "command-r"}) {
    EXPECT_EQ(words(name, "x 42's"), (Words{"x", " ", "4", "2", "'s"})) << name;
    EXPECT_EQ(words(name, "a  1"), (Words{"a", "  ", "1"})) << name;
  }
}

TEST(PreTokenizer, SplitsAsFalcon) {
  EXPECT_EQ(words("falcon", "a, 12345!"), (Words{"a", ",", " ", "123", "45", "!"}));
  // Bytes are characters when it looks for numbers: the second byte of this one is one.
  EXPECT_EQ(words("falcon", "\xc2\xbd"), (Words{"\xc2", "\xbd"}));
}

TEST(PreTokenizer, SplitsAsDeepseekLlm) {
  EXPECT_EQ(words("deepseek-llm", "Hi there, 12\n\xe4\xb8\xad\xe5\x9b\xbd  "),
            (Words{"Hi", " there", ",", " ", "1", "2", "\n", "\xe4\xb8\xad\xe5\x9b\xbd", "  "}));
}

TEST(PreTokenizer, SplitsAsDeepseekCoder) {
  EXPECT_EQ(words("deepseek-coder", "if x == 10:\r\n"),
            (Words{"if", " x", " == ", "1", "0", ":", "\r", "\n"}));
}

TEST(PreTokenizer, SplitsAsDeepseekV3) {
  EXPECT_EQ(words("deepseek-v3", "x.size() 2024 \xe3\x81\x82\xe4\xb8\xad!\n"),
            (Words{"x", ".size", "()", " ", "202", "4", " ", "\xe3\x81\x82\xe4\xb8\xad", "!\n"}));
}

TEST(PreTokenizer, SplitsAsTekken) {
  EXPECT_EQ(words("tekken", "HTTPServer parseXML'd 12/"),
            (Words{"HTTPServer", " parse", "XML", "'d", " ", "1", "2", "/"}));
  EXPECT_EQ(words("tekken",
                  "\xe6\x97\xa5\xe6\x9c\xac"
                  "AB"),
            (Words{"\xe6\x97\xa5\xe6\x9c\xac", "AB"}));
}

TEST(PreTokenizer, SplitsAsGpt4o) {
  EXPECT_EQ(words("gpt-4o", "HTTPServer parseXML'd it'S 1234 //\n"),
            (Words{"HTTPServer", " parse", "XML'd", " it'S", " ", "123", "4", " //\n"}));
}

TEST(PreTokenizer, KeepsEveryByteInEveryFamily) {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) {
    text += static_cast<char>(byte);
    text += byte % 3 == 0 ? " \n" : "1";
  }
  std::string names = known_pre_tokenizers() + ",";
  for (size_t begin = 0; begin < names.size();) {
    const size_t end = names.find(',', begin);
    const std::string name = names.substr(begin, end - begin);
    std::string joined;
    for (const std::string& word : words(name, text)) {
      EXPECT_FALSE(word.empty()) << name;
      joined += word;
    }
    EXPECT_EQ(joined, text) << name;
    begin = end + 2;
  }
}

TEST(PreTokenizer, KnowsNoOtherNames) {
  EXPECT_EQ(find_family("gpt-5"), nullptr);
  EXPECT_EQ(find_family("GPT-2"), nullptr);
}

}  // namespace
}  // namespace cria::tokenizer
