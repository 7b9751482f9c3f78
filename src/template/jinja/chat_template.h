#pragma once
// A Jinja template that makes prompts of conversations, as transformers' apply_chat_template does.
//
// It sees messages (role, content, and where there are such reasoning_content and thinking, name,
// tool_calls, tool_call_id), tools or none, documents (none), add_generation_prompt (true), the
// special tokens by their names (bos_token, ...), and where the conversation says so
// enable_thinking, thinking and reasoning_effort.
//
// The content of a message is a text, with the text of its pictures' tokens before it. A message
// with images has a list of parts in its place ({type: "image"} for each, then {type: "text",
// text}) where the template handles parts: it puts pictures where the model was taught then.
// Whether it does is found out by what it makes of a small conversation of either form; a template
// that handles parts alone is given nothing else. So it is with the arguments of calls: they are
// dicts, and the text of their JSON where a template can only handle that.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/chat_template.h"
#include "template/jinja/conversation.h"
#include "template/jinja/names.h"
#include "template/jinja/template.h"

namespace cria::jinja {

// By the names that templates know them by: ("bos_token", "<s>").
using SpecialTokens = std::vector<std::pair<std::string, std::string>>;

class ChatTemplate final : public chat::ChatTemplate {
 public:
  // InvalidArgument and Unsupported as for Template.
  ChatTemplate(std::string name, std::string_view source, SpecialTokens tokens = {},
               std::optional<std::string> with_tools = std::nullopt);

  std::string_view language() const override { return "jinja"; }
  bool takes_tools() const override;
  bool thinks() const override;
  bool takes_parts() const { return plain_.parts != Parts::kNone; }

  std::vector<chat::Part> render(const chat::Conversation& conversation,
                                 const chat::RenderOptions& options = {}) const override;

 private:
  // Which messages have their content in parts.
  enum class Parts { kNone, kWithImages, kAll };
  struct Variant {
    Template parsed;
    Reads reads;
    Parts parts = Parts::kNone;
    ArgumentsForm call_arguments = ArgumentsForm::kDict;
  };

  Variant variant(std::string name, std::string_view source) const;
  // What it makes of a conversation; nothing where it refuses.
  std::string tried(const Variant& variant, const chat::Conversation& conversation) const;
  bool shows_text(const Variant& variant) const;
  bool shows_call(const Variant& variant) const;
  std::vector<chat::Part> render(const Variant& variant, const chat::Conversation& conversation,
                                 const RunOptions& options) const;

  SpecialTokens tokens_;
  Variant plain_;
  std::optional<Variant> with_tools_;
};

}  // namespace cria::jinja
