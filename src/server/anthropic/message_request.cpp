#include "server/anthropic/message_request.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/anthropic/blocks.h"
#include "server/anthropic/tools.h"
#include "server/fields.h"
#include "server/requests/native_fields.h"
#include "server/requests/option_fields.h"
#include "server/requests/warnings.h"

namespace cria::server::anthropic {
namespace {

using Json = nlohmann::ordered_json;

// {type: "json_schema", schema}
void read_form(const Fields& holder, std::string_view name, GenerationRequest& request) {
  const Json* format = holder.object(name);
  if (!format) return;
  const Fields fields(*format, holder.place(name));
  if (request.grammar) holder.refuse(name, "one format");
  if (fields.needed_text("type") != "json_schema") fields.refuse("type", "\"json_schema\"");
  static_cast<void>(fields.need("schema"));
  request.grammar =
      read_at(fields.place("schema"), [&] { return compile_schema(*fields.object("schema")); });
  warn_of_unread(request.warnings, fields);
}

void read_budget(const Fields& thinking, Warnings& warnings) {
  if (!thinking.has("budget_tokens")) return;
  static_cast<void>(thinking.integer("budget_tokens", 0, 1, INT32_MAX));
  warn(warnings, thinking.place("budget_tokens") + " has no effect: nothing limits thoughts alone");
}

// Without `thinking` it is up to the model; how much effort is made matters for thoughts only.
void read_thinking(const Fields& fields, GenerationRequest& request) {
  const Json* output = fields.object("output_config");
  const Json none = Json::object();
  const Fields config(output ? *output : none, "output_config");
  read_form(config, "format", request);
  if (const Json* given = fields.object("thinking")) {
    const Fields thinking(*given, "thinking");
    const std::string type = thinking.needed_text("type");
    if (type != "enabled" && type != "adaptive" && type != "disabled") {
      thinking.refuse("type", R"("enabled", "adaptive" or "disabled")");
    }
    request.thinking = {.on = type != "disabled"};
    read_budget(thinking, request.warnings);
    accept(thinking, {"display"});
    warn_of_unread(request.warnings, thinking);
  }
  if (config.has("effort")) {
    const chat::Thinking effort = thinking_of_effort(config, "effort");
    if (request.thinking && request.thinking->on) {
      request.thinking->level = effort.level;
    } else {
      warn(request.warnings, "output_config.effort has no effect without thinking");
    }
  }
  warn_of_unread(request.warnings, config);
}

void read_messages(const Fields& fields, GenerationRequest& request) {
  std::vector<Turn>& turns = request.chat.emplace().turns;
  read_system(fields, turns, request.warnings);
  const Json* messages = fields.array("messages");
  if (!messages || messages->empty()) {
    fail_at("messages", " is required, expected at least one");
  }
  for (size_t i = 0; i < messages->size(); ++i) {
    read_message(Fields((*messages)[i], concat("messages[", i, ']')), turns, request.warnings);
  }
}

// What both kinds of requests have.
void read_common(const Fields& fields, GenerationRequest& request) {
  request.model = fields.needed_text("model");
  read_messages(fields, request);
  read_tools(fields, *request.chat, request.warnings);
  read_thinking(fields, request);
  read_form(fields, "output_format", request);
  read_options(fields, request.options, request.warnings);
  read_loose_options(fields, request.options);
  request.keep_alive = read_keep_alive(fields);
  accept(fields, {"cache_control", "metadata", "service_tier", "speed", "inference_geo",
                  "user_profile_id", "workspace_id"});
}

void read_real(const Fields& fields, std::string_view name, Options& options) {
  const auto value = fields.real(name);
  if (!value) return;
  if (*value < 0 || *value > 1) fields.refuse(name, "a number from 0 to 1");
  options.emplace_back(name, option_text(*value));
}

}  // namespace

Asked read_request(std::string_view body) {
  const Json json = Fields::parse(body);
  const Fields fields(json, "");
  Asked asked;
  Options options;
  static_cast<void>(fields.need("max_tokens"));
  options.emplace_back("num_predict",
                       std::to_string(fields.integer("max_tokens", 0, 1, INT32_MAX)));
  read_real(fields, "temperature", options);
  read_real(fields, "top_p", options);
  read_option(fields, "top_k", options);
  for (std::string& text : fields.texts("stop_sequences")) {
    if (text.empty()) fail_at("stop_sequences", " has an empty text, expected some to stop at");
    options.emplace_back("stop", std::move(text));
  }
  asked.stream = fields.flag("stream", false);
  read_common(fields, asked.request);
  Options& all = asked.request.options;
  all.insert(all.end(), options.begin(), options.end());
  warn_of_unread(asked.request.warnings, fields);
  return asked;
}

GenerationRequest read_count_request(std::string_view body) {
  const Json json = Fields::parse(body);
  const Fields fields(json, "");
  GenerationRequest request;
  read_common(fields, request);
  warn_of_unread(request.warnings, fields);
  return request;
}

}  // namespace cria::server::anthropic
