#include "cmd/conversation_json.h"

#include <utility>

#include "base/error.h"
#include "cmd/input.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "server/answers/data_json.h"
#include "server/requests/messages.h"
#include "server/requests/native_fields.h"

namespace cria::cmd {
namespace {

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

// What else requests have, which changes no prompt.
void accept_of_requests(const server::Fields& fields) {
  server::accept(fields, {"model", "stream", "format", "options", "keep_alive", "truncate", "shift",
                          "logprobs", "top_logprobs", "context", "images", "raw"});
}

Json read_json(const std::string& path) {
  const bool is_standard = path == "-";
  return server::parse_json(is_standard ? read_standard_input() : read_file(path),
                            is_standard ? "standard input" : path);
}

std::optional<chat::Thinking> thinking_in(const server::Fields& fields) {
  std::optional<chat::Thinking> thinking = server::read_think(fields);
  if (thinking && thinking->on && thinking->level.empty()) thinking->level = "medium";
  return thinking;
}

void add_messages(const server::Fields& fields, server::Warnings& warnings,
                  std::vector<chat::Message>& to) {
  int64_t pictures = 0;
  for (server::Turn& turn : server::read_messages(fields, warnings)) {
    add_pictures(turn.message, std::ssize(turn.images), pictures);
    to.push_back(std::move(turn.message));
  }
}

}  // namespace

chat::Data read_data(const std::string& path) { return server::to_data(read_json(path)); }

Prompt read_prompt(const std::string& path) {
  Json json = read_json(path);
  if (json.is_array()) json = Json{{"messages", std::move(json)}};
  if (!json.is_object()) {
    fail(Error::Code::kInvalidArgument, "conversation: expected a list of messages or an object ",
         "with messages, not ", json.type_name());
  }
  const server::Fields fields(json, "");
  server::Warnings warnings;
  Prompt prompt{.prompt = fields.text("prompt"), .suffix = fields.text("suffix")};
  chat::Conversation& conversation = prompt.conversation;
  if (fields.has("system")) conversation.messages.push_back({"system", fields.text("system")});
  add_messages(fields, warnings, conversation.messages);
  if (fields.has("prompt")) conversation.messages.push_back({"user", prompt.prompt});
  conversation.tools = server::read_tools(fields, warnings);
  conversation.thinking = thinking_in(fields);
  accept_of_requests(fields);
  server::warn_of_unread(warnings, fields);
  for (const std::string& warning : warnings) notice(warning);
  return prompt;
}

}  // namespace cria::cmd
