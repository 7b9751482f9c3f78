#include "serving/find_reply_format.h"

#include "template/go/chat_template.h"

namespace cria::serving {

chat::ReplyFormat find_reply_format(const TextModel& model, const std::string& parser) {
  const chat::ChatTemplate* made = model.chat_template();
  if (!made) return parser.empty() ? chat::ReplyFormat{} : chat::ReplyFormat::named(parser);
  chat::ReplyFormat::Hints hints{.parser = parser};
  if (const auto* go = dynamic_cast<const go::ChatTemplate*>(made)) {
    hints.thinking_tags = go->thinking_tags();
  }
  return chat::ReplyFormat::of(*made, hints);
}

}  // namespace cria::serving
