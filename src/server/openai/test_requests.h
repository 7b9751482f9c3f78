#pragma once
// For tests of /v1: what the service is asked for by a request, or how the request is refused.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/fake_service.h"
#include "server/openai/routes.h"

namespace cria::server::openai::test {

using server::test::ask;
using server::test::FakeService;
using server::test::without_ids;

// The body of a request for model "m" with these fields.
inline std::string body_with(const std::string& fields) {
  return R"({"model":"m")" + (fields.empty() ? "" : "," + fields) + "}";
}

inline GenerationRequest asked(const std::string& path, const std::string& fields) {
  FakeService service;
  const Response response = ask(routes(service), "POST", path, body_with(fields));
  EXPECT_EQ(response.status, 200) << response.body;
  return service.asked;
}

inline std::string refusal_of_body(const std::string& path, const std::string& body) {
  FakeService service;
  const Response response = ask(routes(service), "POST", path, body);
  EXPECT_EQ(response.status, 400) << response.body;
  const auto json = nlohmann::ordered_json::parse(response.body);
  EXPECT_EQ(json["error"]["type"], "invalid_request_error");
  return json["error"]["message"].get<std::string>();
}
inline std::string refusal(const std::string& path, const std::string& fields) {
  return refusal_of_body(path, body_with(fields));
}

inline std::vector<std::string> values(const GenerationRequest& request, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& [key, value] : request.options) {
    if (key == name) found.push_back(value);
  }
  return found;
}
// The value that counts.
inline std::string value(const GenerationRequest& request, const std::string& name) {
  const auto all = values(request, name);
  return all.empty() ? "" : all.back();
}

}  // namespace cria::server::openai::test
