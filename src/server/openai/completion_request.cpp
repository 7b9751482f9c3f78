#include "server/openai/completion_request.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/openai/sampling.h"
#include "server/requests/native_fields.h"
#include "server/requests/warnings.h"

namespace cria::server::openai {
namespace {

constexpr int64_t kMostAlternatives = 5;

// A number here: 0 is logprobs without alternatives.
void read_logprobs(const Fields& fields, GenerationRequest& request) {
  request.logprobs = fields.has("logprobs");
  request.top_logprobs = fields.integer("logprobs", 0, 0, kMostAlternatives);
}

// Ids are what they are: no template goes around them.
void read_prompt(const Fields& fields, CompletionRequest& completion) {
  completion.prompts = read_prompts(fields, "prompt");
  const bool are_ids = !completion.prompts.front().ids.empty();
  completion.raw = fields.flag("raw", are_ids);
  completion.suffix = fields.text("suffix");
  if (are_ids && !completion.raw) fields.refuse("raw", "true with a prompt of ids");
  if (are_ids && !completion.suffix.empty()) fields.refuse("suffix", "none with a prompt of ids");
}

void read_echo(const Fields& fields, AskedCompletion& asked) {
  if (!fields.flag("echo", false)) return;
  if (asked.request.logprobs)
    fields.refuse("echo", "false with logprobs, which a prompt has none of");
  for (const Prompt& prompt : asked.request.completion.prompts) {
    if (!prompt.ids.empty()) fields.refuse("echo", "false with a prompt of ids");
    asked.echoes.push_back(prompt.text);
  }
}

}  // namespace

AskedCompletion read_completion(std::string_view body) {
  const auto json = Fields::parse(body);
  const Fields fields(json, "");
  AskedCompletion asked;
  GenerationRequest& request = asked.request;
  read_sampling(fields, request);
  read_choices(fields, request);
  if (fields.integer("best_of").value_or(request.choices) != request.choices) {
    fields.refuse("best_of", concat("as many as n, ", request.choices));
  }
  read_limit(fields, {"max_tokens"}, request);
  read_thinking(fields, request);
  request.grammar = read_format(fields);
  read_logprobs(fields, request);
  read_stream(fields, asked);
  read_prompt(fields, request.completion);
  read_echo(fields, asked);
  accept(fields, {"user"});
  warn_of_unread(request.warnings, fields);
  return asked;
}

}  // namespace cria::server::openai
