#include "convert/tokenizer_json.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "convert/config.h"
#include "convert/pre_tokenizers.h"
#include "convert/wordpiece.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// An absent part is like a null one.
const Json& part(const Json& object, const char* key) {
  static const Json none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::string type_of(const Json& object) {
  const Json& type = object.is_object() ? part(object, "type") : object;
  return type.is_string() ? type.get<std::string>() : "";
}

class Importer {
 public:
  Importer(const Json& tokenizer, const std::string& file, int64_t rows)
      : tokenizer_(tokenizer), file_(file), vocabulary_(rows, file) {}

  Vocabulary read(const std::string& pre) {
    const Config model(part(tokenizer_, "model"), file_ + ": model");
    refuse_options(model);
    vocabulary_.model = "gpt2";
    const bool whole_words = model.flag("ignore_merges", false);
    vocabulary_.pre =
        pre.empty() ? recognise_pre_tokenizer(part(tokenizer_, "pre_tokenizer"), whole_words, file_)
                    : pre;
    check_normalizer();
    add_tokens(part(part(tokenizer_, "model"), "vocab"));
    add_merges(part(part(tokenizer_, "model"), "merges"));
    add_added_tokens();
    read_template();
    return std::move(vocabulary_);
  }

  Vocabulary read_wordpiece() {
    const Config model(part(tokenizer_, "model"), file_ + ": model");
    model.expect("continuing_subword_prefix", kSubwordPrefix);
    if (const int64_t most = model.count("max_input_chars_per_word", 100); most != 100) {
      model.unsupported("max_input_chars_per_word", "is ", most, ", expected 100");
    }
    const std::string splitter = type_of(part(tokenizer_, "pre_tokenizer"));
    const std::string normalizer = type_of(part(tokenizer_, "normalizer"));
    if (splitter != "BertPreTokenizer" || normalizer != "BertNormalizer") {
      fail(Code::kUnsupported, file_, ": normalizer ", quote(normalizer), " and pre_tokenizer ",
           quote(splitter), ", expected BertNormalizer and BertPreTokenizer");
    }
    set_wordpiece(Config(part(tokenizer_, "normalizer"), file_ + ": normalizer"),
                  {.lowercase = "lowercase", .ideographs = "handle_chinese_chars"}, vocabulary_);
    add_added_tokens();
    add_tokens(part(part(tokenizer_, "model"), "vocab"));
    read_template();
    return std::move(vocabulary_);
  }

 private:
  static void refuse_options(const Config& model) {
    for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
      const bool is_set =
          model.has(key) && (std::string_view(key) == "dropout" ? model.real(key) != 0
                                                                : !model.text(key, "").empty());
      if (is_set) model.unsupported(key, "is set, expected none");
    }
    model.expect_flag("byte_fallback", false);
  }

  // Unicode normalisation cannot be said in GGUF. Texts are nearly always in the composed form
  // already, and no engine does it; anything else would change every text.
  void check_normalizer() const {
    const std::string type = type_of(part(tokenizer_, "normalizer"));
    if (!part(tokenizer_, "normalizer").is_null() && type != "NFC") {
      fail(Code::kUnsupported, file_, ": normalizer ", quote(type), ", expected none or NFC");
    }
  }

  void add_tokens(const Json& vocab) {
    if (!vocab.is_object())
      fail(Code::kCorrupt, file_, ": model: vocab is ", describe(vocab), ", expected an object");
    const bool is_wordpiece = vocabulary_.model == "bert";
    for (const auto& [text, id] : vocab.items()) {
      const int64_t number = id_of(id, text);
      if (is_wordpiece) {
        add_wordpiece(number, text, vocabulary_);
      } else {
        vocabulary_.add(number, text, TokenType::kNormal);
      }
    }
  }

  int64_t id_of(const Json& id, const std::string& text) const {
    if (!id.is_number_unsigned() || id.get<uint64_t>() > uint64_t{Config::kLargestDim}) {
      fail(Code::kCorrupt, file_, ": the id of token ", quote(text), " is ", describe(id),
           ", expected an integer from 0 on");
    }
    return id.get<int64_t>();
  }

  // "left right", or a pair of texts.
  void add_merges(const Json& merges) {
    if (!merges.is_array())
      fail(Code::kCorrupt, file_, ": model: merges is ", describe(merges), ", expected an array");
    for (const Json& merge : merges) {
      const bool is_pair =
          merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string();
      if (!is_pair && !merge.is_string()) fail_merge(merge);
      std::string text = is_pair ? merge[0].get<std::string>() + ' ' + merge[1].get<std::string>()
                                 : merge.get<std::string>();
      const size_t space = text.find(' ');
      const bool is_whole = space != std::string::npos && space > 0 && space + 1 < text.size() &&
                            text.find(' ', space + 1) == std::string::npos;
      if (!is_whole) fail_merge(merge);
      vocabulary_.merges.push_back(std::move(text));
    }
  }

  [[noreturn]] void fail_merge(const Json& merge) const {
    fail(Code::kCorrupt, file_, ": merge ", vocabulary_.merges.size(), " is ", describe(merge),
         ", expected two tokens without spaces");
  }

  void add_added_tokens() {
    const Json& added = part(tokenizer_, "added_tokens");
    if (added.is_null()) return;
    if (!added.is_array())
      fail(Code::kCorrupt, file_, ": added_tokens is ", describe(added), ", expected an array");
    for (const Json& token : added) {
      const Json& content = token.is_object() ? part(token, "content") : token;
      if (!token.is_object() || !content.is_string()) {
        fail(Code::kCorrupt, file_, ": an added token is ", describe(token),
             ", expected an object with content and id");
      }
      const auto text = content.get<std::string>();
      for (const char* flag : {"lstrip", "rstrip", "single_word"}) {
        if (part(token, flag) == Json(true)) {
          vocabulary_.notices.push_back(concat(file_, ": token ", quote(text), " has ", flag,
                                               ", which GGUF cannot say, and is ignored"));
        }
      }
      const bool special =
          part(token, "special").is_boolean() && part(token, "special").get<bool>();
      vocabulary_.add_special(id_of(part(token, "id"), text), text,
                              special ? TokenType::kControl : TokenType::kUserDefined, file_);
    }
  }

  // What is put around a text.
  void read_template() {
    const Json& processor = part(tokenizer_, "post_processor");
    vocabulary_.add_bos = vocabulary_.add_eos = false;
    if (type_of(processor) == "Sequence" && part(processor, "processors").is_array()) {
      for (const Json& one : part(processor, "processors")) read_template(one);
    } else {
      read_template(processor);
    }
  }
  void read_template(const Json& processor) {
    if (type_of(processor) == "BertProcessing") vocabulary_.add_bos = vocabulary_.add_eos = true;
    if (type_of(processor) != "TemplateProcessing") return;
    const Json& single = part(processor, "single");
    if (!single.is_array() || single.empty()) return;
    const auto is_special = [](const Json& item) {
      return item.is_object() && item.contains("SpecialToken");
    };
    vocabulary_.add_bos = is_special(single.front());
    vocabulary_.add_eos = is_special(single.back());
  }

  const Json& tokenizer_;
  const std::string& file_;
  Vocabulary vocabulary_;
};

}  // namespace

bool is_byte_level_bpe(const Json& tokenizer) {
  const Json& model = part(tokenizer, "model");
  const std::string type = type_of(model);
  // Old files leave the type out.
  const bool is_bpe =
      type == "BPE" || (type.empty() && model.is_object() && model.contains("merges"));
  return is_bpe && is_byte_level(part(tokenizer, "pre_tokenizer"));
}

Vocabulary read_tokenizer_json(const Json& tokenizer, const std::string& file, int64_t rows,
                               const std::string& pre) {
  if (type_of(part(tokenizer, "model")) == "WordPiece") {
    return Importer(tokenizer, file, rows).read_wordpiece();
  }
  if (!is_byte_level_bpe(tokenizer)) {
    const std::string type = type_of(part(tokenizer, "model"));
    fail(Code::kUnsupported, file, ": is a tokenizer of type ", quote(type),
         type == "BPE" ? " that is not byte-level, expected a tokenizer.model beside it"
                       : ", expected byte-level BPE or WordPiece");
  }
  return Importer(tokenizer, file, rows).read(pre);
}

}  // namespace cria::convert
