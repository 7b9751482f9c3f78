#include "serving/find_template.h"

#include "base/error.h"
#include "template/chat.h"
#include "template/go/chat_template.h"

namespace cria::serving {
namespace {

class Recognised final : public chat::ChatTemplate {
 public:
  explicit Recognised(chat::Format format) : format_(std::move(format)) {}
  std::string_view language() const override { return "jinja"; }
  bool takes_tools() const override { return false; }
  bool thinks() const override { return false; }
  std::vector<chat::Part> render(const chat::Conversation& conversation,
                                 const chat::RenderOptions& /*options*/) const override {
    return format_.render(conversation.messages);
  }

 private:
  chat::Format format_;
};

}  // namespace

FoundTemplate find_template(const std::optional<std::string>& go, const gguf::File& file) {
  if (go && !go->empty()) {
    try {
      return {.made = std::make_unique<go::ChatTemplate>("TEMPLATE", *go)};
    } catch (const Error& error) {
      return {.problem = error.what()};
    }
  }
  const auto text = file.text("tokenizer.chat_template");
  if (!text || text->empty()) return {};
  if (auto format = chat::Format::recognise(*text)) {
    return {.made = std::make_unique<Recognised>(std::move(*format))};
  }
  return {.problem = "it is of no known format"};
}

}  // namespace cria::serving
