#pragma once
// What a chat template is given, and what it gives.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "template/data.h"

namespace cria::chat {

struct ToolCall {
  std::string id;
  int64_t index = 0;
  std::string name;
  Data arguments;  // an object, or null
};

struct Message {
  std::string role;  // "system", "user", "assistant", "tool"
  std::string content;
  std::string pictures = {};  // the text of the tokens that stand for its pictures, before it
  std::string thinking = {};
  std::vector<ToolCall> tool_calls = {};
  std::string tool_name = {};
  std::string tool_call_id = {};
  int64_t images = 0;
};

struct Thinking {
  bool on = false;
  std::string level = {};  // "low", "medium", ..., or none
};

struct Conversation {
  std::vector<Message> messages;
  Data tools;  // a list as in the API, or null
  std::optional<Thinking> thinking = {};
};

// A stretch of prompt: `special` text comes from the template and may hold special tokens, the rest
// from users.
struct Part {
  std::string text;
  bool special = false;
};

}  // namespace cria::chat
