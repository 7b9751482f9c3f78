#include "server/answers/openai_writer.h"

#include <gtest/gtest.h>

namespace cria::server {
namespace {

using Kind = Event::Kind;

OpenAiWriter writer(bool chat, bool stream, bool usage = false, int64_t choices = 1) {
  return OpenAiWriter({.id = "chatcmpl-1",
                       .model = "m",
                       .created = 5,
                       .chat = chat,
                       .stream = stream,
                       .usage = usage,
                       .choices = choices});
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
  OpenAiWriter chat = writer(true, true, true, 2);
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

TEST(OpenAiWriter, CompletesSeveralPromptsSeveralTimes) {
  OpenAiWriter writer({.id = "chatcmpl-1",
                       .model = "m",
                       .created = 5,
                       .chat = false,
                       .stream = true,
                       .usage = true,
                       .choices = 2,
                       .echoes = {"p", "q"}});
  const auto chunk_of = [](const std::string& choice) {
    return "data: " + head("text_completion") + choice + "]}\n\n";
  };
  EXPECT_EQ(writer.add({{.text = "a"}, 1}),
            chunk_of(R"({"index":1,"text":"pa","finish_reason":null})"));
  EXPECT_EQ(writer.add({{.text = "b"}, 1}),
            chunk_of(R"({"index":1,"text":"b","finish_reason":null})"));
  EXPECT_EQ(writer.add({{.kind = Kind::kThinking, .text = "hm"}, 2}),
            chunk_of(R"({"index":2,"text":"q","reasoning":"hm","finish_reason":null})"));
  EXPECT_EQ(writer.add(0, {.prompt_tokens = 3, .warnings = {"w"}}),
            chunk_of(R"({"index":0,"text":"p","finish_reason":"stop"})"));
  writer.add(1, {.prompt_tokens = 3, .cached_tokens = 2, .generated_tokens = 2, .warnings = {"w"}});
  writer.add(2, {.prompt_tokens = 5, .generated_tokens = 4, .thinking_tokens = 1});
  writer.add(3, {.prompt_tokens = 5, .cached_tokens = 4});
  EXPECT_EQ(writer.end(),
            "data: " + head("text_completion") +
                R"(],"usage":{"prompt_tokens":8,"completion_tokens":6,"total_tokens":14,)"
                R"("prompt_tokens_details":{"cached_tokens":6},)"
                R"("completion_tokens_details":{"reasoning_tokens":1}},"warnings":["w"]})"
                "\n\ndata: [DONE]\n\n");
}

TEST(OpenAiWriter, CountsCharactersOfTokens) {
  OpenAiWriter writer(
      {.id = "chatcmpl-1", .model = "m", .created = 5, .chat = false, .stream = true});
  writer.add({{.text = "é"}, 0, {{"\xc3", -1}, {"\xa9", -1}}});
  EXPECT_EQ(writer.add({{.text = "x"}, 0, {{"x", -1}}}),
            "data: " + head("text_completion") +
                R"({"index":0,"text":"x","finish_reason":null,"logprobs":{"tokens":["x"],)"
                R"("token_logprobs":[-1.0],"top_logprobs":[{}],"text_offset":[1]}}]})"
                "\n\n");
}

}  // namespace
}  // namespace cria::server
