#include "cmd/conversation_json.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/input.h"
#include "cmd/json.h"
#include "cmd/output.h"

namespace cria::cmd {
namespace {

using chat::Data;

constexpr int kDeepest = 1000;

Data data_of(const Json& json, int depth) {
  if (depth > kDeepest) {
    fail(Error::Code::kInvalidArgument, "JSON nested deeper than ", kDeepest);
  }
  switch (json.type()) {
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
      return json.get<int64_t>();
    case Json::value_t::number_unsigned: {
      const auto number = json.get<uint64_t>();
      return number <= INT64_MAX ? Data(static_cast<int64_t>(number))
                                 : Data(static_cast<double>(number));
    }
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return json.get<std::string>();
    case Json::value_t::array: {
      Data::List items;
      for (const Json& item : json) items.push_back(data_of(item, depth + 1));
      return items;
    }
    case Json::value_t::object: {
      Data::Object members;
      for (const auto& [name, member] : json.items()) {
        members.emplace_back(name, data_of(member, depth + 1));
      }
      return members;
    }
    default:
      return nullptr;
  }
}

// A value and where it stands: "messages[0].content".
struct Place {
  const Json& json;
  std::string path;

  [[noreturn]] void expected(const char* what) const {
    fail(Error::Code::kInvalidArgument, path, ": expected ", what, ", not ", json.type_name());
  }
  bool has(const char* name) const { return json.contains(name) && !json[name].is_null(); }
  Place at(const char* name) const {
    return {json[name], path.empty() ? name : concat(path, ".", name)};
  }
  Place at(size_t index) const { return {json[index], concat(path, "[", index, "]")}; }

  const Place& object() const {
    if (!json.is_object()) expected("an object");
    return *this;
  }
  size_t list_size() const {
    if (!json.is_array()) expected("a list");
    return json.size();
  }
  // Of a member: "" when it is absent.
  std::string text(const char* name) const {
    if (!has(name)) return "";
    const Place member = at(name);
    if (!member.json.is_string()) member.expected("a text");
    return member.json.get<std::string>();
  }
};

// Whatever else is there has no effect on a prompt, or is a mistake.
void report_others(const Place& place, std::initializer_list<std::string_view> known) {
  constexpr std::array<std::string_view, 12> kOfRequests = {
      "model", "stream",   "format",       "options", "keep_alive", "truncate",
      "shift", "logprobs", "top_logprobs", "context", "images",     "raw"};
  for (const auto& [name, member] : place.json.items()) {
    const bool is_known = std::ranges::find(known, name) != known.end();
    const bool is_of_request =
        place.path.empty() && std::ranges::find(kOfRequests, name) != kOfRequests.end();
    if (is_known || is_of_request) continue;
    notice(concat(place.path.empty() ? "conversation" : place.path, ": unknown field ", quote(name),
                  " is ignored"));
  }
}

chat::ToolCall tool_call_of(const Place& place) {
  report_others(place.object(), {"id", "type", "function"});
  if (!place.has("function")) place.expected("a function");
  const Place function = place.at("function").object();
  report_others(function, {"index", "name", "arguments", "description"});
  chat::ToolCall call{.id = place.text("id"), .name = function.text("name"), .arguments = {}};
  if (function.has("index")) {
    const Place index = function.at("index");
    if (!index.json.is_number_integer()) index.expected("a whole number");
    call.index = index.json.get<int64_t>();
  }
  if (function.has("arguments")) {
    call.arguments = data_of(function.at("arguments").object().json, 0);
  }
  return call;
}

// Each picture is a tag in the text, where "[img]" stands or in front.
void add_pictures(chat::Message& message, int64_t count, int64_t& pictures) {
  constexpr std::string_view kPlaceholder = "[img]";
  message.images = count;
  for (int64_t i = 0; i < count; ++i) {
    const std::string tag = concat("[img-", pictures++, "]");
    const size_t place = message.content.find(kPlaceholder);
    if (place == std::string::npos) {
      message.pictures += tag;
    } else {
      message.content.replace(place, kPlaceholder.size(), tag);
    }
  }
}

chat::Message message_of(const Place& place, int64_t& pictures) {
  report_others(place.object(), {"role", "content", "thinking", "images", "tool_calls", "tool_name",
                                 "tool_call_id"});
  chat::Message message{.role = place.text("role"), .content = place.text("content")};
  if (message.role.empty()) {
    fail(Error::Code::kInvalidArgument, place.path, ": no role, expected one, such as \"user\"");
  }
  for (char& c : message.role) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  message.thinking = place.text("thinking");
  message.tool_name = place.text("tool_name");
  message.tool_call_id = place.text("tool_call_id");
  if (place.has("images")) {
    add_pictures(message, static_cast<int64_t>(place.at("images").list_size()), pictures);
  }
  if (place.has("tool_calls")) {
    const Place calls = place.at("tool_calls");
    for (size_t i = 0; i < calls.list_size(); ++i) {
      message.tool_calls.push_back(tool_call_of(calls.at(i)));
    }
  }
  return message;
}

chat::Thinking thinking_of(const Place& place) {
  constexpr std::array<std::string_view, 4> kLevels = {"low", "medium", "high", "max"};
  if (place.json.is_boolean()) {
    const bool on = place.json.get<bool>();
    return {on, on ? "medium" : ""};
  }
  if (!place.json.is_string()) place.expected("true, false or a level");
  const auto level = place.json.get<std::string>();
  if (std::ranges::find(kLevels, level) == kLevels.end()) {
    fail(Error::Code::kInvalidArgument, place.path, ": ", quote(level),
         " is no level, expected low, medium, high or max");
  }
  return {true, level};
}

void add_messages(const Place& list, std::vector<chat::Message>& to) {
  int64_t pictures = 0;
  for (size_t i = 0; i < list.list_size(); ++i) to.push_back(message_of(list.at(i), pictures));
}

Json read_json(const std::string& path) {
  const std::string text = path == "-" ? read_standard_input() : read_file(path);
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    fail(Error::Code::kInvalidArgument, path == "-" ? "standard input" : path,
         ": not JSON: ", error.what());
  }
}

}  // namespace

Data read_data(const std::string& path) { return data_of(read_json(path), 0); }

Prompt read_prompt(const std::string& path) {
  const Json json = read_json(path);
  Prompt prompt;
  chat::Conversation& conversation = prompt.conversation;
  if (json.is_array()) {
    add_messages({json, "messages"}, conversation.messages);
    return prompt;
  }
  const Place all{json, ""};
  if (!json.is_object()) {
    fail(Error::Code::kInvalidArgument, "conversation: expected a list of messages or an object ",
         "with messages, not ", json.type_name());
  }
  report_others(all, {"messages", "tools", "system", "think", "prompt", "suffix"});
  prompt.prompt = all.text("prompt");
  prompt.suffix = all.text("suffix");
  if (all.has("system")) conversation.messages.push_back({"system", all.text("system")});
  if (all.has("messages")) add_messages(all.at("messages"), conversation.messages);
  if (all.has("prompt")) conversation.messages.push_back({"user", prompt.prompt});
  if (all.has("tools")) conversation.tools = data_of(all.at("tools").json, 0);
  if (all.has("think")) conversation.thinking = thinking_of(all.at("think"));
  return prompt;
}

}  // namespace cria::cmd
