#pragma once
// Renders conversations that say something which can be found again, to see what a template writes
// around it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "template/chat_template.h"

namespace cria::chat {

// What the conversations say. No template knows these words.
struct Said {
  static constexpr std::string_view kUser = "Zuser", kContent = "Zcontent", kThought = "Zthought";
  static constexpr std::string_view kTool = "zq_first", kOtherTool = "zq_second";
  static constexpr std::string_view kTextKey = "zq_text", kTextValue = "zq_value";
  static constexpr std::string_view kNumberKey = "zq_count", kNumberValue = "4242";
  static inline const std::string kIds = "zq000000";  // which ids begin with
  static constexpr size_t kIdSize = 9;                // as some templates want it

  // The tools, as in the API.
  static Data tools();
};

class Probe {
 public:
  explicit Probe(const ChatTemplate& chat_template) : template_(chat_template) {}

  // What stands for an assistant's turn; a thought comes with the marker before it. Nothing where
  // the template refuses, or writes no calls.
  std::optional<std::string> calls(bool two) const;
  std::optional<std::string> thought() const;
  std::optional<std::string> thought_before_call() const;
  // All of a conversation that ends with Said::kContent.
  std::optional<std::string> answered() const;
  // All of a conversation in which an earlier turn says this.
  std::optional<std::string> earlier(const std::string& content) const;

  // Prompts for an answer, with what can be asked for; without those that are refused.
  std::vector<std::string> prompts() const;
  std::optional<std::string> prompt(bool has_tools) const;

 private:
  std::optional<std::string> calls(const Message& message) const;
  std::optional<std::string> turn(const Message& message) const;
  std::optional<std::string> turn(const Message& message, bool goes_on) const;
  std::optional<std::string> render(const Conversation& conversation) const;

  const ChatTemplate& template_;
};

}  // namespace cria::chat
