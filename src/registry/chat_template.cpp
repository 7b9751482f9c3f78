#include "registry/chat_template.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace cria::registry {
namespace {

template <class T>
const T* find(const gguf::File& file, std::string_view key) {
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? nullptr : std::get_if<T>(&found->second);
}

std::optional<std::string> text(const gguf::File& file, std::string_view key) {
  const auto* value = find<std::string>(file, key);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<size_t> index(const gguf::File& file, const std::string& key) {
  if (const auto* number = find<uint64_t>(file, key)) return *number;
  const auto* number = find<int64_t>(file, key);
  return number && *number >= 0 ? std::optional(static_cast<size_t>(*number)) : std::nullopt;
}

// By the names that templates know them by.
jinja::SpecialTokens special_tokens(const gguf::File& file) {
  constexpr std::array<std::pair<const char*, const char*>, 8> kNames = {
      {{"bos_token", "bos"},
       {"eos_token", "eos"},
       {"unk_token", "unknown"},
       {"pad_token", "padding"},
       {"cls_token", "cls"},
       {"sep_token", "seperator"},  // GGUF spells it so
       {"sep_token", "separator"},
       {"mask_token", "mask"}}};
  jinja::SpecialTokens found;
  const auto* tokens = find<std::vector<std::string>>(file, "tokenizer.ggml.tokens");
  for (const auto& [name, key] : kNames) {
    const auto id = index(file, concat("tokenizer.ggml.", key, "_token_id"));
    if (tokens && id && *id < tokens->size()) found.emplace_back(name, (*tokens)[*id]);
  }
  return found;
}

}  // namespace

chat::FoundTemplate find_chat_template(const gguf::File& file,
                                       const std::optional<std::string>& go_template) {
  const chat::TemplateTexts texts{.go = go_template,
                                  .jinja = text(file, "tokenizer.chat_template"),
                                  .jinja_tools = text(file, "tokenizer.chat_template.tool_use")};
  return chat::find_template(go_template ? "TEMPLATE" : "chat_template", texts,
                             special_tokens(file));
}

}  // namespace cria::registry
