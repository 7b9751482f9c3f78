// Any bytes are encoded, as plain and as trusted text, and come back when they are decoded, as far
// as they are not normalised; plain text never becomes a control token.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "tokenizer/byte_level.h"
#include "tokenizer/charsmap.h"
#include "tokenizer/test_charsmap.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {
namespace {

constexpr std::string_view kSpaceMark = "\xe2\x96\x81";  // U+2581

void add(Vocabulary& vocabulary, std::string text, TokenType type, float score = 0) {
  vocabulary.tokens.push_back(std::move(text));
  vocabulary.types.push_back(type);
  if (vocabulary.model == "llama" || vocabulary.model == "t5") vocabulary.scores.push_back(score);
}

void add_specials(Vocabulary& vocabulary) {
  add(vocabulary, "<s>", TokenType::kControl);
  add(vocabulary, "<s>>", TokenType::kControl);
  add(vocabulary, "@@", TokenType::kUserDefined);
  vocabulary.bos = static_cast<Id>(vocabulary.tokens.size()) - 3;
}

std::unique_ptr<Tokenizer> byte_level(const std::string& pre) {
  Vocabulary vocabulary{.model = "gpt2", .pre = pre};
  for (int byte = 0; byte < 256; ++byte) {
    add(vocabulary, to_byte_alphabet(std::string(1, static_cast<char>(byte))), TokenType::kNormal);
  }
  const std::string space = to_byte_alphabet(" ");
  for (const auto& [left, right] : std::array<std::pair<std::string, std::string>, 6>{
           {{"a", "a"}, {"aa", "aa"}, {space, "a"}, {space, space}, {"1", "2"}, {"a", "b"}}}) {
    vocabulary.merges.push_back(left + ' ' + right);
    add(vocabulary, left + right, TokenType::kNormal);
  }
  add_specials(vocabulary);
  return make_tokenizer(vocabulary);
}

std::unique_ptr<Tokenizer> sentencepiece(bool add_space_prefix) {
  Vocabulary vocabulary{.model = "llama"};
  vocabulary.add_space_prefix = add_space_prefix;
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (size_t byte = 0; byte < 256; ++byte) {
    add(vocabulary, std::string("<0x") + kDigits[byte / 16] + kDigits[byte % 16] + '>',
        TokenType::kByte);
  }
  const std::string space(kSpaceMark);
  for (const std::string& piece : {std::string("a"), std::string("b"), std::string("aa"), space,
                                   space + space, space + "a", std::string("<s>")}) {
    add(vocabulary, piece, TokenType::kNormal, -static_cast<float>(piece.size() % 4));
  }
  add_specials(vocabulary);
  return make_tokenizer(vocabulary);
}

std::unique_ptr<Tokenizer> unigram(bool removes_spaces, bool has_all_bytes) {
  Vocabulary vocabulary{.model = "t5"};
  vocabulary.add_space_prefix = true;
  vocabulary.remove_extra_whitespaces = removes_spaces;
  vocabulary.precompiled_charsmap =
      test::CharsmapBuilder({{"\n", " "}, {"\xef\xac\x81", "fi"}, {"\x01", ""}}).bytes();
  add(vocabulary, "<unk>", TokenType::kUnknown);
  vocabulary.unknown = 0;
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (size_t byte = 0; byte < (has_all_bytes ? 256 : 200); ++byte) {
    add(vocabulary, std::string("<0x") + kDigits[byte / 16] + kDigits[byte % 16] + '>',
        TokenType::kByte);
  }
  const std::string space(kSpaceMark);
  for (const std::string& piece :
       {std::string("a"), std::string("b"), std::string("aa"), space, space + space, space + "a",
        "a" + space, std::string("fi"), std::string("<s>")}) {
    add(vocabulary, piece, TokenType::kNormal, -static_cast<float>(piece.size() % 4));
  }
  add_specials(vocabulary);
  return make_tokenizer(vocabulary);
}

std::unique_ptr<Tokenizer> wordpiece(bool folds_case) {
  Vocabulary vocabulary{.model = "bert"};
  vocabulary.folds_case = folds_case;
  add(vocabulary, "[UNK]", TokenType::kUnknown);
  vocabulary.unknown = 0;
  const std::string start(kSpaceMark);
  for (const std::string& piece : {start + "a", start + "ab", start + "!", start + "\xe4\xb8\xad",
                                   std::string("a"), std::string("b"), std::string("<s>")}) {
    add(vocabulary, piece, TokenType::kNormal);
  }
  add_specials(vocabulary);
  return make_tokenizer(vocabulary);
}

// Normalising cannot be undone: what is decoded must be what it stands for.
void check_normalized(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<Id> ids = tokenizer.encode(text);
  for (const Id id : ids) {
    CRIA_CHECK(tokenizer.vocabulary().types[static_cast<size_t>(id)] != TokenType::kControl);
  }
  CRIA_CHECK(ids.size() <= 8 * text.size());
  std::erase(ids, tokenizer.vocabulary().unknown);
  if (text.find('@') == std::string_view::npos) {
    CRIA_CHECK(tokenizer.encode(tokenizer.decode(ids)) == ids);
  }
  tokenizer.decode(tokenizer.encode(text, true), true);
}

// The same for what comes with spaces marked: a mark in the text itself reads like a space.
void check_unigram(const Tokenizer& tokenizer, std::string_view text) {
  const std::vector<Id> ids = tokenizer.encode(text);
  for (const Id id : ids) {
    CRIA_CHECK(tokenizer.vocabulary().types[static_cast<size_t>(id)] != TokenType::kControl);
  }
  CRIA_CHECK(ids.size() <= 3 * text.size() + 1);
  const bool is_plain = text.find('@') == std::string_view::npos &&
                        text.find(kSpaceMark) == std::string_view::npos &&
                        std::count(ids.begin(), ids.end(), tokenizer.vocabulary().unknown) == 0;
  // Of a text of which nothing is left the prefix alone remains.
  const std::string decoded = tokenizer.decode(ids);
  if (is_plain && !decoded.empty()) CRIA_CHECK(tokenizer.encode(decoded) == ids);
  tokenizer.decode(tokenizer.encode(text, true), true);
}

// Rules that nobody has checked are an error, or can be looked up in.
void check_charsmap(std::string_view bytes) {
  try {
    const Charsmap map(bytes);
    for (size_t i = 0; i < bytes.size(); i += 16) map.longest(bytes.substr(i));
  } catch (const Error& error) {
    CRIA_CHECK(error.code() == Error::Code::kCorrupt);
  }
}

void check_round_trip(const Tokenizer& tokenizer, std::string_view text) {
  const std::vector<Id> plain = tokenizer.encode(text);
  CRIA_CHECK(tokenizer.decode(plain) == text);
  for (const Id id : plain) {
    CRIA_CHECK(tokenizer.vocabulary().types[static_cast<size_t>(id)] != TokenType::kControl);
  }
  const std::vector<Id> trusted = tokenizer.encode(text, true);
  CRIA_CHECK(tokenizer.decode(trusted, true) == text);

  const std::string_view half = text.substr(0, text.size() / 2);
  const std::array pieces = {Piece{half, true}, Piece{text.substr(half.size()), false}};
  CRIA_CHECK(tokenizer.decode(tokenizer.encode(pieces), true) == text);
}

const std::vector<std::unique_ptr<Tokenizer>>& tokenizers() {
  static const std::vector<std::unique_ptr<Tokenizer>> all = [] {
    std::vector<std::unique_ptr<Tokenizer>> list;
    for (const char* pre : {"gpt-2", "llama-bpe", "qwen2", "smollm", "falcon", "deepseek-llm",
                            "deepseek-coder", "deepseek-v3", "tekken", "gpt-4o", "qwen35",
                            "seed-coder", "laguna", "kimi-k2", "bloom", "viking", "superbpe"}) {
      list.push_back(byte_level(pre));
    }
    list.push_back(sentencepiece(false));
    list.push_back(sentencepiece(true));
    for (const bool removes_spaces : {false, true}) {
      list.push_back(unigram(removes_spaces, true));
      list.push_back(unigram(removes_spaces, false));
    }
    list.push_back(wordpiece(false));
    list.push_back(wordpiece(true));
    return list;
  }();
  return all;
}

}  // namespace
}  // namespace cria::tokenizer

// The first byte chooses the tokenizer, or rules of normalisation.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto& tokenizers = cria::tokenizer::tokenizers();
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t choice = data[0] % (tokenizers.size() + 1);
  if (choice == tokenizers.size()) {
    cria::tokenizer::check_charsmap(text);
    return 0;
  }
  const auto& tokenizer = *tokenizers[choice];
  if (tokenizer.vocabulary().model == "bert") {
    cria::tokenizer::check_normalized(tokenizer, text);
  } else if (tokenizer.vocabulary().model == "t5") {
    cria::tokenizer::check_unigram(tokenizer, text);
  } else {
    cria::tokenizer::check_round_trip(tokenizer, text);
  }
  return 0;
}
