#include "template/jinja/chat_template.h"

#include <algorithm>
#include <array>

namespace cria::jinja {
namespace {

template <size_t size>
bool has_any(const std::set<std::string, std::less<>>& names,
             const std::array<std::string_view, size>& wanted) {
  return std::ranges::any_of(wanted, [&](std::string_view name) { return names.contains(name); });
}

// What no template says.
constexpr std::string_view kWord = "wonderful";

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// A conversation's text counts for what a template may cost: some copy it for each message.
chat::Limits limits_for(const chat::Conversation& conversation) {
  constexpr int64_t kCopies = 16;
  chat::Limits limits;
  for (const chat::Message& message : conversation.messages) {
    limits.bytes +=
        kCopies * static_cast<int64_t>(message.content.size() + message.thinking.size());
  }
  return limits;
}

}  // namespace

ChatTemplate::ChatTemplate(std::string name, std::string_view source, SpecialTokens tokens,
                           std::optional<std::string> with_tools)
    : tokens_(std::move(tokens)), plain_(variant(name, source)) {
  if (with_tools) with_tools_ = variant(name + ".tool_use", *with_tools);
}

ChatTemplate::Variant ChatTemplate::variant(std::string name, std::string_view source) const {
  Template parsed(std::move(name), source);
  Reads reads = reads_of(parsed.program());
  Variant made{.parsed = std::move(parsed), .reads = std::move(reads)};
  const bool takes_text = shows_text(made);
  made.parts = Parts::kAll;
  if (!shows_text(made)) {
    made.parts = Parts::kNone;
  } else if (takes_text) {
    made.parts = Parts::kWithImages;
  }
  if (!shows_call(made)) {
    made.call_arguments = ArgumentsForm::kJson;
    if (!shows_call(made)) made.call_arguments = ArgumentsForm::kDict;
  }
  return made;
}

std::string ChatTemplate::tried(const Variant& variant,
                                const chat::Conversation& conversation) const {
  constexpr chat::Limits kLimits{.steps = 100'000, .bytes = 1 << 20};
  std::string text;
  try {
    for (const chat::Part& part : render(variant, conversation, {.limits = kLimits, .now = 0})) {
      text += part.text;
    }
  } catch (const Error&) {
    text.clear();
  }
  return text;
}

// Whether a message's text comes out as it is, and not in the notation of a list.
bool ChatTemplate::shows_text(const Variant& variant) const {
  const std::string text =
      tried(variant, {.messages = {{"user", std::string(kWord)}}, .tools = {}});
  return contains(text, kWord) && !contains(text, concat("'", kWord, "'}")) &&
         !contains(text, concat("\"", kWord, "\"}"));
}

// Whether a call's arguments come out, and not in the notation of Python.
bool ChatTemplate::shows_call(const Variant& variant) const {
  chat::Message call{.role = "assistant", .content = ""};
  call.tool_calls = {{"call00000", 0, "f", Data::Object{{std::string(kWord), "a"}}}};
  const Data function = Data::Object{{"name", "f"}, {"description", "f"}};
  const Data tools = Data::List{Data::Object{{"type", "function"}, {"function", function}}};
  const std::string text = tried(variant, {.messages = {{"user", "u"}, call}, .tools = tools});
  return contains(text, kWord) && !contains(text, concat("{'", kWord, "': 'a'}"));
}

bool ChatTemplate::takes_tools() const {
  return with_tools_ || plain_.reads.variables.contains("tools");
}

bool ChatTemplate::thinks() const {
  constexpr std::array<std::string_view, 3> kVariables = {"enable_thinking", "thinking",
                                                          "reasoning_effort"};
  constexpr std::array<std::string_view, 2> kFields = {"reasoning_content", "thinking"};
  // Those that cut thoughts off an answer know of them too.
  constexpr std::array<std::string_view, 2> kEnds = {"</think>", "[/THINK]"};
  return has_any(plain_.reads.variables, kVariables) || has_any(plain_.reads.fields, kFields) ||
         has_any(plain_.reads.sought, kEnds);
}

std::vector<chat::Part> ChatTemplate::render(const chat::Conversation& conversation,
                                             const chat::RenderOptions& options) const {
  const bool has_tools =
      conversation.tools.kind() == Data::Kind::kList && !conversation.tools.list().empty();
  const Variant& variant = has_tools && with_tools_ ? *with_tools_ : plain_;
  return render(variant, conversation, {.limits = limits_for(conversation), .now = options.now});
}

std::vector<chat::Part> ChatTemplate::render(const Variant& variant,
                                             const chat::Conversation& conversation,
                                             const RunOptions& options) const {
  chat::Budget budget(options.limits);
  Calls calls{.budget = budget, .now = options.now};
  Values messages;
  for (const chat::Message& message : conversation.messages) {
    const bool in_parts =
        variant.parts == Parts::kAll || (variant.parts == Parts::kWithImages && message.images > 0);
    messages.push_back(message_value(message, in_parts ? Content::kParts : Content::kText,
                                     variant.call_arguments, calls));
  }
  Variables variables = {{"messages", list_value(std::move(messages))},
                         {"documents", none()},
                         {"add_generation_prompt", bool_value(true)}};
  for (const auto& [name, text] : tokens_) variables.emplace_back(name, special_text(text));
  const Data& tools = conversation.tools;
  const bool has_tools = tools.kind() == Data::Kind::kList && !tools.list().empty();
  variables.emplace_back("tools", has_tools ? value_of(tools) : none());
  if (conversation.thinking) {
    variables.emplace_back("enable_thinking", bool_value(conversation.thinking->on));
    variables.emplace_back("thinking", bool_value(conversation.thinking->on));
    if (!conversation.thinking->level.empty()) {
      variables.emplace_back("reasoning_effort", special_text(conversation.thinking->level));
    }
  }
  return variant.parsed.run(variables, options);
}

}  // namespace cria::jinja
