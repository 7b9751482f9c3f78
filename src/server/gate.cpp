#include "server/gate.h"

#include "base/error.h"
#include "base/quote.h"
#include "server/errors.h"

namespace cria::server {
namespace {

constexpr const char* kHeaders =
    "Authorization, Content-Type, User-Agent, Accept, X-Requested-With, X-Api-Key, "
    "Anthropic-Version, Anthropic-Beta, Anthropic-Dangerous-Direct-Browser-Access, OpenAI-Beta, "
    "X-Stainless-Arch, X-Stainless-Async, X-Stainless-Custom-Poll-Interval, "
    "X-Stainless-Helper-Method, X-Stainless-Lang, X-Stainless-Os, X-Stainless-Package-Version, "
    "X-Stainless-Poll-Helper, X-Stainless-Retry-Count, X-Stainless-Runtime, "
    "X-Stainless-Runtime-Version, X-Stainless-Timeout";

// Of "Authorization: Bearer KEY", or of X-Api-Key, which Anthropic's clients send.
std::string_view key_of(const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  if (const auto header = request.header("authorization"); header && header->starts_with(kBearer)) {
    return header->substr(kBearer.size());
  }
  return request.header("x-api-key").value_or("");
}

}  // namespace

Gate::Gate(AllowedHosts hosts, AllowedOrigins origins, Keys keys, const Router& router)
    : hosts_(std::move(hosts)),
      origins_(std::move(origins)),
      keys_(std::move(keys)),
      router_(router) {}

Admission Gate::admit(const Request& request) const {
  const std::string_view host = request.header("host").value_or("");
  if (!hosts_.allows(host)) {
    return {.refusal = refuse(request, 403,
                              concat("this server does not answer for the host ", quote(host)))};
  }
  if (const auto origin = request.header("origin"); origin && !origins_.allows(*origin, host)) {
    return {.refusal = refuse(request, 403,
                              concat("pages of ", quote(*origin), " may not ask this server"))};
  }
  if (request.method == "OPTIONS") return {.refusal = preflight(request)};
  const Router::Found found = router_.find(request.method, request.path);
  if (!found.route) {
    Response response =
        refuse(request, found.allowed.empty() ? 404 : 405,
               found.allowed.empty() ? "there is no such route" : "the method is not allowed here");
    if (!found.allowed.empty()) response.headers.push_back({"Allow", found.allowed});
    return {.refusal = std::move(response)};
  }
  switch (keys_.check(key_of(request), found.route->scope)) {
    case Keys::Answer::kYes:
      break;
    case Keys::Answer::kUnknownKey:
      return {.refusal =
                  refuse(request, 401, "this server needs a key: Authorization: Bearer KEY")};
    case Keys::Answer::kOtherScope:
      return {.refusal = refuse(request, 403, "the key is not good for this route")};
  }
  return {.refusal = {}, .streams_body = found.route->streams_body};
}

Response Gate::refuse(const Request& request, int status, const std::string& why) const {
  Response response = error_response(dialect_of(request.path), {status, why});
  for (Field& header : headers_for(request)) response.headers.push_back(std::move(header));
  return response;
}

Response Gate::preflight(const Request& request) const {
  Response response{.status = 204, .body = "", .type = "", .headers = headers_for(request)};
  response.headers.push_back(
      {"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"});
  response.headers.push_back({"Access-Control-Allow-Headers", kHeaders});
  response.headers.push_back({"Access-Control-Max-Age", "43200"});
  return response;
}

std::vector<Field> Gate::headers_for(const Request& request) const {
  const auto origin = request.header("origin");
  if (!origin || !origins_.allows(*origin, request.header("host").value_or(""))) return {};
  return {{"Access-Control-Allow-Origin", std::string(*origin)}, {"Vary", "Origin"}};
}

}  // namespace cria::server
