#include "registry/capabilities.h"

#include <string_view>

#include "registry/chat_template.h"
#include "registry/insert_tokens.h"

namespace cria::registry {
namespace {

bool has_key(const gguf::File& file, const std::string& key) {
  return file.metadata().find(key) != file.metadata().end();
}

std::string text(const gguf::File& file, std::string_view key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) return {};
  const auto* value = std::get_if<std::string>(&found->second);
  return value ? *value : std::string();
}

}  // namespace

std::vector<std::string> capabilities(const gguf::File& file,
                                      const std::optional<std::string>& go_template, bool sees) {
  const std::string architecture = text(file, "general.architecture");
  std::vector<std::string> found;
  const bool embeds = has_key(file, architecture + ".pooling_type");
  found.emplace_back(embeds ? "embedding" : "completion");
  if (sees) found.emplace_back("vision");
  const auto chat_template = find_chat_template(file, go_template).chat_template;
  const bool inserts = chat_template && chat_template->language() == "go"
                           ? chat_template->takes_suffix()
                           : !embeds && insert_tokens(file);
  if (chat_template && chat_template->takes_tools()) found.emplace_back("tools");
  if (inserts) found.emplace_back("insert");
  if (chat_template && chat_template->thinks()) found.emplace_back("thinking");
  return found;
}

}  // namespace cria::registry
