#include "server/anthropic/routes.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "server/answers/anthropic_writer.h"
#include "server/answers/new_id.h"
#include "server/anthropic/message_request.h"
#include "server/respond.h"

namespace cria::server::anthropic {
namespace {

void answer_messages(Service& service, Call& call) {
  Asked asked = read_request(call.request.body);
  AnthropicWriter writer(
      {.id = new_id("msg_"), .model = asked.request.model, .stream = asked.stream});
  service.generate(call, std::move(asked.request), writer, asked.stream);
}

void answer_count(Service& service, Call& call) {
  const GenerationRequest request = read_count_request(call.request.body);
  nlohmann::ordered_json json = {{"input_tokens", service.count_tokens(call, request)}};
  if (!request.warnings.empty()) json["warnings"] = request.warnings;
  respond(call, json);
}

}  // namespace

std::vector<Route> routes(Service& service) {
  const auto with = [&](void (*answer)(Service&, Call&)) {
    return [&service, answer](Call& call) { answer(service, call); };
  };
  return {
      {"POST", "/v1/messages", Scope::kInference, with(answer_messages)},
      {"POST", "/v1/messages/count_tokens", Scope::kInference, with(answer_count)},
  };
}

}  // namespace cria::server::anthropic
