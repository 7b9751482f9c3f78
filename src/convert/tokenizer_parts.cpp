#include "convert/tokenizer_parts.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "convert/config.h"
#include "convert/json_parts.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

int64_t id_of(const Json& id, const std::string& text, const std::string& file) {
  if (!id.is_number_unsigned() || id.get<uint64_t>() > uint64_t{Config::kLargestDim}) {
    fail(Code::kCorrupt, file, ": the id of token ", quote(text), " is ", describe(id),
         ", expected an integer from 0 on");
  }
  return id.get<int64_t>();
}

[[noreturn]] void fail_merge(const Json& merge, size_t number, const std::string& file) {
  fail(Code::kCorrupt, file, ": merge ", number, " is ", describe(merge),
       ", expected two tokens without spaces");
}

void read_processor(const Json& processor, Vocabulary& vocabulary) {
  if (type_of(processor) == "BertProcessing") vocabulary.add_bos = vocabulary.add_eos = true;
  if (type_of(processor) != "TemplateProcessing") return;
  const Json& single = part(processor, "single");
  if (!single.is_array() || single.empty()) return;
  const auto is_special = [](const Json& item) {
    return item.is_object() && item.contains("SpecialToken");
  };
  vocabulary.add_bos = is_special(single.front());
  vocabulary.add_eos = is_special(single.back());
}

}  // namespace

std::vector<std::pair<std::string, int64_t>> tokens_of(const Json& vocab, const std::string& file) {
  if (!vocab.is_object())
    fail(Code::kCorrupt, file, ": model: vocab is ", describe(vocab), ", expected an object");
  std::vector<std::pair<std::string, int64_t>> tokens;
  tokens.reserve(vocab.size());
  for (const auto& [text, id] : vocab.items()) tokens.emplace_back(text, id_of(id, text, file));
  return tokens;
}

Merges merges_of(const Json& merges, const std::string& file) {
  if (!merges.is_array())
    fail(Code::kCorrupt, file, ": model: merges is ", describe(merges), ", expected an array");
  Merges pairs;
  pairs.reserve(merges.size());
  for (const Json& merge : merges) {
    const bool is_pair =
        merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string();
    if (!is_pair && !merge.is_string()) fail_merge(merge, pairs.size(), file);
    const std::string text = is_pair
                                 ? merge[0].get<std::string>() + ' ' + merge[1].get<std::string>()
                                 : merge.get<std::string>();
    const size_t space = text.find(' ');
    const bool is_whole = space != std::string::npos && space > 0 && space + 1 < text.size() &&
                          text.find(' ', space + 1) == std::string::npos;
    if (!is_whole) fail_merge(merge, pairs.size(), file);
    pairs.emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  return pairs;
}

void add_added_tokens(const Json& tokenizer, const std::string& file, Vocabulary& vocabulary) {
  const Json& added = part(tokenizer, "added_tokens");
  if (added.is_null()) return;
  if (!added.is_array())
    fail(Code::kCorrupt, file, ": added_tokens is ", describe(added), ", expected an array");
  for (const Json& token : added) {
    if (!part(token, "content").is_string()) {
      fail(Code::kCorrupt, file, ": an added token is ", describe(token),
           ", expected an object with content and id");
    }
    const std::string text = text_of(token, "content");
    for (const char* flag : {"lstrip", "rstrip", "single_word"}) {
      if (flag_of(token, flag, false)) {
        vocabulary.notices.push_back(concat(file, ": token ", quote(text), " has ", flag,
                                            ", which GGUF cannot say, and is ignored"));
      }
    }
    const TokenType type =
        flag_of(token, "special", false) ? TokenType::kControl : TokenType::kUserDefined;
    vocabulary.add_special(id_of(part(token, "id"), text, file), text, type, file);
  }
}

void read_template(const Json& tokenizer, Vocabulary& vocabulary) {
  vocabulary.add_bos = vocabulary.add_eos = false;
  for (const Json& one : steps_of(part(tokenizer, "post_processor"), "processors")) {
    read_processor(one, vocabulary);
  }
}

}  // namespace cria::convert
