// Encodes the cases that come with real vocabularies and compares the ids with the recorded ones.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "fs/gguf/gguf.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {
namespace {

std::filesystem::path fixtures() {
  const char* path = std::getenv("CRIA_FIXTURES");  // NOLINT(concurrency-mt-unsafe): read only
  return std::filesystem::path(path ? path : "../shared/fixtures") / "tokenizers";
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Every case is followed by a newline and a line of its own.
std::vector<std::string> cases(const std::string& text) {
  const std::string separator = "\n__ggml_vocab_test__\n";
  std::vector<std::string> list;
  size_t begin = 0;
  for (size_t end = text.find(separator); end != std::string::npos;
       end = text.find(separator, begin)) {
    list.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  return list;
}

std::vector<std::vector<Id>> recorded(const std::string& text) {
  std::vector<std::vector<Id>> list;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream numbers(line);
    list.emplace_back(std::istream_iterator<Id>(numbers), std::istream_iterator<Id>());
  }
  return list;
}

class GoldenVocabulary : public testing::TestWithParam<const char*> {};

TEST_P(GoldenVocabulary, GivesTheRecordedIdsAndTheTextBack) {
  const std::filesystem::path file =
      fixtures() / (std::string("ggml-vocab-") + GetParam() + ".gguf");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  const auto tokenizer = make_tokenizer(Vocabulary::from(*gguf::File::open(file.string())));
  const std::vector<std::string> texts = cases(contents(file.string() + ".inp"));
  const std::vector<std::vector<Id>> expected = recorded(contents(file.string() + ".out"));
  ASSERT_GT(texts.size(), 40u);
  ASSERT_EQ(texts.size(), expected.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(tokenizer->encode(texts[i]), expected[i]) << '"' << texts[i] << '"';
    EXPECT_EQ(tokenizer->encode(texts[i], true), expected[i]) << '"' << texts[i] << '"';
    // What the normaliser does cannot be undone, but the text that comes back means the same.
    const std::string decoded = tokenizer->decode(expected[i]);
    if (tokenizer->vocabulary().model == "bert") {
      std::vector<Id> known = expected[i];
      std::erase(known, tokenizer->vocabulary().unknown);
      EXPECT_EQ(tokenizer->encode(decoded, true), known) << '"' << decoded << '"';
    } else {
      EXPECT_EQ(decoded, texts[i]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllKinds, GoldenVocabulary,
                         testing::Values("gpt-2", "llama-spm", "phi-3", "starcoder", "falcon",
                                         "deepseek-llm", "bert-bge"),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace cria::tokenizer
