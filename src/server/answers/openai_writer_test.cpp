#include "server/answers/openai_writer.h"

#include <gtest/gtest.h>

namespace cria::server {
namespace {

using Kind = Event::Kind;

OpenAiWriter writer(bool chat, bool stream, bool usage = false) {
  return OpenAiWriter({.id = "chatcmpl-1",
                       .model = "m",
                       .created = 5,
                       .chat = chat,
                       .stream = stream,
                       .usage = usage});
}

std::string head(const std::string& object) {
  return R"({"id":"chatcmpl-1","object":")" + object +
         R"(","created":5,"model":"m","system_fingerprint":"fp_cria","choices":[)";
}
std::string chunk(const std::string& choice) {
  return "data: " + head("chat.completion.chunk") + choice + "]}\n\n";
}

const chat::ToolCall kCall{"call_1", 0, "add", chat::Data::Object{{"b", 1}}};

TEST(OpenAiWriter, StreamsDeltas) {
  OpenAiWriter chat = writer(true, true, true);
  EXPECT_EQ(chat.begin().type, "text/event-stream");
  EXPECT_EQ(
      chat.add({{.kind = Kind::kThinking, .text = "hm"}}),
      chunk(
          R"({"index":0,"delta":{"role":"assistant","content":"","reasoning":"hm"},"finish_reason":null})"));
  EXPECT_EQ(chat.add({{.text = "Hi"}}),
            chunk(R"({"index":0,"delta":{"content":"Hi"},"finish_reason":null})"));
  EXPECT_EQ(
      chat.add({{.text = "Ho"}, 1}),
      chunk(R"({"index":1,"delta":{"role":"assistant","content":"Ho"},"finish_reason":null})"));
  EXPECT_EQ(chat.add(0, {.prompt_tokens = 7, .cached_tokens = 2, .generated_tokens = 3}),
            chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})"));
  EXPECT_EQ(chat.add(1, {.reason = Reason::kLength, .prompt_tokens = 7, .generated_tokens = 4}),
            chunk(R"({"index":1,"delta":{},"finish_reason":"length"})"));
  EXPECT_EQ(chat.end(),
            "data: " + head("chat.completion.chunk") +
                R"(],"usage":{"prompt_tokens":7,"completion_tokens":7,"total_tokens":14,)"
                R"("prompt_tokens_details":{"cached_tokens":2}}})"
                "\n\ndata: [DONE]\n\n");
}

TEST(OpenAiWriter, StreamsArgumentsOfCalls) {
  OpenAiWriter chat = writer(true, true);
  EXPECT_EQ(
      chat.add({{.kind = Kind::kToolBegin, .call = kCall}}),
      chunk(
          R"({"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_1",)"
          R"("type":"function","function":{"name":"add","arguments":""}}]},"finish_reason":null})"));
  EXPECT_EQ(
      chat.add({{.kind = Kind::kToolArguments, .text = "{\"b\"", .call = kCall}}),
      chunk(R"({"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"b\""}}]},)"
            R"("finish_reason":null})"));
  EXPECT_EQ(chat.add({{.kind = Kind::kToolEnd, .call = kCall}}), "");
  EXPECT_EQ(chat.add(0, {.reason = Reason::kToolCalls}),
            chunk(R"({"index":0,"delta":{},"finish_reason":"tool_calls"})"));
  EXPECT_EQ(chat.end(), "data: [DONE]\n\n");
}

TEST(OpenAiWriter, IsOneObjectWithoutAStream) {
  OpenAiWriter chat = writer(true, false);
  chat.add({{.kind = Kind::kThinking, .text = "hm"}});
  chat.add({{.kind = Kind::kToolEnd, .call = kCall}});
  chat.add(0, {.reason = Reason::kToolCalls,
               .prompt_tokens = 1,
               .generated_tokens = 2,
               .warnings = {"unknown field \"x\""}});
  EXPECT_EQ(
      chat.end(),
      head("chat.completion") +
          R"({"index":0,"message":{"role":"assistant","content":null,"reasoning":"hm",)"
          R"("tool_calls":[{"id":"call_1","index":0,"type":"function","function":{"name":"add",)"
          R"("arguments":"{\"b\":1}"}}]},"finish_reason":"tool_calls","logprobs":null}],)"
          R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,)"
          R"("prompt_tokens_details":{"cached_tokens":0}},"warnings":["unknown field \"x\""]})");
}

TEST(OpenAiWriter, CompletesTexts) {
  OpenAiWriter stream = writer(false, true);
  EXPECT_EQ(stream.add({{.text = "a"}}), "data: " + head("text_completion") +
                                             R"({"index":0,"text":"a","finish_reason":null}]})"
                                             "\n\n");
  OpenAiWriter whole = writer(false, false);
  whole.add({{.text = "ab"}, 0, {{"a", -1, {{"c", -2}}}, {"b", -3}}});
  whole.add(0, {.prompt_tokens = 1, .generated_tokens = 2});
  EXPECT_EQ(
      whole.end(),
      head("text_completion") +
          R"({"index":0,"text":"ab","finish_reason":"stop","logprobs":{"tokens":["a","b"],)"
          R"("token_logprobs":[-1.0,-3.0],"top_logprobs":[{"c":-2.0},{}],"text_offset":[0,1]}}],)"
          R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,)"
          R"("prompt_tokens_details":{"cached_tokens":0}}})");
}

}  // namespace
}  // namespace cria::server
