#include "convert/sentencepiece_json.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/quote.h"
#include "convert/json_parts.h"
#include "convert/merge_scores.h"
#include "convert/space_rules.h"
#include "convert/tokenizer_parts.h"
#include "tokenizer/byte_tokens.h"
#include "tokenizer/space_mark.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// Writes the rules into the vocabulary, and tells where GGUF says them only nearly.
void apply(const SpaceRules& rules, const std::string& file, Vocabulary& vocabulary) {
  if (!rules.marks_spaces) {
    fail(Code::kUnsupported, file,
         ": no step of normalizer or pre_tokenizer puts U+2581 for "
         "spaces, expected a SentencePiece vocabulary");
  }
  const auto notice = [&](const char* text) { vocabulary.notices.push_back(concat(file, text)); };
  const bool is_unigram = vocabulary.model == "t5";
  vocabulary.add_space_prefix = rules.adds_prefix;
  if (rules.adds_prefix && !is_unigram && rules.after_specials) {
    notice(
        ": puts a space in front of what follows a special token too, and GGUF only in front "
        "of the whole text");
  }
  if (rules.adds_prefix && is_unigram && !rules.after_specials) {
    notice(
        ": puts a space only in front of the whole text, and GGUF also in front of what "
        "follows a special token");
  }
  const bool removes = rules.joins_runs || rules.removes_ends;
  if (rules.only_if_missing && rules.adds_prefix && !removes) {
    notice(": puts a space in front of texts that do not begin with one, and GGUF in front of all");
  }
  if (removes && !(rules.joins_runs && rules.removes_ends)) {
    notice(": removes extra spaces in part, and GGUF between words as well as at both ends");
  }
  if (rules.drops_white_space) {
    notice(": drops newlines and tabs as it does spaces, and GGUF spaces only");
  }
  if (!is_unigram) return;
  vocabulary.remove_extra_whitespaces = removes;
  vocabulary.precompiled_charsmap = rules.charsmap;
}

bool has_inner_mark(const std::string& text) {
  return text.find(tokenizer::kSpaceMark, 1) != std::string::npos;
}

TokenType type_of_token(const std::string& text, bool is_unknown, bool has_bytes,
                        const SpaceRules& rules) {
  if (is_unknown) return TokenType::kUnknown;
  if (has_bytes && tokenizer::byte_of_token(text) >= 0) return TokenType::kByte;
  // Such tokens cannot come out of text there, and must not here.
  return rules.splits_words && has_inner_mark(text) ? TokenType::kUnused : TokenType::kNormal;
}

SpaceRules read_rules(const Json& tokenizer, const std::string& file) {
  return read_space_rules(part(tokenizer, "normalizer"), part(tokenizer, "pre_tokenizer"), file);
}

void refuse_removal(const SpaceRules& rules, const std::string& file) {
  if (rules.charsmap.empty() && !rules.removes_ends && !rules.joins_runs) return;
  fail(Code::kUnsupported, file,
       ": normalises text or removes spaces, which GGUF cannot say of BPE");
}

void check_bytes(const Vocabulary& vocabulary, const std::string& file) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (size_t byte = 0; byte < 256; ++byte) {
    const std::string name = concat("<0x", kDigits[byte / 16], kDigits[byte % 16], '>');
    const bool is_token = byte < 0x80 && vocabulary.find(std::string(1, static_cast<char>(byte)));
    if (is_token || vocabulary.find(name)) continue;
    fail(Code::kUnsupported, file, ": model: byte_fallback without a token ", quote(name),
         ", expected one for each byte");
  }
}

// Added tokens of spaces (Gemma's "\u2581\u2581") are looked for before spaces are marked, so that
// only merges make them.
void release_marked(const Merges& merges, Vocabulary& vocabulary) {
  for (const auto& [left, right] : merges) {
    const std::optional<int64_t> id = vocabulary.find(left + right);
    if (!id || (left + right).find(tokenizer::kSpaceMark) == std::string::npos) continue;
    Vocabulary::Token& token = vocabulary.token(*id);
    if (token.type == TokenType::kUserDefined) token.type = TokenType::kNormal;
  }
}

}  // namespace

void refuse_merge_options(const Config& model) {
  for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
    const bool is_set =
        model.has(key) &&
        (std::string_view(key) == "dropout" ? model.real(key) != 0 : !model.text(key, "").empty());
    if (is_set) model.unsupported(key, "is set, expected none");
  }
}

Vocabulary read_unigram(const Json& tokenizer, const std::string& file, int64_t rows) {
  const Config model(part(tokenizer, "model"), file + ": model");
  const Json& tokens = part(part(tokenizer, "model"), "vocab");
  if (!tokens.is_array()) {
    fail(Code::kCorrupt, file, ": model: vocab is ", describe(tokens), ", expected an array");
  }
  const SpaceRules rules = read_rules(tokenizer, file);
  const bool has_bytes = model.flag("byte_fallback", false);
  const int64_t unknown = model.has("unk_id") ? model.count("unk_id", 0) : -1;
  Vocabulary vocabulary(rows, file);
  vocabulary.model = "t5";
  vocabulary.pre = "default";
  int64_t id = 0;
  for (const Json& token : tokens) {
    const bool is_pair =
        token.is_array() && token.size() == 2 && token[0].is_string() && token[1].is_number();
    const double score = is_pair ? token[1].get<double>() : 0;
    if (!is_pair || !std::isfinite(static_cast<float>(score))) {
      fail(Code::kCorrupt, file, ": model: token ", id, " is ", describe(token),
           ", expected a text and its score");
    }
    const auto text = token[0].get<std::string>();
    vocabulary.add(id, text, type_of_token(text, id == unknown, has_bytes, rules),
                   static_cast<float>(score));
    ++id;
  }
  apply(rules, file, vocabulary);
  add_added_tokens(tokenizer, file, vocabulary);
  read_template(tokenizer, vocabulary);
  return vocabulary;
}

Vocabulary read_sentencepiece_bpe(const Json& tokenizer, const std::string& file, int64_t rows) {
  const Json& json = part(tokenizer, "model");
  const Config model(json, file + ": model");
  refuse_merge_options(model);
  if (!model.flag("byte_fallback", false)) {
    model.unsupported("byte_fallback", "is false, expected tokens for bytes, or ByteLevel");
  }
  const SpaceRules rules = read_rules(tokenizer, file);
  refuse_removal(rules, file);
  Vocabulary vocabulary(rows, file);
  vocabulary.model = "llama";
  vocabulary.pre = "default";
  const std::string unknown = model.text("unk_token", "");
  for (const auto& [text, id] : tokens_of(part(json, "vocab"), file)) {
    vocabulary.add(id, text, type_of_token(text, text == unknown, true, rules));
  }
  check_bytes(vocabulary, file);
  apply(rules, file, vocabulary);
  add_added_tokens(tokenizer, file, vocabulary);
  const Merges merges = merges_of(part(json, "merges"), file);
  release_marked(merges, vocabulary);
  set_scores(merges, model.flag("ignore_merges", false), file, vocabulary);
  read_template(tokenizer, vocabulary);
  return vocabulary;
}

}  // namespace cria::convert
