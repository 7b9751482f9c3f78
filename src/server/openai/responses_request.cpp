#include "server/openai/responses_request.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/answers/data_json.h"
#include "server/openai/sampling.h"
#include "server/openai/tools.h"
#include "server/requests/native_fields.h"
#include "server/requests/warnings.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;
constexpr int64_t kMostAlternatives = 20;

// Nothing is kept between requests.
void refuse_state(const Fields& fields, Warnings& warnings) {
  if (fields.flag("background", false)) {
    fields.refuse("background", "false: answers are given while clients wait");
  }
  for (const char* name : {"conversation", "previous_response_id", "prompt"}) {
    if (fields.has(name)) fields.refuse(name, "none: nothing is kept between requests");
  }
  if (fields.flag("store", false)) warn(warnings, "store has no effect: no answer is kept");
}

void read_text(const Fields& fields, GenerationRequest& request) {
  request.grammar = read_format(fields);
  const Json* text = fields.object("text");
  if (!text) return;
  const Fields inner(*text, "text");
  if (const Json* format = inner.object("format")) {
    if (request.grammar) inner.refuse("format", "none beside another format");
    request.grammar =
        read_response_format(Fields(*format, inner.place("format")), request.warnings);
  }
  warn_of_unread(request.warnings, inner);
}

void read_logprobs(const Fields& fields, GenerationRequest& request) {
  request.top_logprobs = fields.integer("top_logprobs", 0, 0, kMostAlternatives);
  request.logprobs = request.top_logprobs > 0;
  for (const std::string& what : fields.texts("include")) {
    if (what == "message.output_text.logprobs") {
      request.logprobs = true;
    } else if (what != "reasoning.encrypted_content") {  // thoughts are told as they are
      warn(request.warnings, "include has no effect for what does not come up here: " + what);
    }
  }
}

void read_truncation(const Fields& fields, GenerationRequest& request) {
  const std::string truncation = fields.text("truncation");
  if (truncation.empty()) return;
  if (truncation != "auto" && truncation != "disabled") {
    fields.refuse("truncation", R"("auto" or "disabled")");
  }
  request.truncate = truncation == "auto";
}

// Fields of a response that say what was asked for, as clients' types have them.
chat::Data::Object repeat(const Json& json, bool truncate) {
  const Json defaults = {{"background", false},
                         {"instructions", nullptr},
                         {"max_output_tokens", nullptr},
                         {"metadata", Json::object()},
                         {"parallel_tool_calls", true},
                         {"previous_response_id", nullptr},
                         {"reasoning", {{"effort", nullptr}, {"summary", nullptr}}},
                         {"service_tier", "default"},
                         {"temperature", 1.0},
                         {"text", {{"format", {{"type", "text"}}}}},
                         {"tool_choice", "auto"},
                         {"tools", Json::array()},
                         {"top_logprobs", 0},
                         {"top_p", 1.0},
                         {"user", nullptr}};
  chat::Data::Object repeated;
  for (const auto& [name, value] : defaults.items()) {
    const auto given = json.find(name);
    const bool is_given = given != json.end() && !given->is_null();
    repeated.emplace_back(name, to_data(is_given ? *given : value));
  }
  repeated.emplace_back("store", false);
  repeated.emplace_back("truncation", truncate ? "auto" : "disabled");
  return repeated;
}

}  // namespace

AskedResponse read_response(std::string_view body) {
  const Json json = Fields::parse(body);
  const Fields fields(json, "");
  AskedResponse asked;
  GenerationRequest& request = asked.request;
  refuse_state(fields, request.warnings);
  read_sampling(fields, request);
  read_limit(fields, {"max_output_tokens"}, request);
  read_thinking(fields, request);
  read_text(fields, request);
  read_logprobs(fields, request);
  read_truncation(fields, request);
  read_stream(fields, asked);
  std::vector<Turn>& turns = request.chat.emplace().turns;
  const std::string instructions = fields.text("instructions");
  if (!instructions.empty()) turns.push_back({{.role = "system", .content = instructions}});
  read_input(fields, turns, request.warnings);
  read_tools(fields, *request.chat, request.warnings);
  accept(fields, {"user", "metadata", "service_tier", "safety_identifier", "prompt_cache_key",
                  "prompt_cache_retention", "prompt_cache_options"});
  warn_of_unread(request.warnings, fields);
  asked.repeated = repeat(json, request.truncate);
  return asked;
}

}  // namespace cria::server::openai
