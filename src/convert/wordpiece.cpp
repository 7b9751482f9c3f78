#include "convert/wordpiece.h"

#include <algorithm>

#include "base/error.h"
#include "convert/lines.h"
#include "convert/tokenizer_config.h"

namespace cria::convert {
namespace {

constexpr std::string_view kWordStart = "\xe2\x96\x81";  // U+2581
// Of BERT's tokenizers, which say so only in newer files.
constexpr std::string_view kSpecial[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

}  // namespace

void set_wordpiece(const Config& options, const WordPieceFields& fields, Vocabulary& vocabulary) {
  vocabulary.model = "bert";
  vocabulary.lowercase = options.flag(fields.lowercase, true);
  options.expect_flag("strip_accents", *vocabulary.lowercase);
  options.expect_flag(fields.ideographs, true);
  options.expect_flag("clean_text", true);
}

void add_wordpiece(int64_t id, const std::string& text, Vocabulary& vocabulary) {
  if (vocabulary.find(text) == id) return;
  const bool goes_on = text.starts_with(kSubwordPrefix) && text.size() > kSubwordPrefix.size();
  vocabulary.add(id, goes_on ? text.substr(kSubwordPrefix.size()) : concat(kWordStart, text),
                 TokenType::kNormal);
}

Vocabulary read_vocab_txt(const Folder& folder, const Config& tokenizer, int64_t rows) {
  const std::string path = folder.file("vocab.txt");
  Vocabulary vocabulary(rows, path);
  set_wordpiece(tokenizer, {.lowercase = "do_lower_case", .ideographs = "tokenize_chinese_chars"},
                vocabulary);
  vocabulary.add_bos = vocabulary.add_eos = true;
  add_later_tokens(folder, vocabulary);
  int64_t id = 0;
  for_each_line(path, [&](const std::string& text) {
    if (std::ranges::count(kSpecial, text) > 0) {
      vocabulary.add_special(id, text, TokenType::kControl, path);
    } else {
      add_wordpiece(id, text, vocabulary);
    }
    ++id;
  });
  return vocabulary;
}

}  // namespace cria::convert
