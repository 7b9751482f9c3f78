#include "server/anthropic/blocks.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "server/answers/data_json.h"
#include "server/requests/base64.h"
#include "server/requests/tools.h"

namespace cria::server::anthropic {
namespace {

using Json = nlohmann::ordered_json;

// Texts become one, a line for each.
void add_text(Turn& turn, const std::string& text) {
  std::string& content = turn.message.content;
  if (!content.empty() && !text.empty()) content += '\n';
  content += text;
}

void add_picture(Turn& turn, const Fields& block) {
  const Fields source(block.need("source"), block.place("source"));
  const std::string type = source.needed_text("type");
  if (type == "url") {
    turn.images.push_back(decode_picture_url(source.needed_text("url"), source.place("url")));
  } else if (type == "base64") {
    accept(source, {"media_type"});  // the file says it itself
    turn.images.push_back(decode_base64(source.needed_text("data"), source.place("data")));
  } else {
    source.refuse("type", "\"base64\": no files are kept here");
  }
  turn.message.images = static_cast<int64_t>(turn.images.size());
}

void add_call(Turn& turn, const Fields& block) {
  auto& calls = turn.message.tool_calls;
  const Json* input = block.object("input");
  calls.push_back({.id = block.text("id"),
                   .index = static_cast<int64_t>(calls.size()),
                   .name = block.needed_text("name"),
                   .arguments = input ? to_data(*input) : chat::Data::Object{}});
}

// Each block in turn, with its fields and type. `content` may be a text as well.
template <class Read>
void each_block(const Fields& holder, std::string_view name, Warnings& warnings, Turn& for_text,
                Read read) {
  const Json* content = holder.find(name);
  if (!content) return;
  if (content->is_string()) return add_text(for_text, content->get<std::string>());
  if (!content->is_array()) holder.refuse(name, "a text or a list of blocks");
  for (size_t i = 0; i < content->size(); ++i) {
    const Fields block((*content)[i], concat(holder.place(name), '[', i, ']'));
    read(block, block.needed_text("type"));
    accept(block, {"cache_control", "citations"});
    warn_of_unread(warnings, block);
  }
}

void read_result(const Fields& block, std::vector<Turn>& turns, Warnings& warnings) {
  Turn turn{{.role = "tool", .content = {}}};
  turn.message.tool_call_id = block.needed_text("tool_use_id");
  turn.message.tool_name = tool_called(turns, turn.message.tool_call_id);
  each_block(block, "content", warnings, turn, [&](const Fields& part, const std::string& type) {
    if (type == "text") {
      add_text(turn, part.text("text"));
    } else if (type == "image") {
      add_picture(turn, part);
    } else {
      part.refuse("type", R"("text" or "image")");
    }
  });
  // Templates know no failed calls.
  if (block.flag("is_error", false)) turn.message.content.insert(0, "Error: ");
  turns.push_back(std::move(turn));
}

bool is_empty(const Turn& turn) {
  const chat::Message& message = turn.message;
  return message.content.empty() && message.thinking.empty() && message.tool_calls.empty() &&
         turn.images.empty();
}

void read_user(const Fields& message, std::vector<Turn>& turns, Warnings& warnings) {
  const Turn empty{{.role = "user", .content = {}}};
  Turn turn = empty;
  bool has_results = false;
  each_block(message, "content", warnings, turn, [&](const Fields& block, const std::string& type) {
    if (type == "text") {
      add_text(turn, block.text("text"));
    } else if (type == "image") {
      add_picture(turn, block);
    } else if (type == "tool_result") {
      if (!is_empty(turn)) turns.push_back(std::exchange(turn, empty));
      read_result(block, turns, warnings);
      has_results = true;
    } else {
      block.refuse("type", R"("text", "image" or "tool_result")");
    }
  });
  if (!is_empty(turn) || !has_results) turns.push_back(std::move(turn));
}

void read_assistant(const Fields& message, std::vector<Turn>& turns, Warnings& warnings) {
  Turn turn{{.role = "assistant", .content = {}}};
  each_block(message, "content", warnings, turn, [&](const Fields& block, const std::string& type) {
    if (type == "text") {
      add_text(turn, block.text("text"));
    } else if (type == "thinking") {
      turn.message.thinking += block.text("thinking");
      accept(block, {"signature"});
    } else if (type == "tool_use") {
      add_call(turn, block);
      accept(block, {"caller", "toolset_name"});
    } else if (type == "redacted_thinking") {
      accept(block, {"data"});
      warn(warnings, block.place("data") + " has no effect: nobody can read it here");
    } else {
      block.refuse("type", R"("text", "thinking" or "tool_use")");
    }
  });
  turns.push_back(std::move(turn));
}

void read_system_text(const Fields& holder, std::string_view name, std::vector<Turn>& turns,
                      Warnings& warnings) {
  Turn turn{{.role = "system", .content = {}}};
  each_block(holder, name, warnings, turn, [&](const Fields& block, const std::string& type) {
    if (type != "text") block.refuse("type", "\"text\"");
    add_text(turn, block.text("text"));
  });
  if (!is_empty(turn)) turns.push_back(std::move(turn));
}

}  // namespace

void read_system(const Fields& request, std::vector<Turn>& turns, Warnings& warnings) {
  read_system_text(request, "system", turns, warnings);
}

void read_message(const Fields& message, std::vector<Turn>& turns, Warnings& warnings) {
  const std::string role = message.needed_text("role");
  static_cast<void>(message.need("content"));
  if (role == "user") {
    read_user(message, turns, warnings);
  } else if (role == "assistant") {
    read_assistant(message, turns, warnings);
  } else if (role == "system") {
    read_system_text(message, "content", turns, warnings);
  } else {
    message.refuse("role", R"("user" or "assistant")");
  }
  warn_of_unread(warnings, message);
}

}  // namespace cria::server::anthropic
