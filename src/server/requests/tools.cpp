#include "server/requests/tools.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "server/answers/data_json.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

chat::Data read_tool(const Fields& definition, std::string_view parameters, Warnings& warnings) {
  Json function = {{"name", definition.needed_text("name")}};
  if (definition.has("description")) function["description"] = definition.text("description");
  const Json* schema = definition.object(parameters);
  function["parameters"] =
      schema ? *schema : Json{{"type", "object"}, {"properties", Json::object()}};
  if (definition.flag("strict", false)) function["strict"] = true;
  warn_of_unread(warnings, definition);
  return to_data(Json{{"type", "function"}, {"function", std::move(function)}});
}

std::string_view name_of(const chat::Data& tool) {
  return tool.find("function")->find("name")->text();
}

void check_choice(const ChatRequest& chat, std::string_view place) {
  using Kind = ToolChoice::Kind;
  const ToolChoice& choice = chat.tool_choice;
  if (choice.kind == Kind::kAuto || choice.kind == Kind::kNone) return;
  if (chat.tools.is_null()) fail_at(place, " asks for a call, but there are no tools");
  const auto is_named = [&](const chat::Data& tool) { return name_of(tool) == choice.name; };
  if (choice.kind == Kind::kNamed && std::ranges::none_of(chat.tools.list(), is_named)) {
    fail_at(place, " names ", quote(choice.name), ", but there is no such tool");
  }
}

chat::Data parse_arguments(const std::string& text, std::string_view place) {
  if (text.empty()) return chat::Data::Object{};
  try {
    return to_data(Fields::parse(text));
  } catch (const Error&) {
    fail_at(place, " is ", quote(text), ", expected a JSON object");
  }
}

std::string tool_called(const std::vector<Turn>& turns, std::string_view call_id) {
  if (call_id.empty()) return "";
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    for (const chat::ToolCall& call : turn->message.tool_calls) {
      if (call.id == call_id) return call.name;
    }
  }
  return "";
}

}  // namespace cria::server
