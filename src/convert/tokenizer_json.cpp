#include "convert/tokenizer_json.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "convert/config.h"
#include "convert/json_parts.h"
#include "convert/merge_table.h"
#include "convert/pre_tokenizers.h"
#include "convert/sentencepiece_json.h"
#include "convert/tokenizer_parts.h"
#include "convert/wordpiece.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// Unicode normalisation cannot be said in GGUF. Texts are nearly always in the composed form
// already, and no engine does it; anything else would change every text.
void check_normalizer(const Json& normalizer, const std::string& file) {
  if (!normalizer.is_null() && type_of(normalizer) != "NFC") {
    fail(Code::kUnsupported, file, ": normalizer ", quote(type_of(normalizer)),
         ", expected none or NFC");
  }
}

// With tokens that merges make it does not matter whether words are looked up first.
void notice_whole_words(const Merges& merges, Vocabulary& vocabulary) {
  MergeTable table(merges, vocabulary);
  int64_t unmade = 0, first = -1;
  for (int64_t id = 0; id < vocabulary.rows(); ++id) {
    const Vocabulary::Token& token = vocabulary.token(id);
    if (token.type != TokenType::kNormal || table.apply(token.text).size() == 1) continue;
    if (unmade++ == 0) first = id;
  }
  if (unmade == 0) return;
  vocabulary.notices.push_back(concat(
      vocabulary.file(), ": ", unmade, " tokens (the first: ", quote(vocabulary.token(first).text),
      ") are not what the merges make of them, and pre-tokenizer ", quote(vocabulary.pre),
      " differs from ignore_merges in words that are such tokens"));
}

Vocabulary read_byte_level(const Json& tokenizer, const std::string& file, int64_t rows,
                           const std::string& pre) {
  const Json& json = part(tokenizer, "model");
  const Config model(json, file + ": model");
  refuse_merge_options(model);
  model.expect_flag("byte_fallback", false);
  Vocabulary vocabulary(rows, file);
  vocabulary.model = "gpt2";
  PreTokenizer known{.name = pre, .whole_words = model.flag("ignore_merges", false)};
  const bool whole_words = known.whole_words;
  if (pre.empty()) {
    known = recognise_pre_tokenizer(part(tokenizer, "pre_tokenizer"), whole_words, file);
  }
  vocabulary.pre = known.name;
  check_normalizer(part(tokenizer, "normalizer"), file);
  for (const auto& [text, id] : tokens_of(part(json, "vocab"), file)) {
    vocabulary.add(id, text, TokenType::kNormal);
  }
  const Merges merges = merges_of(part(json, "merges"), file);
  for (const auto& [left, right] : merges) vocabulary.merges.push_back(concat(left, ' ', right));
  add_added_tokens(tokenizer, file, vocabulary);
  if (known.whole_words != whole_words) notice_whole_words(merges, vocabulary);
  read_template(tokenizer, vocabulary);
  return vocabulary;
}

Vocabulary read_wordpiece(const Json& tokenizer, const std::string& file, int64_t rows) {
  const Config model(part(tokenizer, "model"), file + ": model");
  model.expect("continuing_subword_prefix", kSubwordPrefix);
  if (const int64_t most = model.count("max_input_chars_per_word", 100); most != 100) {
    model.unsupported("max_input_chars_per_word", "is ", most, ", expected 100");
  }
  const std::string splitter = type_of(part(tokenizer, "pre_tokenizer"));
  const std::string normalizer = type_of(part(tokenizer, "normalizer"));
  if (splitter != "BertPreTokenizer" || normalizer != "BertNormalizer") {
    fail(Code::kUnsupported, file, ": normalizer ", quote(normalizer), " and pre_tokenizer ",
         quote(splitter), ", expected BertNormalizer and BertPreTokenizer");
  }
  Vocabulary vocabulary(rows, file);
  set_wordpiece(Config(part(tokenizer, "normalizer"), file + ": normalizer"),
                {.lowercase = "lowercase", .ideographs = "handle_chinese_chars"}, vocabulary);
  add_added_tokens(tokenizer, file, vocabulary);
  for (const auto& [text, id] : tokens_of(part(part(tokenizer, "model"), "vocab"), file)) {
    add_wordpiece(id, text, vocabulary);
  }
  read_template(tokenizer, vocabulary);
  return vocabulary;
}

bool is_bpe(const Json& tokenizer) {
  const Json& model = part(tokenizer, "model");
  // Old files leave the type out.
  return type_of(model) == "BPE" ||
         (type_of(model).empty() && model.is_object() && model.contains("merges"));
}

}  // namespace

bool has_own_vocabulary(const Json& tokenizer) {
  return !is_bpe(tokenizer) || is_byte_level(part(tokenizer, "pre_tokenizer"));
}

Vocabulary read_tokenizer_json(const Json& tokenizer, const std::string& file, int64_t rows,
                               const std::string& pre) {
  const std::string type = type_of(part(tokenizer, "model"));
  if (type == "WordPiece") return read_wordpiece(tokenizer, file, rows);
  if (type == "Unigram") return read_unigram(tokenizer, file, rows);
  if (!is_bpe(tokenizer)) {
    fail(Code::kUnsupported, file, ": is a tokenizer of type ", quote(type),
         ", expected BPE, Unigram or WordPiece");
  }
  if (!is_byte_level(part(tokenizer, "pre_tokenizer"))) {
    return read_sentencepiece_bpe(tokenizer, file, rows);
  }
  return read_byte_level(tokenizer, file, rows, pre);
}

}  // namespace cria::convert
