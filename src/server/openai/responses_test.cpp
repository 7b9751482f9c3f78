#include "grammar/test_grammar.h"
#include "server/answers/data_json.h"
#include "server/openai/test_requests.h"

namespace cria::server::openai {
namespace {

using test::FakeService;
using Json = nlohmann::ordered_json;
using Kind = chat::ReplyEvent::Kind;
constexpr const char* kPath = "/v1/responses";
const std::string kInput = R"("input":"hi")";

GenerationRequest asked(const std::string& fields) { return test::asked(kPath, fields); }
std::string refusal(const std::string& fields) { return test::refusal(kPath, fields); }

TEST(Responses, TakeTextsAndItems) {
  const auto text = asked(kInput + R"(,"instructions":"be kind")").chat->turns;
  ASSERT_EQ(text.size(), 2u);
  EXPECT_EQ(text[0].message.role, "system");
  EXPECT_EQ(text[1].message.content, "hi");
  const auto items = asked(R"("input":[
      {"role":"developer","content":"d"},
      {"role":"user","content":[{"type":"input_text","text":"look"},
        {"type":"input_image","detail":"auto","image_url":"data:image/png;base64,Zm9v"}]},
      {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}]},
      {"type":"message","id":"msg_1","status":"completed","role":"assistant",
       "content":[{"type":"output_text","text":"so","annotations":[]}]},
      {"type":"function_call","id":"fc_1","call_id":"c1","name":"add","arguments":"{\"a\":1}"},
      {"type":"function_call","call_id":"c2","name":"now","arguments":"{}"},
      {"type":"function_call_output","call_id":"c1","output":"1"},
      {"type":"function_call_output","call_id":"c2",
       "output":[{"type":"input_text","text":"noon"}]},
      {"role":"assistant","content":"one, at noon"}])");
  EXPECT_TRUE(items.warnings.empty()) << items.warnings.front();
  const auto& turns = items.chat->turns;
  ASSERT_EQ(turns.size(), 6u);
  EXPECT_EQ(turns[0].message.role, "system");
  EXPECT_EQ(turns[1].images, std::vector<std::string>{"foo"});
  EXPECT_EQ(turns[2].message.thinking, "hm");
  EXPECT_EQ(turns[2].message.content, "so");
  ASSERT_EQ(turns[2].message.tool_calls.size(), 2u);
  EXPECT_EQ(turns[2].message.tool_calls[1].index, 1);
  EXPECT_EQ(turns[3].message.tool_name, "add");
  EXPECT_EQ(turns[4].message.content, "noon");
  EXPECT_EQ(turns[5].message.content, "one, at noon");
}

TEST(Responses, PassOptionsOn) {
  const GenerationRequest request =
      asked(kInput + R"(,"max_output_tokens":16,"temperature":0.5,"reasoning":{"effort":"low"},
                  "truncation":"disabled","store":false,"include":["reasoning.encrypted_content"],
                  "tools":[{"type":"function","name":"add","parameters":{"type":"object"}},
                           {"type":"web_search"}],
                  "tool_choice":{"type":"function","name":"add"},"parallel_tool_calls":false,
                  "text":{"format":{"type":"json_schema","name":"x","schema":{"const":1}}})");
  EXPECT_EQ(test::value(request, "num_predict"), "16");
  EXPECT_EQ(test::value(request, "temperature"), "0.5");
  EXPECT_EQ(request.thinking->level, "low");
  EXPECT_FALSE(request.truncate);
  EXPECT_EQ(to_json(request.chat->tools).dump(),
            R"([{"type":"function","function":{"name":"add","parameters":{"type":"object"}}}])");
  EXPECT_EQ(request.chat->tool_choice.name, "add");
  EXPECT_FALSE(request.chat->tool_choice.parallel);
  EXPECT_TRUE(grammar::fits(request.grammar, "1"));
  EXPECT_EQ(request.warnings,
            std::vector<std::string>{"tools[1] of type \"web_search\" is left out"});
  EXPECT_TRUE(asked(kInput + R"(,"include":["message.output_text.logprobs"])").logprobs);
  EXPECT_EQ(asked(kInput + R"(,"store":true)").warnings,
            std::vector<std::string>{"store has no effect: no answer is kept"});
}

TEST(Responses, RefuseWhatWouldBeKept) {
  EXPECT_EQ(refusal(kInput + R"(,"background":true)"),
            "background is true, expected false: answers are given while clients wait");
  EXPECT_EQ(refusal(kInput + R"(,"previous_response_id":"resp_1")"),
            R"(previous_response_id is "resp_1", expected none: nothing is kept between requests)");
  EXPECT_EQ(refusal(kInput + R"(,"conversation":{"id":"c"})"),
            "conversation is an object, expected none: nothing is kept between requests");
  EXPECT_EQ(refusal(R"("input":[{"type":"item_reference","id":"x"}])"),
            R"(input[0].type is "item_reference", expected "message", "function_call", )"
            R"("function_call_output" or "reasoning")");
  EXPECT_EQ(refusal(R"("stream":false)"), "input is required");
}

TEST(Responses, AreOneObject) {
  FakeService service;
  service.events = {{{.kind = Kind::kThinking, .text = "hm"}}, {{.text = "Hi"}}};
  service.outcomes = {
      {.prompt_tokens = 7, .cached_tokens = 2, .generated_tokens = 3, .thinking_tokens = 1}};
  const Response response =
      test::ask(routes(service), "POST", kPath, test::body_with(kInput + R"(,"temperature":0.5)"));
  const Json json = Json::parse(test::without_ids(response.body));
  EXPECT_EQ(json["id"], "resp-ID");
  EXPECT_EQ(json["object"], "response");
  EXPECT_EQ(json["status"], "completed");
  EXPECT_EQ(json["temperature"], 0.5);
  EXPECT_EQ(json["store"], false);
  EXPECT_EQ(json["output"].dump(),
            R"([{"id":"rs-ID","type":"reasoning","status":"completed","summary":[)"
            R"({"type":"summary_text","text":"hm"}]},{"id":"msg-ID","type":"message",)"
            R"("status":"completed","role":"assistant","content":[{"type":"output_text",)"
            R"("text":"Hi","annotations":[],"logprobs":[]}]}])");
  EXPECT_EQ(
      json["usage"].dump(),
      R"({"input_tokens":7,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},)"
      R"("output_tokens":3,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":10})");
}

// "type item_index", in their order; each has the next number.
std::vector<std::string> types_of(const std::string& stream) {
  std::vector<std::string> types;
  int64_t number = 0;
  for (size_t at = stream.find("data: "); at != std::string::npos;
       at = stream.find("data: ", at + 1)) {
    const Json json = Json::parse(stream.substr(at + 6, stream.find('\n', at) - at - 6));
    EXPECT_EQ(json["sequence_number"], number++);
    types.push_back(json["type"].get<std::string>().substr(9) +
                    (json.contains("output_index") ? " " + json["output_index"].dump() : ""));
  }
  return types;
}

TEST(Responses, AreStreamsOfNumberedEvents) {
  FakeService service;
  const chat::ToolCall call{"c1", 0, "add", chat::Data::Object{{"a", 1}}};
  service.events = {{{.kind = Kind::kThinking, .text = "hm"}},
                    {{.text = "H"}},
                    {{.text = "i"}},
                    {{.kind = Kind::kToolBegin, .call = call}},
                    {{.kind = Kind::kToolArguments, .text = R"({"a":1})", .call = call}},
                    {{.kind = Kind::kToolEnd, .call = call}}};
  service.outcomes = {{.reason = Reason::kToolCalls}};
  const std::string stream =
      test::ask(routes(service), "POST", kPath, test::body_with(kInput + R"(,"stream":true)")).body;
  EXPECT_EQ(types_of(stream), (std::vector<std::string>{"created",
                                                        "in_progress",
                                                        "output_item.added 0",
                                                        "reasoning_summary_part.added 0",
                                                        "reasoning_summary_text.delta 0",
                                                        "reasoning_summary_text.done 0",
                                                        "reasoning_summary_part.done 0",
                                                        "output_item.done 0",
                                                        "output_item.added 1",
                                                        "content_part.added 1",
                                                        "output_text.delta 1",
                                                        "output_text.delta 1",
                                                        "output_text.done 1",
                                                        "content_part.done 1",
                                                        "output_item.done 1",
                                                        "output_item.added 2",
                                                        "function_call_arguments.delta 2",
                                                        "function_call_arguments.done 2",
                                                        "output_item.done 2",
                                                        "completed"}));
  EXPECT_NE(test::without_ids(stream).find(
                R"("item":{"id":"fc-ID","type":"function_call","status":"completed",)"
                R"("call_id":"c1","name":"add","arguments":"{\"a\":1}"}})"),
            std::string::npos)
      << stream;
}

TEST(Responses, AreIncompleteWhenTheyAreCut) {
  FakeService service;
  service.events = {{{.text = "H"}}};
  service.outcomes = {{.reason = Reason::kLength}};
  const std::string stream =
      test::ask(routes(service), "POST", kPath, test::body_with(kInput + R"(,"stream":true)")).body;
  EXPECT_EQ(types_of(stream).back(), "incomplete");
  EXPECT_NE(stream.find(R"("incomplete_details":{"reason":"max_output_tokens"})"),
            std::string::npos);
}

TEST(Responses, SayThatTheyFailed) {
  FakeService service;
  service.events = {{{.text = "H"}}};
  service.outcomes.clear();
  service.problem = "no more memory";
  const std::string broken =
      test::ask(routes(service), "POST", kPath, test::body_with(kInput + R"(,"stream":true)")).body;
  EXPECT_EQ(
      types_of(broken),
      (std::vector<std::string>{"created", "in_progress", "output_item.added 0",
                                "content_part.added 0", "output_text.delta 0", "output_text.done 0",
                                "content_part.done 0", "output_item.done 0", "failed"}));
  EXPECT_NE(broken.find(R"({"type":"response.failed","sequence_number":8,"response":{)"),
            std::string::npos)
      << broken;
  EXPECT_NE(broken.find(R"("status":"failed","error":{"code":"server_error",)"
                        R"("message":"no more memory"})"),
            std::string::npos)
      << broken;
}

}  // namespace
}  // namespace cria::server::openai
