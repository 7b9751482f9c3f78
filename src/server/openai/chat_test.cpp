#include <gtest/gtest.h>

#include "grammar/test_grammar.h"
#include "server/fake_service.h"
#include "server/openai/test_requests.h"

namespace cria::server::openai {
namespace {

using test::FakeService;
using test::value;
using test::values;
using test::without_ids;
using Kind = Event::Kind;

constexpr const char* kPath = "/v1/chat/completions";
const std::string kMessage = R"("messages":[{"role":"user","content":"hi"}])";

GenerationRequest asked(const std::string& fields) {
  return test::asked(kPath, kMessage + (fields.empty() ? "" : "," + fields));
}
std::string refusal_of(const std::string& fields) {
  return test::refusal(kPath, kMessage + "," + fields);
}
std::string refusal(const std::string& body) { return test::refusal_of_body(kPath, body); }
Response chat(FakeService& service, const std::string& body) {
  return test::ask(routes(service), "POST", kPath, body);
}

TEST(ChatCompletions, HaveOpenAisDefaults) {
  const GenerationRequest request = asked("");
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.options, (Options{{"temperature", "1"}, {"top_p", "1"}}));
  EXPECT_EQ(request.choices, 1);
  EXPECT_FALSE(request.thinking);
  EXPECT_FALSE(request.grammar);
  EXPECT_FALSE(request.logprobs);
  EXPECT_TRUE(request.warnings.empty());
  EXPECT_TRUE(request.chat->tools.is_null());
}

TEST(ChatCompletions, PassOptionsOn) {
  const GenerationRequest request = asked(
      R"("temperature":0.5,"top_p":0.9,"presence_penalty":-1,"frequency_penalty":2,"seed":7,
         "stop":["a","b"],"max_tokens":5,"max_completion_tokens":6,"n":3,
         "logit_bias":{"50256":-100,"3":1.5},"logprobs":true,"top_logprobs":20)");
  EXPECT_EQ(value(request, "temperature"), "0.5");
  EXPECT_EQ(value(request, "top_p"), "0.9");
  EXPECT_EQ(value(request, "presence_penalty"), "-1.0");
  EXPECT_EQ(value(request, "frequency_penalty"), "2.0");
  EXPECT_EQ(value(request, "seed"), "7");
  EXPECT_EQ(values(request, "stop"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(value(request, "num_predict"), "6");
  EXPECT_EQ(values(request, "logit_bias"), (std::vector<std::string>{"50256=-100.0", "3=1.5"}));
  EXPECT_EQ(request.choices, 3);
  EXPECT_TRUE(request.logprobs);
  EXPECT_EQ(request.top_logprobs, 20);
  EXPECT_EQ(values(asked(R"("stop":"x")"), "stop"), std::vector<std::string>{"x"});
  EXPECT_EQ(value(asked(R"("max_tokens":-1)"), "num_predict"), "-1");
}

TEST(ChatCompletions, TakeExtensions) {
  const GenerationRequest request = asked(
      R"("options":{"temperature":0.1,"mirostat":1},"top_k":9,"min_p":0.1,"repeat_penalty":1.2,
         "num_ctx":64,"keep_alive":-1,"truncate":false,"shift":false)");
  EXPECT_EQ(value(request, "temperature"), "0.1");
  EXPECT_EQ(value(request, "mirostat"), "1");
  EXPECT_EQ(value(request, "top_k"), "9");
  EXPECT_EQ(value(request, "min_p"), "0.1");
  EXPECT_EQ(value(request, "repeat_penalty"), "1.2");
  EXPECT_EQ(value(request, "num_ctx"), "64");
  ASSERT_TRUE(request.keep_alive);
  EXPECT_FALSE(*request.keep_alive);
  EXPECT_FALSE(request.truncate);
  EXPECT_FALSE(request.shift);
  EXPECT_TRUE(request.warnings.empty());
}

TEST(ChatCompletions, ThinkAsMuchAsIsAskedFor) {
  EXPECT_FALSE(asked(R"("reasoning_effort":"none")").thinking->on);
  EXPECT_EQ(asked(R"("reasoning":{"effort":"minimal","summary":"auto"})").thinking->level, "low");
  EXPECT_TRUE(asked(R"("think":true)").thinking->on);
  EXPECT_FALSE(asked(R"("chat_template_kwargs":{"enable_thinking":false})").thinking->on);
  EXPECT_EQ(asked(R"("think":true,"reasoning_effort":"high")").thinking->level, "high");
  EXPECT_EQ(refusal_of(R"("think":false,"reasoning_effort":"high")"),
            "reasoning_effort contradicts another field that says how much to think");
}

TEST(ChatCompletions, HoldAnswersToAForm) {
  EXPECT_FALSE(asked(R"("response_format":{"type":"text"})").grammar);
  EXPECT_TRUE(
      grammar::fits(asked(R"("response_format":{"type":"json_object"})").grammar, R"({"a": 1})"));
  const std::string schema =
      R"({"type":"object","properties":{"b":{"const":1},"a":{"const":2}},"required":["b","a"]})";
  for (const char* strict : {"true", "false"}) {
    const auto grammar = asked(R"("response_format":{"type":"json_schema","json_schema":{"name":"x",
                               "strict":)" +
                               std::string(strict) + R"(,"schema":)" + schema + "}}")
                             .grammar;
    EXPECT_TRUE(grammar::fits(grammar, R"({"b":1,"a":2})"));
    EXPECT_FALSE(grammar::fits(grammar, R"({"a":2,"b":1})"));
  }
  EXPECT_TRUE(grammar::fits(asked(R"("format":"regex:ab+")").grammar, "abb"));
  EXPECT_EQ(refusal_of(R"("response_format":{"type":"json_schema","json_schema":{"name":"x"}})"),
            "response_format.json_schema.schema is required");
  EXPECT_NE(refusal_of(R"("response_format":{"type":"json_schema","json_schema":{
                          "schema":{"uniqueItems":true}}})")
                .find("uniqueItems"),
            std::string::npos);
  EXPECT_EQ(refusal_of(R"("response_format":{"type":"yaml"})"),
            R"(response_format.type is "yaml", expected "text", "json_object" or "json_schema")");
  EXPECT_EQ(refusal_of(R"("format":"json","response_format":{"type":"text"})"),
            "response_format is an object, expected none beside format");
}

TEST(ChatCompletions, WarnOfWhatHasNoEffect) {
  const GenerationRequest quiet = asked(
      R"("user":"u","metadata":{},"store":true,"service_tier":"auto","safety_identifier":"s",
         "prompt_cache_key":"k","modalities":["text"],"stream_options":{"include_usage":true})");
  EXPECT_TRUE(quiet.warnings.empty()) << quiet.warnings.front();
  const GenerationRequest request =
      asked(R"("verbosity":"low","options":{"warp":9},"reasoning":{"effort":"low","x":1})");
  EXPECT_EQ(request.warnings,
            (std::vector<std::string>{"unknown option \"warp\"", "unknown field \"reasoning.x\"",
                                      "unknown field \"verbosity\""}));
}

TEST(ChatCompletions, RefuseWhatCanNotBe) {
  EXPECT_EQ(refusal("{"), "the request is no JSON from byte 2 on");
  EXPECT_EQ(refusal(R"({"messages":[{"role":"user","content":"hi"}]})"), "model is required");
  EXPECT_EQ(refusal(R"({"model":"m"})"), "messages is required, expected at least one");
  EXPECT_EQ(refusal(R"({"model":"m","messages":[]})"),
            "messages is required, expected at least one");
  EXPECT_EQ(refusal_of(R"("temperature":2.5)"),
            "temperature is 2.5, expected a number from 0 to 2");
  EXPECT_EQ(refusal_of(R"("temperature":"hot")"), "temperature is \"hot\", expected a number");
  EXPECT_EQ(refusal_of(R"("n":0)"), "n is 0, expected one from 1 to 128");
  EXPECT_EQ(
      refusal_of(R"("max_tokens":0)"),
      "max_tokens is 0, expected a number of tokens from 1 on, or -1 for as many as it takes");
  EXPECT_EQ(refusal_of(R"("logit_bias":{"x":1})"), "logit_bias has \"x\", expected ids of tokens");
  EXPECT_EQ(refusal_of(R"("logit_bias":{"1":101})"),
            "logit_bias.1 is 101, expected a number from -100 to 100");
  EXPECT_EQ(refusal_of(R"("top_logprobs":2)"),
            "top_logprobs is 2, expected none without logprobs: true");
  EXPECT_EQ(refusal_of(R"("logprobs":true,"top_logprobs":21)"),
            "top_logprobs is 21, expected one from 0 to 20");
  EXPECT_EQ(refusal_of(R"("modalities":["text","audio"])"),
            "modalities is an array, expected only \"text\"");
  EXPECT_EQ(refusal_of(R"("audio":{})"), "audio is an object, expected none: no model here speaks");
  EXPECT_EQ(refusal_of(R"("stop":["a",""])"), "stop has an empty text, expected some to stop at");
  EXPECT_EQ(refusal_of(R"("top_k":"x")"), "top_k is \"x\", expected a whole number");
}

TEST(ChatCompletions, AreOneObject) {
  FakeService service;
  service.events = {{{.kind = Kind::kThinking, .text = "hm"}}, {{.text = "Hi"}}};
  service.outcomes = {{.prompt_tokens = 7, .cached_tokens = 2, .generated_tokens = 3}};
  const Response response =
      chat(service, R"({"model":"m","messages":[{"role":"user","content":"hi"}],"warp":9})");
  EXPECT_EQ(response.type, "application/json; charset=utf-8");
  EXPECT_EQ(without_ids(response.body),
            R"({"id":"chatcmpl-ID","object":"chat.completion","created":0,"model":"m",)"
            R"("system_fingerprint":"fp_cria","choices":[{"index":0,"message":{"role":"assistant",)"
            R"("content":"Hi","reasoning":"hm"},"finish_reason":"stop","logprobs":null}],"usage":)"
            R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,"prompt_tokens_details":)"
            R"({"cached_tokens":2}},"warnings":["unknown field \"warp\""]})");
}

TEST(ChatCompletions, AreStreams) {
  FakeService service;
  service.events = {{{.text = "Hi"}}};
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}],
                               "stream":true,"stream_options":{"include_usage":true}})";
  const std::string head =
      R"(data: {"id":"chatcmpl-ID","object":"chat.completion.chunk","created":0,"model":"m",)"
      R"("system_fingerprint":"fp_cria","choices":[)";
  const std::string delta =
      head + R"({"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]})" +
      "\n\n" + head + R"({"index":0,"delta":{},"finish_reason":"stop"}]})" + "\n\n";
  const Response response = chat(service, body);
  EXPECT_EQ(response.type, "text/event-stream");
  EXPECT_EQ(without_ids(response.body),
            delta + head +
                R"(],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,)"
                R"("prompt_tokens_details":{"cached_tokens":0}}})"
                "\n\ndata: [DONE]\n\n");
  service.problem = "no more memory";
  EXPECT_EQ(without_ids(chat(service, body).body),
            delta + R"(data: {"error":{"message":"no more memory","type":"api_error","param":null,)"
                    R"("code":null}})"
                    "\n\n");
}

}  // namespace
}  // namespace cria::server::openai
