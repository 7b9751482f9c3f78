#include "template/chat.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "template/jinja/value.h"

namespace cria::chat {
namespace {

// What stands around a message in the formats that write each message as a turn of its own.
struct Markers {
  std::string_view before_role, after_role, end;
};
constexpr Markers kChatMl = {"<|im_start|>", "\n", "<|im_end|>\n"};
constexpr Markers kLlama3 = {"<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>"};

// Joins what is of one kind, so that special text is not cut apart.
class Prompt {
 public:
  Prompt& special(std::string_view text) { return add(text, true); }
  Prompt& plain(std::string_view text) { return add(text, false); }
  std::vector<Part> take() { return std::move(parts_); }

 private:
  Prompt& add(std::string_view text, bool special) {
    if (text.empty()) return *this;
    if (parts_.empty() || parts_.back().special != special) parts_.push_back({"", special});
    parts_.back().text += text;
    return *this;
  }

  std::vector<Part> parts_;
};

bool is_system(const Message& message) { return message.role == "system"; }

}  // namespace

std::string_view Format::name() const {
  switch (kind_) {
    case Kind::kChatMl:
      return "ChatML";
    case Kind::kLlama2:
      return "Llama 2";
    case Kind::kLlama3:
      return "Llama 3";
  }
  return "";
}

std::vector<Part> Format::render(std::span<const Message> messages) const {
  check_roles(messages);
  return kind_ == Kind::kLlama2 ? render_llama2(messages) : render_turns(messages);
}

void Format::check_roles(std::span<const Message> messages) const {
  if (messages.empty()) {
    fail(Error::Code::kInvalidArgument, "a conversation has no messages, expected at least one");
  }
  for (const Message& message : messages) {
    if (is_system(message) || message.role == "user" || message.role == "assistant") continue;
    fail(Error::Code::kInvalidArgument, "role ", quote(message.role),
         " is not known, expected system, user or assistant");
  }
  if (order_ == Order::kAny) return;
  const std::span<const Message> turns = messages.subspan(is_system(messages.front()));
  for (size_t i = 0; i < turns.size(); ++i) {
    const std::string_view expected = i % 2 == 0 ? "user" : "assistant";
    if (turns[i].role == expected) continue;
    fail(Error::Code::kInvalidArgument, "message ", i + (messages.size() - turns.size()) + 1,
         " is of role ", turns[i].role, ", but this chat template wants ", expected, " there");
  }
  if (turns.size() % 2 == 0) {
    fail(Error::Code::kInvalidArgument, "the last message is of role ", messages.back().role,
         ", but this chat template wants user there");
  }
}

std::string Format::content_of(const Message& message) const {
  std::string_view content = message.content;
  if (thoughts_ == Thoughts::kDropped && message.role == "assistant") {
    constexpr std::string_view kEnd = "</think>";
    if (const size_t end = content.rfind(kEnd); end != std::string_view::npos) {
      content = jinja::strip_of(content.substr(end + kEnd.size()), "\n", jinja::Sides::kLeft);
    }
  }
  return std::string(trim_ == Trim::kContent ? jinja::strip(content) : content);
}

std::vector<Part> Format::render_turns(std::span<const Message> messages) const {
  const Markers& markers = kind_ == Kind::kChatMl ? kChatMl : kLlama3;
  Prompt prompt;
  const auto begin_turn = [&](std::string_view role) {
    prompt.special(markers.before_role).special(role).special(markers.after_role);
  };
  if (default_system_ && !is_system(messages.front())) {
    begin_turn("system");
    prompt.special(*default_system_).special(markers.end);
  }
  for (const Message& message : messages) {
    begin_turn(message.role);
    if (&message == &messages.front() && is_system(message)) prompt.special(system_prefix_);
    prompt.special(message.pictures).plain(content_of(message)).special(markers.end);
  }
  begin_turn("assistant");
  return prompt.take();
}

// Turns of users carry BOS, those of assistants EOS; the system message is part of the first turn.
std::vector<Part> Format::render_llama2(std::span<const Message> messages) const {
  Prompt prompt;
  const bool has_system = is_system(messages.front());
  const std::span<const Message> turns = messages.subspan(has_system);
  for (const Message& message : turns) {
    if (message.role == "assistant") {
      prompt.special(" ").plain(jinja::strip(message.content)).special(" </s>");
      continue;
    }
    const bool is_first = &message == &turns.front();
    const bool opens_system = is_first && (has_system || default_system_);
    prompt.special(is_first ? "[INST] " : "<s>[INST] ");
    if (!opens_system) {
      prompt.special(message.pictures).plain(jinja::strip(message.content)).special(" [/INST]");
      continue;
    }
    prompt.special("<<SYS>>\n");
    if (has_system) {
      prompt.special(system_prefix_).plain(content_of(messages.front()));
    } else {
      prompt.special(*default_system_);
    }
    // The format trims the system message and the user's together.
    const std::string_view content = jinja::strip(message.content, jinja::Sides::kRight);
    prompt.special("\n<</SYS>>").special(content.empty() ? "" : "\n\n");
    prompt.special(message.pictures).plain(content).special(" [/INST]");
  }
  return prompt.take();
}

}  // namespace cria::chat
