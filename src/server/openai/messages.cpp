#include "server/openai/messages.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/openai/content.h"
#include "server/requests/tools.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;

chat::ToolCall read_call(const Fields& function, int64_t index, std::string id) {
  return {.id = std::move(id),
          .index = index,
          .name = function.needed_text("name"),
          .arguments = parse_arguments(function.text("arguments"), function.place("arguments"))};
}

void read_calls(const Fields& message, chat::Message& to, Warnings& warnings) {
  if (const Json* calls = message.array("tool_calls")) {
    for (size_t i = 0; i < calls->size(); ++i) {
      const Fields call((*calls)[i], concat(message.place("tool_calls"), '[', i, ']'));
      const std::string type = call.text("type", "function");
      if (type != "function") call.refuse("type", "\"function\"");
      accept(call, {"index"});  // of a stream's
      const Fields function(call.need("function"), call.place("function"));
      to.tool_calls.push_back(read_call(function, static_cast<int64_t>(i), call.text("id")));
      warn_of_unread(warnings, call);
      warn_of_unread(warnings, function);
    }
  }
  if (const Json* older = message.object("function_call")) {
    const auto index = static_cast<int64_t>(to.tool_calls.size());
    to.tool_calls.push_back(read_call(Fields(*older, message.place("function_call")), index, ""));
  }
}

void read_assistant(const Fields& message, Turn& turn, Warnings& warnings) {
  if (message.has("audio")) message.refuse("audio", "none: no model here speaks");
  read_calls(message, turn.message, warnings);
  const std::string thinking = message.text("reasoning_content");
  turn.message.thinking = message.text("reasoning", thinking);
  const std::string refusal = message.text("refusal");
  if (turn.message.content.empty()) turn.message.content = refusal;
}

std::string role_of(const Fields& message) {
  const std::string role = message.needed_text("role");
  if (role == "developer") return "system";
  if (role == "function") return "tool";
  for (const char* known : {"system", "user", "assistant", "tool"}) {
    if (role == known) return role;
  }
  message.refuse("role", R"("system", "developer", "user", "assistant", "tool" or "function")");
}

Turn read_message(const Fields& message, const std::vector<Turn>& before, Warnings& warnings) {
  Turn turn{{.role = role_of(message), .content = {}}};
  if (turn.message.role != "assistant") static_cast<void>(message.need("content"));
  read_content(message, "content", turn, warnings);
  const std::string name = message.text("name");
  if (turn.message.role == "tool") {
    turn.message.tool_call_id = message.text("tool_call_id");
    turn.message.tool_name = name.empty() ? tool_called(before, turn.message.tool_call_id) : name;
  } else if (!name.empty()) {
    warn(warnings, message.place("name") + " has no effect");
  }
  if (turn.message.role == "assistant") read_assistant(message, turn, warnings);
  warn_of_unread(warnings, message);
  return turn;
}

}  // namespace

std::vector<Turn> read_messages(const Fields& request, Warnings& warnings) {
  const Json* messages = request.array("messages");
  if (!messages || messages->empty()) fail_at("messages", " is required, expected at least one");
  std::vector<Turn> turns;
  for (size_t i = 0; i < messages->size(); ++i) {
    const Fields message((*messages)[i], concat(request.place("messages"), '[', i, ']'));
    turns.push_back(read_message(message, turns, warnings));
  }
  return turns;
}

}  // namespace cria::server::openai
