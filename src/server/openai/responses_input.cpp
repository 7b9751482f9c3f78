#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/openai/content.h"
#include "server/openai/responses_request.h"
#include "server/requests/tools.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;

// What a model wrote in one go are several items: its thoughts come first, its calls last.
Turn& assistant_turn(std::vector<Turn>& turns, bool is_call) {
  const chat::Message* last = turns.empty() ? nullptr : &turns.back().message;
  const bool goes_on = last && last->role == "assistant" &&
                       (is_call || (last->content.empty() && last->tool_calls.empty()));
  if (!goes_on) turns.push_back({{.role = "assistant", .content = {}}});
  return turns.back();
}

void read_message(const Fields& item, std::vector<Turn>& turns, Warnings& warnings) {
  const std::string role = item.needed_text("role");
  static_cast<void>(item.need("content"));
  accept(item, {"id", "status", "phase"});
  if (role == "assistant")
    return read_content(item, "content", assistant_turn(turns, false), warnings);
  const bool is_system = role == "system" || role == "developer";
  if (!is_system && role != "user") {
    item.refuse("role", R"("system", "developer", "user" or "assistant")");
  }
  Turn turn{{.role = is_system ? "system" : "user", .content = {}}};
  read_content(item, "content", turn, warnings);
  turns.push_back(std::move(turn));
}

void read_call(const Fields& item, std::vector<Turn>& turns) {
  accept(item, {"id", "status", "caller"});
  auto& calls = assistant_turn(turns, true).message.tool_calls;
  calls.push_back({.id = item.needed_text("call_id"),
                   .index = static_cast<int64_t>(calls.size()),
                   .name = item.needed_text("name"),
                   .arguments = parse_arguments(item.text("arguments"), item.place("arguments"))});
}

void read_output(const Fields& item, std::vector<Turn>& turns, Warnings& warnings) {
  accept(item, {"id", "status", "caller"});
  static_cast<void>(item.need("output"));
  Turn turn{{.role = "tool", .content = {}}};
  turn.message.tool_call_id = item.needed_text("call_id");
  turn.message.tool_name = tool_called(turns, turn.message.tool_call_id);
  read_content(item, "output", turn, warnings);
  turns.push_back(std::move(turn));
}

// {"summary": [{"text"}], "content": [{"text"}]}: what is there in full counts.
void read_thoughts(const Fields& item, std::vector<Turn>& turns, Warnings& warnings) {
  accept(item, {"id", "status"});
  std::string texts[2];
  for (const bool in_full : {false, true}) {
    const char* name = in_full ? "content" : "summary";
    const Json* parts = item.array(name);
    for (size_t i = 0; parts && i < parts->size(); ++i) {
      const Fields part((*parts)[i], concat(item.place(name), '[', i, ']'));
      texts[in_full] += part.text("text");
    }
  }
  const std::string& text = texts[1].empty() ? texts[0] : texts[1];
  if (text.empty() && item.has("encrypted_content")) {
    warn(warnings, item.place("encrypted_content") + " has no effect: nobody can read it here");
  }
  accept(item, {"encrypted_content"});
  turns.push_back({{.role = "assistant", .content = {}, .thinking = text}});
}

}  // namespace

void read_input(const Fields& fields, std::vector<Turn>& turns, Warnings& warnings) {
  const Json& input = fields.need("input");
  if (input.is_string()) {
    turns.push_back({{.role = "user", .content = input.get<std::string>()}});
    return;
  }
  if (!input.is_array() || input.empty()) fields.refuse("input", "a text or a list of items");
  for (size_t i = 0; i < input.size(); ++i) {
    const Fields item(input[i], concat("input[", i, ']'));
    const std::string type = item.text("type", "message");
    if (type == "message") {
      read_message(item, turns, warnings);
    } else if (type == "function_call") {
      read_call(item, turns);
    } else if (type == "function_call_output") {
      read_output(item, turns, warnings);
    } else if (type == "reasoning") {
      read_thoughts(item, turns, warnings);
    } else {
      item.refuse("type", R"("message", "function_call", "function_call_output" or "reasoning")");
    }
    warn_of_unread(warnings, item);
  }
}

}  // namespace cria::server::openai
