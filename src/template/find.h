#pragma once
// The chat template that a model comes with.

#include <memory>
#include <optional>
#include <string>

#include "template/chat_template.h"
#include "template/jinja/chat_template.h"

namespace cria::chat {

struct TemplateTexts {
  std::optional<std::string> go = {};           // of a Modelfile's TEMPLATE: it comes first
  std::optional<std::string> jinja = {};        // of the weights' file
  std::optional<std::string> jinja_tools = {};  // for conversations with tools, in place of jinja
};

struct FoundTemplate {
  std::unique_ptr<ChatTemplate> chat_template;  // null: none, or none that can be used
  std::string problem = {};  // why: "the model has no chat template", or what is wrong with it
};

// `name` is for messages.
FoundTemplate find_template(const std::string& name, const TemplateTexts& texts,
                            const jinja::SpecialTokens& tokens);

}  // namespace cria::chat
