#include "server/gate.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temporary_folder.h"

namespace cria::server {
namespace {

const Router& router() {
  static const Router routes(
      std::vector<Route>{{"GET", "/", Scope::kNone, {}},
                         {"GET", "/api/tags", Scope::kRead, {}},
                         {"POST", "/api/chat", Scope::kInference, {}},
                         {"POST", "/api/blobs/:digest", Scope::kManage, {}, true}});
  return routes;
}

Gate gate(const Keys& keys = {}) {
  return Gate(AllowedHosts("127.0.0.1:11434", ""), AllowedOrigins("https://ok.org"), keys,
              router());
}

Request request(const std::string& method, const std::string& path,
                std::vector<Field> headers = {}) {
  return {.method = method, .path = path, .headers = std::move(headers), .query = {}, .peer = ""};
}

int status(const Admission& admission) {
  return admission.refusal ? admission.refusal->status : 200;
}

std::string header(const Response& response, const std::string& name) {
  for (const Field& field : response.headers) {
    if (field.name == name) return field.value;
  }
  return "";
}

TEST(Gate, LetsKnownRoutesIn) {
  EXPECT_EQ(status(gate().admit(request("GET", "/"))), 200);
  EXPECT_EQ(status(gate().admit(request("GET", "/nowhere"))), 404);
  const Admission wrong = gate().admit(request("GET", "/api/chat"));
  EXPECT_EQ(status(wrong), 405);
  EXPECT_EQ(header(*wrong.refusal, "Allow"), "POST");
  EXPECT_TRUE(gate().admit(request("POST", "/api/blobs/x")).streams_body);
}

TEST(Gate, KnowsHostsAndOrigins) {
  EXPECT_EQ(status(gate().admit(request("GET", "/", {{"Host", "localhost:11434"}}))), 200);
  EXPECT_EQ(status(gate().admit(request("GET", "/", {{"host", "evil.com"}}))), 403);
  EXPECT_EQ(status(gate().admit(request("GET", "/", {{"Origin", "https://ok.org"}}))), 200);
  EXPECT_EQ(status(gate().admit(request("GET", "/", {{"Origin", "https://evil.com"}}))), 403);
  EXPECT_EQ(status(gate().admit(request("OPTIONS", "/", {{"Origin", "https://evil.com"}}))), 403);
}

TEST(Gate, AnswersBrowsersThatAskBefore) {
  const Admission admission =
      gate().admit(request("OPTIONS", "/api/chat", {{"Origin", "https://ok.org"}}));
  ASSERT_EQ(status(admission), 204);
  EXPECT_EQ(header(*admission.refusal, "Access-Control-Allow-Origin"), "https://ok.org");
  EXPECT_NE(header(*admission.refusal, "Access-Control-Allow-Headers").find("Authorization"),
            std::string::npos);
  EXPECT_TRUE(gate().headers_for(request("GET", "/")).empty());
}

TEST(Gate, RefusesInTheDialectThatIsAskedIn) {
  const auto body = [](const std::string& path) {
    return gate().admit(request("GET", path)).refusal->body;
  };
  EXPECT_EQ(body("/api/nowhere"), R"({"error":"there is no such route"})");
  EXPECT_EQ(body("/v1/nowhere").find(R"({"error":{"message":"there is no such route",)"), 0u);
  EXPECT_EQ(body("/v1/messages/x").find(R"({"type":"error","error":{"type":"not_found_error",)"),
            0u);
  const Request from_page = request("POST", "/v1/chat/completions", {{"Origin", "https://ok.org"}});
  const Response busy = gate().refuse(from_page, 503, "busy");
  EXPECT_EQ(busy.body,
            R"({"error":{"message":"busy","type":"api_error","param":null,"code":null}})");
  EXPECT_EQ(header(busy, "Access-Control-Allow-Origin"), "https://ok.org");
  EXPECT_EQ(header(busy, "Retry-After"), "1");
  const Request foreign = request("GET", "/", {{"Origin", "https://evil.com"}});
  EXPECT_EQ(header(*gate().admit(foreign).refusal, "Access-Control-Allow-Origin"), "");
}

TEST(Gate, AsksForKeys) {
  const test::TemporaryFolder folder;
  folder.write("keys", std::string("0123456789abcdef inference"));
  std::filesystem::permissions(folder.file("keys"), std::filesystem::perms::owner_read);
  const Gate with_keys = gate(Keys::read(folder.file("keys")));
  EXPECT_EQ(status(with_keys.admit(request("GET", "/"))), 200);
  EXPECT_EQ(status(with_keys.admit(request("POST", "/api/chat"))), 401);
  const std::vector<Field> bearer = {{"Authorization", "Bearer 0123456789abcdef"}};
  EXPECT_EQ(status(with_keys.admit(request("POST", "/api/chat", bearer))), 200);
  EXPECT_EQ(
      status(with_keys.admit(request("POST", "/api/chat", {{"x-api-key", "0123456789abcdef"}}))),
      200);
  EXPECT_EQ(status(with_keys.admit(request("GET", "/api/tags", bearer))), 403);
}

}  // namespace
}  // namespace cria::server
