#include "template/reply/probe.h"

#include <algorithm>

#include "base/error.h"
#include "template/reply/overlap.h"
#include "template/reply/step.h"

namespace cria::chat {
namespace {

// Some templates write an id in the place of the name: models choose ones that say it.
enum class Ids : uint8_t { kPlain, kNaming };

Message user() { return {.role = "user", .content = std::string(Said::kUser)}; }

Message answer() { return {.role = "assistant", .content = std::string(Said::kContent)}; }

Data tool(std::string_view name) {
  const Data properties = Data::Object{
      {std::string(Said::kTextKey), Data::Object{{"type", "string"}, {"description", "a text"}}},
      {std::string(Said::kNumberKey),
       Data::Object{{"type", "integer"}, {"description", "a number"}}}};
  return Data::Object{
      {"type", "function"},
      {"function",
       Data::Object{{"name", name},
                    {"description", "a tool"},
                    {"parameters", Data::Object{{"type", "object"},
                                                {"properties", properties},
                                                {"required", Data::List{Said::kTextKey}}}}}}};
}

ToolCall call(int64_t index, Ids ids) {
  const std::string name(index == 0 ? Said::kTool : Said::kOtherTool);
  const std::string number = std::to_string(index + (ids == Ids::kPlain ? 1 : 0));
  return {.id = ids == Ids::kPlain ? Said::kIds + number : "functions." + name + ":" + number,
          .index = index,
          .name = name,
          .arguments = Data::Object{{std::string(Said::kTextKey), Said::kTextValue},
                                    {std::string(Said::kNumberKey), 4242}}};
}

// Where the marker begins that a place is inside of, or the place itself.
size_t marker_begin(std::string_view text, size_t place) {
  for (size_t i = place; i > 0; --i) {
    const char c = text[i - 1];
    if (c == '<' || c == '[') return i - 1;
    if (is_space(c) || c == '>' || c == ']') break;
  }
  return place;
}

size_t marker_end(std::string_view text, size_t place) {
  if (marker_begin(text, place) == place) return place;
  const size_t end = text.find_first_of(">]", place);
  return end == text.npos ? place : end + 1;
}

// The same of a marker that is made of > alone: these begin a line.
size_t line_marker_begin(std::string_view text, size_t place) {
  size_t begin = place;
  while (begin > 0 && text[begin - 1] == '>') --begin;
  return begin == 0 || text[begin - 1] == '\n' ? begin : place;
}

}  // namespace

Data Said::tools() { return Data::List{tool(kTool), tool(kOtherTool)}; }

std::optional<std::string> Probe::render(const Conversation& conversation) const {
  try {
    std::string text;
    for (const Part& part : template_.render(conversation, {.now = 0})) text += part.text;
    return text;
  } catch (const Error& error) {
    const bool is_refused =
        error.code() == Error::Code::kInvalidArgument || error.code() == Error::Code::kUnsupported;
    if (is_refused) return {};
    throw;
  }
}

// Once as the last message, and otherwise before another one: templates may refuse either.
std::optional<std::string> Probe::turn(const Message& message) const {
  const std::optional<std::string> last = turn(message, false);
  return last ? last : turn(message, true);
}

// What differs from the turn that says Said::kContent.
std::optional<std::string> Probe::turn(const Message& message, bool goes_on) const {
  Conversation conversation{.messages = {user(), {}}, .tools = Said::tools()};
  if (goes_on) conversation.messages.push_back(user());
  const auto rendered = [&](const Message& own) {
    conversation.messages[1] = own;
    return render(conversation);
  };
  const auto own = rendered(message);
  const auto plain = rendered(answer());
  if (!own || !plain) return {};
  const size_t at = plain->find(Said::kContent);
  if (at == plain->npos) return {};
  size_t begin = marker_begin(*own, std::min(common_prefix(*own, *plain), at));
  // The marker before a thought may be there without one, too.
  const bool is_bare = trimmed(std::string_view(*own).substr(begin)).starts_with(Said::kThought);
  if (is_bare) begin = std::min(own->find_last_of("<[", begin), begin);
  begin = line_marker_begin(*own, begin);
  const size_t after = plain->size() - at - Said::kContent.size();
  const size_t rest = std::min({common_suffix(*own, *plain), after, own->size() - begin});
  return own->substr(begin, marker_end(*own, own->size() - rest) - begin);
}

std::optional<std::string> Probe::calls(bool two) const {
  for (const Ids ids : {Ids::kPlain, Ids::kNaming}) {
    Message message{.role = "assistant", .content = "", .tool_calls = {call(0, ids)}};
    if (two) message.tool_calls.push_back(call(1, ids));
    if (const auto found = calls(message)) return found;
  }
  return {};
}

std::optional<std::string> Probe::calls(const Message& message) const {
  const auto is_written = [](const std::optional<std::string>& text) {
    return text && text->find(Said::kTool) != text->npos;
  };
  for (const bool goes_on : {false, true}) {
    const auto found = turn(message, goes_on);
    if (is_written(found)) return found;
  }
  return {};
}

std::optional<std::string> Probe::thought() const {
  return turn({.role = "assistant",
               .content = std::string(Said::kContent),
               .thinking = std::string(Said::kThought)});
}

std::optional<std::string> Probe::thought_before_call() const {
  return turn({.role = "assistant",
               .content = "",
               .thinking = std::string(Said::kThought),
               .tool_calls = {call(0, Ids::kPlain)}});
}

std::optional<std::string> Probe::earlier(const std::string& content) const {
  const Message first{.role = "assistant", .content = content};
  const Message later{.role = "assistant", .content = "Zlater"};
  return render({.messages = {user(), first, user(), later, user()}, .tools = {}});
}

std::optional<std::string> Probe::answered() const {
  return render({.messages = {user(), answer()}, .tools = {}});
}

std::optional<std::string> Probe::prompt(bool has_tools) const {
  return render({.messages = {user()}, .tools = has_tools ? Said::tools() : Data()});
}

std::vector<std::string> Probe::prompts() const {
  std::vector<std::string> all;
  const std::optional<Thinking> ways[] = {{}, Thinking{.on = true}, Thinking{.on = false}};
  for (const auto& thinking : ways) {
    const auto text = render({.messages = {user()}, .tools = {}, .thinking = thinking});
    if (text) all.push_back(*text);
  }
  return all;
}

}  // namespace cria::chat
