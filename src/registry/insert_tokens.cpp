#include "registry/insert_tokens.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "base/error.h"

namespace cria::registry {
namespace {

using Tokens = std::vector<std::string>;

// Of vocabularies whose files have no keys for them.
struct Texts {
  std::string_view before, after, middle;
};
constexpr std::array<Texts, 4> kKnown = {
    {{"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},  // Qwen, CodeGemma
     {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"},        // StarCoder, Granite
     {"<fim-prefix>", "<fim-suffix>", "<fim-middle>"},        // SantaCoder
     {"<\uff5cfim\u2581begin\uff5c>", "<\uff5cfim\u2581hole\uff5c>",
      "<\uff5cfim\u2581end\uff5c>"}}};  // DeepSeek

// Of the first key that is there and names a token.
std::string named(const gguf::File& file, const Tokens& tokens,
                  std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const auto found = file.metadata().find(concat("tokenizer.ggml.", key));
    if (found == file.metadata().end()) continue;
    const auto* id = std::get_if<uint64_t>(&found->second);
    if (id && *id < tokens.size()) return tokens[*id];
  }
  return {};
}

}  // namespace

std::vector<chat::Part> InsertTokens::prompt(const std::string& text_before,
                                             const std::string& text_after) const {
  return {{before, true}, {text_before}, {after, true}, {text_after}, {middle, true}};
}

std::optional<InsertTokens> insert_tokens(const gguf::File& file) {
  const auto found = file.metadata().find("tokenizer.ggml.tokens");
  if (found == file.metadata().end()) return std::nullopt;
  const auto* tokens = std::get_if<Tokens>(&found->second);
  if (!tokens) return std::nullopt;
  InsertTokens of_keys{named(file, *tokens, {"fim_pre_token_id", "prefix_token_id"}),
                       named(file, *tokens, {"fim_suf_token_id", "suffix_token_id"}),
                       named(file, *tokens, {"fim_mid_token_id", "middle_token_id"})};
  if (!of_keys.before.empty() && !of_keys.after.empty() && !of_keys.middle.empty()) return of_keys;
  const auto has = [&](std::string_view text) {
    return std::ranges::find(*tokens, text) != tokens->end();
  };
  for (const Texts& known : kKnown) {
    if (!has(known.before) || !has(known.after) || !has(known.middle)) continue;
    return InsertTokens{std::string(known.before), std::string(known.after),
                        std::string(known.middle)};
  }
  return std::nullopt;
}

}  // namespace cria::registry
