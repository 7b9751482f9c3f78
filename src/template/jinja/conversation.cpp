#include "template/jinja/conversation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "template/jinja/json.h"

namespace cria::jinja {
namespace {

Value role_value(const std::string& role) {
  constexpr std::array<std::string_view, 8> kKnown = {
      "system", "developer", "user", "assistant", "model", "tool", "function", "ipython"};
  const bool is_known = std::ranges::find(kKnown, role) != kKnown.end();
  return is_known ? special_text(role) : user_text(role);
}

Value parts_of(const chat::Message& message) {
  Values parts;
  for (int64_t i = 0; i < message.images; ++i) {
    Dict image;
    image.set("type", special_text("image"));
    parts.push_back(dict_value(std::move(image)));
  }
  if (!message.content.empty() || parts.empty()) {
    Dict text;
    text.set("type", special_text("text"));
    text.set("text", user_text(message.content));
    parts.push_back(dict_value(std::move(text)));
  }
  return list_value(std::move(parts));
}

Value text_of(const chat::Message& message) {
  MarkedText text(message.pictures, true);
  text.append(message.content, false);
  return text_value(std::move(text));
}

Value call_value(const chat::ToolCall& call, ArgumentsForm form, Calls& calls) {
  Dict function, made;
  function.set("name", user_text(call.name));
  Value arguments = value_of(call.arguments.is_null() ? Data(Data::Object{}) : call.arguments);
  if (form == ArgumentsForm::kJson) arguments = text_value(json_text(arguments, {}, calls));
  function.set("arguments", std::move(arguments));
  made.set("type", special_text("function"));
  if (!call.id.empty()) made.set("id", user_text(call.id));
  made.set("function", dict_value(std::move(function)));
  return dict_value(std::move(made));
}

}  // namespace

Value message_value(const chat::Message& message, Content content, ArgumentsForm form,
                    Calls& calls) {
  Dict made;
  made.set("role", role_value(message.role));
  made.set("content", content == Content::kParts ? parts_of(message) : text_of(message));
  if (!message.thinking.empty()) {
    made.set("reasoning_content", user_text(message.thinking));
    made.set("thinking", user_text(message.thinking));
  }
  if (!message.tool_calls.empty()) {
    Values own;
    for (const chat::ToolCall& call : message.tool_calls) {
      own.push_back(call_value(call, form, calls));
    }
    made.set("tool_calls", list_value(std::move(own)));
  }
  if (!message.tool_name.empty()) made.set("name", user_text(message.tool_name));
  if (!message.tool_call_id.empty()) {
    made.set("tool_call_id", user_text(message.tool_call_id));
  }
  return dict_value(std::move(made));
}

}  // namespace cria::jinja
