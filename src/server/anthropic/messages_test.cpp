#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "grammar/test_grammar.h"
#include "server/answers/data_json.h"
#include "server/anthropic/routes.h"
#include "server/fake_service.h"
#include "server/requests/warnings.h"

namespace cria::server::anthropic {
namespace {

using Json = nlohmann::ordered_json;
using test::FakeService;
using test::without_ids;
using ChoiceKind = ToolChoice::Kind;

Response messages(FakeService& service, const std::string& body) {
  return test::ask(routes(service), "POST", "/v1/messages", body);
}

std::string body_with(const std::string& fields) {
  return R"({"model":"m","max_tokens":9)" + (fields.empty() ? "" : "," + fields) + "}";
}
const std::string kHi = R"("messages":[{"role":"user","content":"hi"}])";

GenerationRequest asked(const std::string& fields) {
  FakeService service;
  const Response response = messages(service, body_with(fields));
  EXPECT_EQ(response.status, 200) << response.body;
  return service.asked;
}
std::vector<Turn> turns(const std::string& list) {
  return asked(R"("messages":)" + list).chat->turns;
}

std::string refusal(const std::string& body) {
  FakeService service;
  const Response response = messages(service, body);
  EXPECT_EQ(response.status, 400) << response.body;
  const Json json = Json::parse(response.body);
  EXPECT_EQ(json["type"], "error");
  EXPECT_EQ(json["error"]["type"], "invalid_request_error");
  return json["error"]["message"].get<std::string>();
}
std::string refusal_of(const std::string& fields) { return refusal(body_with(fields)); }

TEST(Messages, PassOptionsOn) {
  const GenerationRequest request =
      asked(kHi + R"(,"temperature":0.5,"top_p":0.9,"top_k":40,"stop_sequences":["a","b"],
              "metadata":{"user_id":"u"},"service_tier":"auto","cache_control":null,
              "num_ctx":64,"options":{"min_p":0.1},"keep_alive":"5m")");
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.options, (Options{{"min_p", "0.1"},
                                      {"num_ctx", "64"},
                                      {"num_predict", "9"},
                                      {"temperature", "0.5"},
                                      {"top_p", "0.9"},
                                      {"top_k", "40"},
                                      {"stop", "a"},
                                      {"stop", "b"}}));
  EXPECT_TRUE(request.keep_alive.has_value());
  EXPECT_TRUE(request.warnings.empty());
}

TEST(Messages, BeginWithTheSystem) {
  const auto text = asked(kHi + R"(,"system":"be kind")").chat->turns;
  ASSERT_EQ(text.size(), 2u);
  EXPECT_EQ(text[0].message.role, "system");
  EXPECT_EQ(text[0].message.content, "be kind");
  const auto blocks = asked(kHi + R"(,"system":[
      {"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}])");
  EXPECT_EQ(blocks.chat->turns[0].message.content, "a\nb");
  EXPECT_TRUE(blocks.warnings.empty());
}

TEST(Messages, AreMadeOfBlocks) {
  const auto all = turns(R"([
      {"role":"user","content":[{"type":"text","text":"look"},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"Zm9v"}}]},
      {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},
        {"type":"text","text":"ok"},
        {"type":"tool_use","id":"t1","name":"add","input":{"b":1,"a":2}},
        {"type":"tool_use","id":"t2","name":"now","input":{}}]},
      {"role":"user","content":[
        {"type":"tool_result","tool_use_id":"t1","content":"3"},
        {"type":"tool_result","tool_use_id":"t2","is_error":true,
         "content":[{"type":"text","text":"no clock"},
           {"type":"image","source":{"type":"base64","data":"Zg=="}}]},
        {"type":"text","text":"and now?"}]}])");
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0].message.content, "look");
  EXPECT_EQ(all[0].images, std::vector<std::string>{"foo"});
  EXPECT_EQ(all[0].message.images, 1);
  EXPECT_EQ(all[1].message.thinking, "hm");
  EXPECT_EQ(all[1].message.content, "ok");
  ASSERT_EQ(all[1].message.tool_calls.size(), 2u);
  EXPECT_EQ(all[1].message.tool_calls[0].id, "t1");
  EXPECT_EQ(to_json(all[1].message.tool_calls[0].arguments).dump(), R"({"b":1,"a":2})");
  EXPECT_EQ(all[1].message.tool_calls[1].index, 1);
  EXPECT_EQ(all[2].message.role, "tool");
  EXPECT_EQ(all[2].message.tool_name, "add");
  EXPECT_EQ(all[2].message.tool_call_id, "t1");
  EXPECT_EQ(all[2].message.content, "3");
  EXPECT_EQ(all[3].message.content, "Error: no clock");
  EXPECT_EQ(all[3].images.size(), 1u);
  EXPECT_EQ(all[4].message.role, "user");
  EXPECT_EQ(all[4].message.content, "and now?");
}

TEST(Messages, SayHowMuchToThink) {
  EXPECT_FALSE(asked(kHi).thinking);
  EXPECT_FALSE(asked(kHi + R"(,"thinking":{"type":"disabled"})").thinking->on);
  EXPECT_TRUE(asked(kHi + R"(,"thinking":{"type":"adaptive"})").thinking->on);
  const GenerationRequest enabled =
      asked(kHi + R"(,"thinking":{"type":"enabled","budget_tokens":1024},
               "output_config":{"effort":"xhigh"})");
  EXPECT_EQ(enabled.thinking->level, "max");
  ASSERT_EQ(enabled.warnings.size(), 1u);
  EXPECT_NE(enabled.warnings[0].find("thinking.budget_tokens has no effect"), std::string::npos);
  EXPECT_EQ(asked(kHi + R"(,"output_config":{"effort":"low"})").warnings,
            Warnings{"output_config.effort has no effect without thinking"});
  EXPECT_EQ(refusal_of(kHi + R"(,"thinking":{"type":"much"})"),
            R"(thinking.type is "much", expected "enabled", "adaptive" or "disabled")");
}

TEST(Messages, HoldAnswersToASchema) {
  const std::string format = R"({"type":"json_schema","schema":{"const":1}})";
  for (const std::string& field :
       {R"("output_format":)" + format, R"("output_config":{"format":)" + format + "}"}) {
    const auto grammar = asked(kHi + "," + field).grammar;
    EXPECT_TRUE(grammar::fits(grammar, "1"));
    EXPECT_FALSE(grammar::fits(grammar, "2"));
  }
  EXPECT_EQ(refusal_of(kHi + R"(,"output_format":{"type":"text"})"),
            R"(output_format.type is "text", expected "json_schema")");
}

TEST(Messages, EnforceTheChoiceOfTools) {
  const std::string tools = kHi + R"(,"tools":[
      {"name":"add","description":"adds","input_schema":{"type":"object","properties":{"b":{}}}},
      {"type":"web_search_20250305","name":"web_search"}],"tool_choice":)";
  const GenerationRequest request =
      asked(tools + R"({"type":"any","disable_parallel_tool_use":true})");
  EXPECT_EQ(to_json(request.chat->tools).dump(),
            R"([{"type":"function","function":{"name":"add","description":"adds","parameters":)"
            R"({"type":"object","properties":{"b":{}}}}}])");
  EXPECT_EQ(request.warnings, Warnings{"tools[1] of type \"web_search_20250305\" is left out"});
  EXPECT_EQ(request.chat->tool_choice.kind, ChoiceKind::kRequired);
  EXPECT_FALSE(request.chat->tool_choice.parallel);
  const ToolChoice named = asked(tools + R"({"type":"tool","name":"add"})").chat->tool_choice;
  EXPECT_EQ(named.kind, ChoiceKind::kNamed);
  EXPECT_EQ(named.name, "add");
  EXPECT_TRUE(named.parallel);
  EXPECT_EQ(asked(tools + R"({"type":"none"})").chat->tool_choice.kind, ChoiceKind::kNone);
  EXPECT_EQ(asked(tools + R"({"type":"auto"})").chat->tool_choice.kind, ChoiceKind::kAuto);
  EXPECT_EQ(refusal_of(tools + R"({"type":"tool","name":"web_search"})"),
            "tool_choice names \"web_search\", but there is no such tool");
  EXPECT_EQ(refusal_of(kHi + R"(,"tool_choice":{"type":"any"})"),
            "tool_choice asks for a call, but there are no tools");
}

TEST(Messages, RefuseWhatCanNotBe) {
  EXPECT_EQ(refusal("{\"model\":\"m\"," + kHi + "}"), "max_tokens is required");
  EXPECT_EQ(refusal("{\"model\":\"m\",\"max_tokens\":0," + kHi + "}"),
            "max_tokens is 0, expected one from 1 to 2147483647");
  EXPECT_EQ(refusal("{\"max_tokens\":1," + kHi + "}"), "model is required");
  EXPECT_EQ(refusal_of(R"("messages":[])"), "messages is required, expected at least one");
  EXPECT_EQ(refusal_of(R"("messages":[{"role":"robot","content":"hi"}])"),
            R"(messages[0].role is "robot", expected "user" or "assistant")");
  EXPECT_EQ(
      refusal_of(R"("messages":[{"role":"user","content":[{"type":"document"}]}])"),
      R"(messages[0].content[0].type is "document", expected "text", "image" or "tool_result")");
  EXPECT_NE(refusal_of(R"("messages":[{"role":"user","content":[{"type":"image","source":
                {"type":"url","url":"https://example.com/a.png"}}]}])")
                .find("no picture is fetched from elsewhere"),
            std::string::npos);
  EXPECT_EQ(refusal_of(kHi + R"(,"temperature":1.5)"),
            "temperature is 1.5, expected a number from 0 to 1");
}

TEST(Messages, AreOneObject) {
  FakeService service;
  service.events = {{{.text = "Hi"}}};
  service.outcomes = {{.prompt_tokens = 7, .cached_tokens = 2, .generated_tokens = 3}};
  EXPECT_EQ(without_ids(messages(service, body_with(kHi + R"(,"warp":9)")).body),
            R"({"id":"msg-ID","type":"message","role":"assistant","model":"m",)"
            R"("content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn",)"
            R"("stop_sequence":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":0,)"
            R"("cache_read_input_tokens":2,"output_tokens":3},)"
            R"("warnings":["unknown field \"warp\""]})");
}

TEST(Messages, AreStreams) {
  FakeService service;
  service.events = {{{.text = "Hi"}}};
  const Response whole = messages(service, body_with(kHi + R"(,"stream":true)"));
  EXPECT_EQ(whole.type, "text/event-stream");
  std::vector<std::string> types;
  for (size_t at = whole.body.find("event: "); at != std::string::npos;
       at = whole.body.find("event: ", at + 1)) {
    types.push_back(whole.body.substr(at + 7, whole.body.find('\n', at) - at - 7));
  }
  EXPECT_EQ(types,
            (std::vector<std::string>{"message_start", "content_block_start", "content_block_delta",
                                      "content_block_stop", "message_delta", "message_stop"}));
  service.problem = "no more memory";
  const std::string broken = messages(service, body_with(kHi + R"(,"stream":true)")).body;
  const std::string end = broken.substr(broken.rfind("event: "));
  EXPECT_TRUE(end.starts_with(
      "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":"
      "\"no more memory\"},\"request_id\":\"req_"))
      << broken;
}

TEST(Messages, AreCounted) {
  FakeService service;
  const auto count = [&](const std::string& body) {
    return test::ask(routes(service), "POST", "/v1/messages/count_tokens", body);
  };
  EXPECT_EQ(count(R"({"model":"m","system":"s",)" + kHi + "}").body, R"({"input_tokens":42})");
  EXPECT_EQ(service.asked.chat->turns.size(), 2u);
  EXPECT_EQ(count(R"({"model":"m"})").status, 400);
}

}  // namespace
}  // namespace cria::server::anthropic
