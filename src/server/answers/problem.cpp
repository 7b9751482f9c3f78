#include "server/answers/problem.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "server/answers/new_id.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;

std::string_view openai_type(int status) {
  if (status == 404) return "not_found_error";
  if (status == 401 || status == 403) return "authentication_error";
  return status < 500 && status != 499 ? "invalid_request_error" : "api_error";
}

std::string_view anthropic_type(int status) {
  if (status == 401) return "authentication_error";
  if (status == 403) return "permission_error";
  if (status == 404) return "not_found_error";
  if (status == 413) return "request_too_large";
  if (status == 503) return "overloaded_error";
  return status < 500 && status != 499 ? "invalid_request_error" : "api_error";
}

}  // namespace

std::string error_object(Dialect dialect, const Problem& problem) {
  Json json;
  if (dialect == Dialect::kOpenAi) {
    json["error"] = {{"message", problem.message},
                     {"type", openai_type(problem.status)},
                     {"param", problem.field.empty() ? Json(nullptr) : Json(problem.field)},
                     {"code", nullptr}};
  } else if (dialect == Dialect::kAnthropic) {
    json = {{"type", "error"},
            {"error", {{"type", anthropic_type(problem.status)}, {"message", problem.message}}},
            {"request_id", new_id("req_")}};
  } else {
    json["error"] = problem.message;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string error_in_stream(Dialect dialect, const Problem& problem) {
  const std::string object = error_object(dialect, problem);
  if (dialect == Dialect::kNative) return object + "\n";
  return (dialect == Dialect::kAnthropic ? "event: error\ndata: " : "data: ") + object + "\n\n";
}

}  // namespace cria::server
