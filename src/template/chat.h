#pragma once
// Chat messages to a prompt, in the format that a file's chat template is recognised to be.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cria::chat {

struct Message {
  std::string role;  // "system", "user", "assistant"
  std::string content;
};

// A stretch of prompt: `special` text comes from the template and may hold special tokens, the rest from users.
struct Part {
  std::string text;
  bool special = false;
};

class Format {
 public:
  enum class Kind { kChatMl, kLlama2, kLlama3 };

  // Recognises a Jinja chat template by its markers; nothing if it is none of the known formats.
  static std::optional<Format> recognise(std::string_view chat_template);

  Kind kind() const { return kind_; }
  std::string_view name() const;

  // The prompt that lets the assistant answer next. BOS is the tokenizer's business, not part of it.
  std::vector<Part> render(std::span<const Message> messages) const;

 private:
  Kind kind_{};
  std::string default_system_;  // used when the messages bring none; taken from the template's own text
};

}  // namespace cria::chat
