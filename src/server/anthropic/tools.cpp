#include "server/anthropic/tools.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "server/requests/tools.h"

namespace cria::server::anthropic {
namespace {

using Json = nlohmann::ordered_json;
using Kind = ToolChoice::Kind;

void read_choice(const Fields& choice, ChatRequest& chat) {
  const std::string type = choice.needed_text("type");
  if (type == "any") {
    chat.tool_choice.kind = Kind::kRequired;
  } else if (type == "tool") {
    chat.tool_choice.kind = Kind::kNamed;
    chat.tool_choice.name = choice.needed_text("name");
  } else if (type == "none") {
    chat.tool_choice.kind = Kind::kNone;
  } else if (type != "auto") {
    choice.refuse("type", R"("auto", "any", "tool" or "none")");
  }
  chat.tool_choice.parallel = !choice.flag("disable_parallel_tool_use", false);
  check_choice(chat, "tool_choice");
}

}  // namespace

void read_tools(const Fields& request, ChatRequest& chat, Warnings& warnings) {
  chat::Data::List tools;
  const Json* list = request.array("tools");
  for (size_t i = 0; list && i < list->size(); ++i) {
    const Fields tool((*list)[i], concat("tools[", i, ']'));
    const std::string type = tool.text("type", "custom");
    if (type != "custom") {
      warn(warnings, concat("tools[", i, "] of type ", quote(type), " is left out"));
      continue;
    }
    accept(tool, {"cache_control", "allowed_callers", "defer_loading", "eager_input_streaming",
                  "input_examples"});
    tools.push_back(read_tool(tool, "input_schema", warnings));
  }
  if (!tools.empty()) chat.tools = std::move(tools);
  const Json* choice = request.object("tool_choice");
  if (!choice) return;
  const Fields fields(*choice, "tool_choice");
  read_choice(fields, chat);
  warn_of_unread(warnings, fields);
}

}  // namespace cria::server::anthropic
