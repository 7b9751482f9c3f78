#include "server/errors.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "runner/engine.h"
#include "server/fields.h"
#include "server/scheduler.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;

TEST(Errors, HaveStatuses) {
  using Code = Error::Code;
  EXPECT_EQ(problem_of(Error(Code::kInvalidArgument, "x")).status, 400);
  EXPECT_EQ(problem_of(Error(Code::kUnsupported, "x")).status, 400);
  EXPECT_EQ(problem_of(Error(Code::kNotFound, "x")).status, 404);
  EXPECT_EQ(problem_of(Error(Code::kCancelled, "x")).status, 499);
  EXPECT_EQ(problem_of(Error(Code::kCorrupt, "x")).status, 500);
  EXPECT_EQ(problem_of(std::runtime_error("x")).status, 500);
  EXPECT_EQ(problem_of(StatusError(409, "x")).status, 409);
  EXPECT_EQ(problem_of(runner::QueueFull(3)).status, 503);
  EXPECT_EQ(problem_of(Busy(Code::kOutOfMemory, "x")).status, 503);
}

TEST(Errors, NameNoFolders) {
  EXPECT_EQ(without_folders("/root/.ollama/models/blobs/sha256-12: tensor blk.0 is broken"),
            "sha256-12: tensor blk.0 is broken");
  EXPECT_EQ(without_folders("no such file: \"/etc/x y\", and/or /api"),
            "no such file: \"x y\", and/or /api");
  EXPECT_EQ(without_folders("a/b c//d /e/"), "a/b c//d ");
  EXPECT_EQ(without_folders("https://example.com/a/b.png, file:///etc/passwd"),
            "https://example.com/a/b.png, file://passwd");
  EXPECT_EQ(problem_of(Error(Error::Code::kCorrupt, "/a/b: broken")).message, "b: broken");
}

TEST(Errors, SpeakTheDialectThatWasAsked) {
  const Problem problem{404, "model \"x\" not found"};
  EXPECT_EQ(error_response(Dialect::kNative, problem).body, R"({"error":"model \"x\" not found"})");
  EXPECT_EQ(
      error_response(Dialect::kOpenAi, problem).body,
      R"({"error":{"message":"model \"x\" not found","type":"not_found_error","param":null,"code":null}})");
  const std::string anthropics = error_response(Dialect::kAnthropic, problem).body;
  EXPECT_TRUE(anthropics.starts_with(
      R"({"type":"error","error":{"type":"not_found_error","message":"model \"x\" not found"},"request_id":"req_)"))
      << anthropics;
  const Json json = {{"temperature", "warm"}};
  const Fields fields(json, "options");
  std::string field;
  try {
    fields.real("temperature");
  } catch (const Error& error) {
    const Problem of_field = problem_of(error);
    EXPECT_EQ(of_field.status, 400);
    field = of_field.field;
    EXPECT_NE(error_object(Dialect::kOpenAi, of_field).find(R"("param":"options.temperature")"),
              std::string::npos);
  }
  EXPECT_EQ(field, "options.temperature");
  EXPECT_EQ(dialect_of("/api/chat"), Dialect::kNative);
  EXPECT_EQ(dialect_of("/v1/messages/count_tokens"), Dialect::kAnthropic);
  EXPECT_EQ(dialect_of("/v1/chat/completions"), Dialect::kOpenAi);
}

TEST(Errors, SayWhenToComeAgain) {
  const Response response = error_response(Dialect::kNative, {503, "busy"});
  EXPECT_EQ(response.status, 503);
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].name, "Retry-After");
}

}  // namespace
}  // namespace cria::server
