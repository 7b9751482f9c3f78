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
