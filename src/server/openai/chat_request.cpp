#include "server/openai/chat_request.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/openai/messages.h"
#include "server/openai/sampling.h"
#include "server/openai/tools.h"
#include "server/requests/native_fields.h"
#include "server/requests/warnings.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;
constexpr int64_t kMostAlternatives = 20;

void read_form(const Fields& fields, GenerationRequest& request) {
  request.grammar = read_format(fields);
  const Json* format = fields.object("response_format");
  if (!format) return;
  if (request.grammar) fields.refuse("response_format", "none beside format");
  request.grammar =
      read_response_format(Fields(*format, fields.place("response_format")), request.warnings);
}

void read_logprobs(const Fields& fields, GenerationRequest& request) {
  request.logprobs = fields.flag("logprobs", false);
  request.top_logprobs = fields.integer("top_logprobs", 0, 0, kMostAlternatives);
  if (request.top_logprobs > 0 && !request.logprobs) {
    fields.refuse("top_logprobs", "none without logprobs: true");
  }
}

void refuse_other_media(const Fields& fields) {
  for (const std::string& modality : fields.texts("modalities")) {
    if (modality != "text") fields.refuse("modalities", "only \"text\"");
  }
  if (fields.has("audio")) fields.refuse("audio", "none: no model here speaks");
  if (fields.has("web_search_options")) {
    fields.refuse("web_search_options", "none: nothing is searched from here");
  }
}

}  // namespace

void read_stream(const Fields& fields, Asked& asked) {
  asked.stream = fields.flag("stream", false);
  const Json* options = fields.object("stream_options");
  if (!options) return;
  const Fields inner(*options, "stream_options");
  asked.usage = inner.flag("include_usage", false);
  accept(inner, {"include_obfuscation"});
  warn_of_unread(asked.request.warnings, inner);
}

Asked read_chat(std::string_view body) {
  const Json json = Fields::parse(body);
  const Fields fields(json, "");
  Asked asked;
  GenerationRequest& request = asked.request;
  read_sampling(fields, request);
  read_choices(fields, request);
  read_limit(fields, {"max_completion_tokens", "max_tokens"}, request);
  read_thinking(fields, request);
  read_form(fields, request);
  read_logprobs(fields, request);
  read_stream(fields, asked);
  refuse_other_media(fields);
  request.chat.emplace();
  request.chat->turns = read_messages(fields, request.warnings);
  read_tools(fields, *request.chat, request.warnings);
  accept(fields,
         {"user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
          "prompt_cache_retention", "prompt_cache_options", "prediction"});
  warn_of_unread(request.warnings, fields);
  return asked;
}

}  // namespace cria::server::openai
