#pragma once
// Conversations and other data of templates in JSON.

#include <string>

#include "template/data.h"
#include "template/message.h"

namespace cria::cmd {

// What /api/chat and /api/generate make a prompt of.
struct Prompt {
  chat::Conversation conversation = {};
  std::string prompt = {}, suffix = {};  // what to fill in between, when there is a suffix
};

// Each of a file, "-" is standard input. InvalidArgument: what is no JSON, or not as expected.
chat::Data read_data(const std::string& path);
// A list of messages, or an object with messages, tools, system, think, prompt and suffix.
Prompt read_prompt(const std::string& path);

}  // namespace cria::cmd
