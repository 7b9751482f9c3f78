#include "server/openai/routes.h"

#include <utility>

#include "server/answers/new_id.h"
#include "server/answers/openai_writer.h"
#include "server/answers/responses_writer.h"
#include "server/openai/completion_request.h"
#include "server/openai/embeddings.h"
#include "server/openai/models.h"
#include "server/openai/responses_request.h"

namespace cria::server::openai {
namespace {

OpenAiWriter::Options writer_options(const Asked& asked, std::string_view prefix) {
  return {.id = new_id(prefix),
          .model = asked.request.model,
          .created = seconds_since_1970(),
          .stream = asked.stream,
          .usage = asked.usage,
          .choices = asked.request.choices};
}

void answer_chat(Service& service, Call& call) {
  Asked asked = read_chat(call.request.body);
  OpenAiWriter writer(writer_options(asked, "chatcmpl-"));
  service.generate(call, std::move(asked.request), writer, asked.stream);
}

void answer_completion(Service& service, Call& call) {
  AskedCompletion asked = read_completion(call.request.body);
  OpenAiWriter::Options options = writer_options(asked, "cmpl-");
  options.chat = false;
  options.echoes = std::move(asked.echoes);
  OpenAiWriter writer(std::move(options));
  service.generate(call, std::move(asked.request), writer, asked.stream);
}

void answer_response(Service& service, Call& call) {
  AskedResponse asked = read_response(call.request.body);
  ResponsesWriter writer({.id = new_id("resp_"),
                          .model = asked.request.model,
                          .created = seconds_since_1970(),
                          .stream = asked.stream,
                          .request = std::move(asked.repeated),
                          .new_id = new_id});
  service.generate(call, std::move(asked.request), writer, asked.stream);
}

}  // namespace

std::vector<Route> routes(Service& service) {
  const auto with = [&](void (*answer)(Service&, Call&)) {
    return [&service, answer](Call& call) { answer(service, call); };
  };
  return {
      {"POST", "/v1/chat/completions", Scope::kInference, with(answer_chat)},
      {"POST", "/v1/completions", Scope::kInference, with(answer_completion)},
      {"POST", "/v1/responses", Scope::kInference, with(answer_response)},
      {"POST", "/v1/embeddings", Scope::kInference, with(answer_embeddings)},
      {"POST", "/v1/rerank", Scope::kInference, with(answer_rerank)},
      {"GET", "/v1/models", Scope::kRead, with(answer_models)},
      {"GET", "/v1/models/*model", Scope::kRead, with(answer_model)},
  };
}

}  // namespace cria::server::openai
