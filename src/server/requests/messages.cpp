#include "server/requests/messages.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "server/answers/data_json.h"
#include "server/requests/base64.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;

Fields needed_object(const Fields& fields, std::string_view name) {
  static_cast<void>(fields.need(name));
  return {*fields.object(name), fields.place(name)};
}

chat::ToolCall read_call(const Fields& fields, Warnings& warnings) {
  chat::ToolCall call{.id = fields.text("id"), .name = {}, .arguments = {}};
  fields.text("type");
  const Fields function = needed_object(fields, "function");
  call.name = function.text("name");
  call.index = function.integer("index").value_or(0);
  if (const Json* arguments = function.object("arguments")) call.arguments = to_data(*arguments);
  accept(function, {"description"});  // some clients send the tool's
  warn_of_unread(warnings, function);
  warn_of_unread(warnings, fields);
  return call;
}

Turn read_message(const Fields& fields, Warnings& warnings) {
  Turn turn;
  chat::Message& message = turn.message;
  message.role = fields.needed_text("role");
  std::ranges::transform(message.role, message.role.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  message.content = fields.text("content");
  message.thinking = fields.text("thinking");
  message.tool_name = fields.text("tool_name");
  message.tool_call_id = fields.text("tool_call_id");
  turn.images = read_images(fields, "images");
  message.images = std::ssize(turn.images);
  if (const Json* calls = fields.array("tool_calls")) {
    for (size_t i = 0; i < calls->size(); ++i) {
      message.tool_calls.push_back(
          read_call({(*calls)[i], concat(fields.place("tool_calls"), '[', i, ']')}, warnings));
    }
  }
  warn_of_unread(warnings, fields);
  return turn;
}

// Parameters are a JSON Schema: what is in them is the template's business.
void check_tool(const Fields& tool, Warnings& warnings) {
  const std::string type = tool.text("type", "function");
  if (type != "function") tool.refuse("type", "\"function\"");
  const Fields function = needed_object(tool, "function");
  function.needed_text("name");
  function.text("description");
  function.object("parameters");
  accept(tool, {"items"});
  accept(function, {"strict"});
  warn_of_unread(warnings, function);
  warn_of_unread(warnings, tool);
}

}  // namespace

std::vector<Turn> read_messages(const Fields& fields, Warnings& warnings) {
  std::vector<Turn> turns;
  const Json* messages = fields.array("messages");
  for (size_t i = 0; messages && i < messages->size(); ++i) {
    turns.push_back(read_message({(*messages)[i], concat("messages[", i, ']')}, warnings));
  }
  return turns;
}

chat::Data read_tools(const Fields& fields, Warnings& warnings) {
  const Json* tools = fields.array("tools");
  if (!tools || tools->empty()) return {};
  for (size_t i = 0; i < tools->size(); ++i) {
    check_tool({(*tools)[i], concat("tools[", i, ']')}, warnings);
  }
  return to_data(*tools);
}

std::vector<std::string> read_images(const Fields& fields, std::string_view name) {
  std::vector<std::string> images;
  const std::vector<std::string> texts = fields.texts(name);
  for (size_t i = 0; i < texts.size(); ++i) {
    images.push_back(decode_base64(texts[i], concat(fields.place(name), '[', i, ']')));
  }
  return images;
}

}  // namespace cria::server
