#include "template/find.h"

#include "base/error.h"
#include "template/go/chat_template.h"

namespace cria::chat {

FoundTemplate find_template(const std::string& name, const TemplateTexts& texts,
                            const jinja::SpecialTokens& tokens) {
  try {
    if (texts.go) return {.chat_template = std::make_unique<go::ChatTemplate>(name, *texts.go)};
    if (texts.jinja && !texts.jinja->empty()) {
      return {.chat_template = std::make_unique<jinja::ChatTemplate>(name, *texts.jinja, tokens,
                                                                     texts.jinja_tools)};
    }
  } catch (const Error& error) {
    return {.chat_template = nullptr,
            .problem = concat("the model's chat template can not be used: ", error.what())};
  }
  return {.chat_template = nullptr, .problem = "the model has no chat template"};
}

}  // namespace cria::chat
