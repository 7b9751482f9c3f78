#include "convert/merges_txt.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "convert/lines.h"
#include "convert/tokenizer_config.h"
#include "convert/tokenizer_parts.h"

namespace cria::convert {
namespace {

constexpr const char* kVocabulary = "vocab.json";
constexpr const char* kMerges = "merges.txt";

std::string pre_tokenizer_of(const Config& tokenizer, const std::string& model_type) {
  std::string name = tokenizer.text("tokenizer_class", "");
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  if (name == "GPT2Tokenizer" || (name.empty() && model_type == "gpt2")) return "gpt-2";
  const bool is_qwen = model_type.starts_with("qwen2") || model_type.starts_with("qwen3");
  if (name == "Qwen2Tokenizer" || (name.empty() && is_qwen)) return "qwen2";
  tokenizer.unsupported("tokenizer_class", "is ", name.empty() ? "absent" : quote(name), ", and ",
                        kMerges,
                        " does not say how texts are split: expected GPT2Tokenizer, "
                        "Qwen2Tokenizer, a tokenizer.json, or its name (--pre gpt-2)");
}

Json merges_in(const std::string& path) {
  Json merges = Json::array();
  bool is_first = true;
  for_each_line(path, [&](const std::string& line) {
    const bool is_heading = is_first && line.starts_with("#version");
    if (!is_heading && !line.empty()) merges.push_back(line);
    is_first = false;
  });
  return merges;
}

}  // namespace

bool has_merges_txt(const Folder& folder) { return folder.has(kVocabulary) && folder.has(kMerges); }

Vocabulary read_merges_txt(const Folder& folder, const Config& tokenizer,
                           const std::string& model_type, int64_t rows, const std::string& pre) {
  const std::string path = folder.file(kVocabulary);
  Vocabulary vocabulary(rows, path);
  vocabulary.model = "gpt2";
  vocabulary.pre = pre.empty() ? pre_tokenizer_of(tokenizer, model_type) : pre;
  tokenizer.expect_flag("add_prefix_space", false);
  vocabulary.add_bos = tokenizer.flag("add_bos_token", false);
  vocabulary.add_eos = tokenizer.flag("add_eos_token", false);
  for (const auto& [text, id] : tokens_of(read_json(path), path)) {
    vocabulary.add(id, text, TokenType::kNormal);
  }
  const std::string merges = folder.file(kMerges);
  for (const auto& [left, right] : merges_of(merges_in(merges), merges)) {
    vocabulary.merges.push_back(concat(left, ' ', right));
  }
  add_later_tokens(folder, vocabulary);
  mark_named_tokens(folder, tokenizer, vocabulary);
  return vocabulary;
}

}  // namespace cria::convert
