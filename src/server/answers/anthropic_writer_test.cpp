#include "server/answers/anthropic_writer.h"

#include <gtest/gtest.h>

namespace cria::server {
namespace {

using Kind = Event::Kind;

const chat::ToolCall kCall{"toolu_1", 0, "add", chat::Data::Object{{"b", 1}}};

std::string event(const std::string& type, const std::string& rest) {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + rest + "}\n\n";
}
const std::string kStart = event(
    "message_start",
    R"(,"message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],)"
    R"("stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,)"
    R"("cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}})");

TEST(AnthropicWriter, StreamsBlocks) {
  AnthropicWriter writer({.id = "msg_1", .model = "m", .stream = true});
  EXPECT_EQ(writer.begin().type, "text/event-stream");
  EXPECT_EQ(
      writer.add({{.kind = Kind::kThinking, .text = "hm"}}),
      kStart +
          event("content_block_start",
                R"(,"index":0,"content_block":{"type":"thinking","thinking":"","signature":""})") +
          event("content_block_delta",
                R"(,"index":0,"delta":{"type":"thinking_delta","thinking":"hm"})"));
  EXPECT_EQ(
      writer.add({{.text = "Hi"}}),
      event("content_block_stop", R"(,"index":0)") +
          event("content_block_start", R"(,"index":1,"content_block":{"type":"text","text":""})") +
          event("content_block_delta", R"(,"index":1,"delta":{"type":"text_delta","text":"Hi"})"));
  EXPECT_EQ(writer.add({{.text = "!"}}),
            event("content_block_delta", R"(,"index":1,"delta":{"type":"text_delta","text":"!"})"));
  EXPECT_EQ(
      writer.add({{.kind = Kind::kToolBegin, .call = kCall}}),
      event("content_block_stop", R"(,"index":1)") +
          event(
              "content_block_start",
              R"(,"index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"add","input":{}})"));
  EXPECT_EQ(writer.add({{.kind = Kind::kToolArguments, .text = "{", .call = kCall}}),
            event("content_block_delta",
                  R"(,"index":2,"delta":{"type":"input_json_delta","partial_json":"{"})"));
  EXPECT_EQ(writer.add({{.kind = Kind::kToolEnd, .call = kCall}}),
            event("content_block_stop", R"(,"index":2)"));
  EXPECT_EQ(
      writer.add(0, {.reason = Reason::kToolCalls,
                     .prompt_tokens = 7,
                     .cached_tokens = 2,
                     .generated_tokens = 3}),
      event("message_delta",
            R"(,"delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":5,)"
            R"("cache_creation_input_tokens":0,"cache_read_input_tokens":2,"output_tokens":3})"));
  EXPECT_EQ(writer.end(), event("message_stop", ""));
}

TEST(AnthropicWriter, BeginsAnEmptyMessageToo) {
  AnthropicWriter writer({.id = "msg_1", .model = "m", .stream = true});
  EXPECT_EQ(writer.add(0, {.reason = Reason::kLength}).substr(0, kStart.size()), kStart);
}

TEST(AnthropicWriter, IsOneObjectWithoutAStream) {
  AnthropicWriter writer({.id = "msg_1", .model = "m"});
  writer.add({{.kind = Kind::kThinking, .text = "hm"}});
  writer.add({{.text = "Hi"}});
  writer.add({{.text = "!"}});
  writer.add({{.kind = Kind::kToolBegin, .call = kCall}});
  writer.add({{.kind = Kind::kToolArguments, .text = "{}", .call = kCall}});
  writer.add({{.kind = Kind::kToolEnd, .call = kCall}});
  writer.add(0, {.stopped_by = "END", .prompt_tokens = 1, .generated_tokens = 2});
  EXPECT_EQ(writer.end(),
            R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":[)"
            R"({"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"Hi!"},)"
            R"({"type":"tool_use","id":"toolu_1","name":"add","input":{"b":1}}],)"
            R"("stop_reason":"stop_sequence","stop_sequence":"END","usage":{"input_tokens":1,)"
            R"("cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":2}})");
}

TEST(AnthropicWriter, WarnsAtTheEndOfAStream) {
  AnthropicWriter writer({.id = "msg_1", .model = "m", .stream = true});
  const std::string last = writer.add(0, {.warnings = {"w"}});
  EXPECT_NE(last.find(R"("output_tokens":0},"warnings":["w"]})"), std::string::npos) << last;
}

}  // namespace
}  // namespace cria::server
