#include "server/openai/tools.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/quote.h"
#include "server/requests/tools.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;
using Kind = ToolChoice::Kind;

chat::Data::List read_list(const Fields& request, Warnings& warnings) {
  chat::Data::List tools;
  const Json* list = request.array("tools");
  for (size_t i = 0; list && i < list->size(); ++i) {
    const Fields tool((*list)[i], concat("tools[", i, ']'));
    const std::string type = tool.needed_text("type");
    if (type != "function") {
      warn(warnings, concat("tools[", i, "] of type ", quote(type), " is left out"));
      continue;
    }
    accept(tool, {"allowed_callers", "defer_loading", "output_schema"});
    if (const Json* function = tool.object("function")) {
      const Fields inner(*function, tool.place("function"));
      tools.push_back(read_tool(inner, "parameters", warnings));
      warn_of_unread(warnings, tool);
    } else {
      tools.push_back(read_tool(tool, "parameters", warnings));
    }
  }
  const Json* older = request.array("functions");
  for (size_t i = 0; older && i < older->size(); ++i) {
    const Fields function((*older)[i], concat("functions[", i, ']'));
    tools.push_back(read_tool(function, "parameters", warnings));
  }
  return tools;
}

// {"name"}, or {"function": {"name"}}
std::string name_in(const Fields& choice) {
  const Json* function = choice.object("function");
  if (!function) return choice.needed_text("name");
  return Fields(*function, choice.place("function")).needed_text("name");
}

// {mode, tools}: as if there were no others.
void keep_allowed(const Fields& allowed, ChatRequest& chat) {
  const std::string mode = allowed.needed_text("mode");
  if (mode != "auto" && mode != "required") allowed.refuse("mode", R"("auto" or "required")");
  chat.tool_choice.kind = mode == "auto" ? Kind::kAuto : Kind::kRequired;
  std::set<std::string, std::less<>> names;
  static_cast<void>(allowed.need("tools"));
  const Json* tools = allowed.array("tools");
  for (size_t i = 0; i < tools->size(); ++i) {
    names.insert(name_in(Fields((*tools)[i], concat(allowed.place("tools"), '[', i, ']'))));
  }
  chat::Data::List kept;
  if (!chat.tools.is_null()) kept = chat.tools.list();
  std::erase_if(kept, [&](const chat::Data& tool) { return !names.contains(name_of(tool)); });
  chat.tools = kept.empty() ? chat::Data() : chat::Data(std::move(kept));
}

void read_choice(const Fields& request, std::string_view name, ChatRequest& chat) {
  const Json* choice = request.find(name);
  if (!choice) return;
  if (*choice == "auto") return;
  if (*choice == "none") {
    chat.tool_choice.kind = Kind::kNone;
    return;
  }
  if (*choice == "required") {
    chat.tool_choice.kind = Kind::kRequired;
  } else if (choice->is_object()) {
    const Fields fields(*choice, request.place(name));
    const std::string type = fields.text("type", "function");
    if (type == "allowed_tools") {
      const Json* allowed = fields.object("allowed_tools");
      keep_allowed(allowed ? Fields(*allowed, fields.place("allowed_tools")) : fields, chat);
    } else if (type == "function") {
      chat.tool_choice.kind = Kind::kNamed;
      chat.tool_choice.name = name_in(fields);
    } else {
      fields.refuse("type", R"("function" or "allowed_tools")");
    }
  } else {
    request.refuse(name, R"("none", "auto", "required" or a function by its name)");
  }
  check_choice(chat, request.place(name));
}

}  // namespace

void read_tools(const Fields& request, ChatRequest& chat, Warnings& warnings) {
  chat::Data::List tools = read_list(request, warnings);
  if (!tools.empty()) chat.tools = std::move(tools);
  read_choice(request, "function_call", chat);
  read_choice(request, "tool_choice", chat);
  chat.tool_choice.parallel = request.flag("parallel_tool_calls", true);
}

}  // namespace cria::server::openai
