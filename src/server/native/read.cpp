#include "server/native/read.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/requests/messages.h"
#include "server/requests/native_fields.h"
#include "server/requests/option_fields.h"

namespace cria::server::native {
namespace {

using Json = nlohmann::ordered_json;
using Code = Error::Code;

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
  fail_at(place, ": expected a text");
}

}  // namespace

std::string text_of(const Fields& fields, std::string_view name, std::string_view former) {
  const std::string text = fields.text(name), older = fields.text(former);
  return text.empty() ? older : text;
}

std::optional<std::string> filled_text(const Fields& fields, std::string_view name) {
  std::string text = fields.text(name);
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

GenerationRequest read_generate(const Fields& fields) {
  GenerationRequest request;
  read_common(fields, request);
  CompletionRequest& completion = request.completion;
  completion.prompts = {{.text = fields.text("prompt")}};
  completion.suffix = fields.text("suffix");
  completion.system = filled_text(fields, "system");
  completion.chat_template = filled_text(fields, "template");
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
  request.chat->tools = read_tools(fields, request.warnings);
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
  } else if (input && *input != "") {  // an empty text is none, but of a list it is one
    request.inputs.push_back(read_input(*input, "input"));
  }
  request.truncate = fields.flag("truncate", true);
  request.dimensions = fields.integer("dimensions", 0, 0, INT32_MAX);
  read_options(fields, request.options, request.warnings);
  const Json* options = fields.object("options");
  if (options && Fields(*options, "options").integer("num_ctx") == 0) {
    fail(Code::kInvalidArgument, "input after truncation exceeds maximum context length");
  }
  request.keep_alive = read_keep_alive(fields);
  warn_of_unread(request.warnings, fields);
  return request;
}

RankRequest read_rank(const Fields& fields) {
  RankRequest request{.model = fields.needed_text("model"), .query = fields.needed_text("query")};
  static_cast<void>(fields.need("documents"));
  static_cast<void>(fields.array("documents"));
  request.documents = fields.texts("documents");
  request.truncate = fields.flag("truncate", true);
  read_options(fields, request.options, request.warnings);
  request.keep_alive = read_keep_alive(fields);
  return request;
}

}  // namespace cria::server::native
