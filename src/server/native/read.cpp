#include "server/native/read.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/answers/data_json.h"
#include "server/requests/base64.h"
#include "server/requests/native_fields.h"
#include "server/requests/option_fields.h"

namespace cria::server::native {
namespace {

using Json = nlohmann::ordered_json;
using Code = Error::Code;

std::vector<std::string> read_images(const Fields& fields, std::string_view name) {
  std::vector<std::string> images;
  const std::vector<std::string> texts = fields.texts(name);
  for (size_t i = 0; i < texts.size(); ++i) {
    images.push_back(decode_base64(texts[i], concat(fields.place(name), '[', i, ']')));
  }
  return images;
}

chat::ToolCall read_call(const Fields& fields) {
  chat::ToolCall call{.id = fields.text("id"), .name = {}, .arguments = {}};
  fields.text("type");
  if (!fields.object("function")) {
    fail(Code::kInvalidArgument, fields.place("function"), " is required");
  }
  const Fields function(*fields.object("function"), fields.place("function"));
  call.name = function.text("name");
  call.index = function.integer("index").value_or(0);
  if (const Json* arguments = function.object("arguments")) call.arguments = to_data(*arguments);
  return call;
}

Turn read_message(const Fields& fields, Warnings& warnings) {
  Turn turn;
  chat::Message& message = turn.message;
  message.role = fields.needed_text("role");
  std::ranges::transform(message.role, message.role.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  message.content = fields.text("content");
  message.thinking = fields.text("thinking");
  message.tool_name = fields.text("tool_name");
  message.tool_call_id = fields.text("tool_call_id");
  turn.images = read_images(fields, "images");
  message.images = std::ssize(turn.images);
  if (const Json* calls = fields.array("tool_calls")) {
    for (size_t i = 0; i < calls->size(); ++i) {
      message.tool_calls.push_back(
          read_call({(*calls)[i], concat(fields.place("tool_calls"), '[', i, ']')}));
    }
  }
  warn_of_unread(warnings, fields);
  return turn;
}

// What is alike in both.
void read_common(const Fields& fields, GenerationRequest& request) {
  constexpr int64_t kMostTop = 20;
  request.model = fields.needed_text("model");
  request.thinking = read_think(fields);
  request.grammar = read_format(fields);
  read_options(fields, request.options, request.warnings);
  request.keep_alive = read_keep_alive(fields);
  request.logprobs = fields.flag("logprobs", false);
  request.top_logprobs = fields.integer("top_logprobs", 0, 0, kMostTop);
  request.truncate = fields.flag("truncate", true);
  request.shift = fields.flag("shift", true);
  request.only_render = fields.flag("_debug_render_only", false);
  fields.find("stream");
}

Prompt read_input(const Json& json, const std::string& place) {
  if (json.is_string()) return {.text = json.get<std::string>()};
  fail(Code::kInvalidArgument, place, ": expected a text");
}

}  // namespace

std::string text_of(const Fields& fields, std::string_view name, std::string_view former) {
  const std::string text = fields.text(name), older = fields.text(former);
  return text.empty() ? older : text;
}

std::vector<Turn> read_messages(const Fields& fields, Warnings& warnings) {
  std::vector<Turn> turns;
  const Json* messages = fields.array("messages");
  for (size_t i = 0; messages && i < messages->size(); ++i) {
    turns.push_back(read_message({(*messages)[i], concat("messages[", i, ']')}, warnings));
  }
  return turns;
}

GenerationRequest read_generate(const Fields& fields) {
  GenerationRequest request;
  read_common(fields, request);
  CompletionRequest& completion = request.completion;
  completion.prompts = {{.text = fields.text("prompt")}};
  completion.suffix = fields.text("suffix");
  if (fields.has("system")) completion.system = fields.text("system");
  if (fields.has("template")) completion.chat_template = fields.text("template");
  completion.raw = fields.flag("raw", false);
  completion.images = read_images(fields, "images");
  if (const Json* context = fields.array("context")) {
    for (const Json& id : *context) {
      if (!id.is_number_integer() || id.get<int64_t>() < 0 || id.get<int64_t>() > INT32_MAX) {
        fields.refuse("context", "ids of tokens, as an answer gave them");
      }
      completion.context.push_back(id.get<int32_t>());
    }
  }
  const bool has_more = completion.system.value_or("") != "" ||
                        completion.chat_template.value_or("") != "" || !completion.context.empty();
  if (completion.raw && has_more) {
    fail(Code::kInvalidArgument, "raw mode does not support template, system, or context");
  }
  warn_of_unread(request.warnings, fields);
  return request;
}

GenerationRequest read_chat(const Fields& fields) {
  GenerationRequest request;
  read_common(fields, request);
  request.chat.emplace();
  request.chat->turns = read_messages(fields, request.warnings);
  if (const Json* tools = fields.array("tools"); tools && !tools->empty()) {
    request.chat->tools = to_data(*tools);
  }
  warn_of_unread(request.warnings, fields);
  return request;
}

EmbeddingRequest read_embed(const Fields& fields) {
  EmbeddingRequest request{.model = fields.needed_text("model")};
  const Json* input = fields.find("input");
  if (input && input->is_array()) {
    for (size_t i = 0; i < input->size(); ++i) {
      request.inputs.push_back(read_input((*input)[i], concat("input[", i, ']')));
    }
  } else if (input) {
    request.inputs.push_back(read_input(*input, "input"));
  }
  request.truncate = fields.flag("truncate", true);
  request.dimensions = fields.integer("dimensions", 0, 0, INT32_MAX);
  read_options(fields, request.options, request.warnings);
  const Json* options = fields.object("options");
  if (options && Fields(*options, "options").integer("num_ctx") == 0) {
    fail(Code::kInvalidArgument,
         "options.num_ctx is 0: input after truncation exceeds maximum context length");
  }
  request.keep_alive = read_keep_alive(fields);
  warn_of_unread(request.warnings, fields);
  return request;
}

RankRequest read_rank(const Fields& fields) {
  RankRequest request{.model = fields.needed_text("model"), .query = fields.needed_text("query")};
  if (!fields.array("documents")) {
    fail(Code::kInvalidArgument, "documents is required");
  }
  request.documents = fields.texts("documents");
  request.truncate = fields.flag("truncate", true);
  read_options(fields, request.options, request.warnings);
  request.keep_alive = read_keep_alive(fields);
  return request;
}

}  // namespace cria::server::native
