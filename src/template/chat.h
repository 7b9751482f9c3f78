#pragma once
// Chat messages to a prompt, in the format that a file's chat template is recognised to be.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "template/message.h"

namespace cria::chat {

class Samples;

class Format {
 public:
  enum class Kind { kChatMl, kLlama2, kLlama3 };

  // Recognises a Jinja chat template by what it makes of a few sample conversations: nothing if
  // that is not, to the letter, what one of the known formats makes of them.
  static std::optional<Format> recognise(std::string_view chat_template);

  Kind kind() const { return kind_; }
  std::string_view name() const;

  // The prompt that lets the assistant answer next. BOS is the tokenizer's business, not part of
  // it. InvalidArgument: a role that is not known, or an order of roles that the format has no way
  // to write.
  std::vector<Part> render(std::span<const Message> messages) const;

 private:
  enum class Trim { kNothing, kContent };
  enum class Order {
    kAny,
    kAlternating
  };  // alternating: a system message or none, then user and assistant in turn
  enum class Thoughts { kKept, kDropped };  // what an assistant message holds up to </think>

  Format(Kind kind, Trim trim) : kind_(kind), trim_(trim) {}
  // Takes over the template's own text and habits; false when the template is not of this format.
  bool fit(const Samples& samples);

  void check_roles(std::span<const Message> messages) const;
  std::string content_of(const Message& message) const;
  std::vector<Part> render_turns(std::span<const Message> messages) const;
  std::vector<Part> render_llama2(std::span<const Message> messages) const;

  Kind kind_;
  Trim trim_;
  Order order_ = Order::kAny;
  Thoughts thoughts_ = Thoughts::kKept;
  std::optional<std::string>
      default_system_;         // when the messages bring none: the template's own text
  std::string system_prefix_;  // the template's own text before a system message that comes first
};

}  // namespace cria::chat
