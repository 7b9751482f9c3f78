#include "server/answers/native_writer.h"

#include <gtest/gtest.h>

namespace cria::server {
namespace {

using namespace std::chrono_literals;
using Kind = Event::Kind;

const auto kTime = std::chrono::system_clock::time_point(1700000000s + 5ms);
const std::string kHead = R"({"model":"m","created_at":"2023-11-14T22:13:20.005000000Z",)";

NativeWriter writer(bool chat, bool stream) {
  return NativeWriter({.model = "m", .chat = chat, .stream = stream, .now = [] { return kTime; }});
}

Outcome outcome() {
  return {.reason = Reason::kStop,
          .prompt_tokens = 7,
          .cached_tokens = 2,
          .generated_tokens = 3,
          .total = 10ns,
          .load = 1ns,
          .prompt = 4ns,
          .generation = 5ns};
}
const std::string kCounts =
    R"("total_duration":10,"load_duration":1,"prompt_eval_count":7,"prompt_eval_cached_count":2,)"
    R"("prompt_eval_duration":4,"eval_count":3,"eval_duration":5)";

TEST(NativeWriter, StreamsALineForEachPiece) {
  NativeWriter chat = writer(true, true);
  EXPECT_EQ(chat.begin().type, "application/x-ndjson");
  EXPECT_EQ(
      chat.add({{.text = "Hi \"you\""}}),
      kHead + R"("message":{"role":"assistant","content":"Hi \"you\""},"done":false})" + "\n");
  EXPECT_EQ(chat.add({{.kind = Kind::kThinking, .text = "hm"}}),
            kHead + R"("message":{"role":"assistant","content":"","thinking":"hm"},"done":false})" +
                "\n");
  EXPECT_EQ(chat.add(0, outcome()),
            kHead +
                R"("message":{"role":"assistant","content":""},"done":true,)"
                R"("done_reason":"stop",)" +
                kCounts + "}\n");
  EXPECT_EQ(chat.end(), "");
}

TEST(NativeWriter, TellsCallsOfToolsWhole) {
  NativeWriter chat = writer(true, true);
  const chat::ToolCall call{"call_1", 0, "add", chat::Data::Object{{"b", 1}, {"a", 2.5}}};
  EXPECT_EQ(chat.add({{.kind = Kind::kToolBegin, .call = call}}), "");
  EXPECT_EQ(chat.add({{.kind = Kind::kToolArguments, .text = "{"}}), "");
  EXPECT_EQ(
      chat.add({{.kind = Kind::kToolEnd, .call = call}}),
      kHead +
          R"("message":{"role":"assistant","content":"","tool_calls":[{"id":"call_1",)"
          R"("function":{"index":0,"name":"add","arguments":{"b":1,"a":2.5}}}]},"done":false})" +
          "\n");
}

TEST(NativeWriter, IsOneObjectWithoutAStream) {
  NativeWriter generate = writer(false, false);
  EXPECT_EQ(generate.begin().type, "application/json; charset=utf-8");
  EXPECT_EQ(generate.add({{.kind = Kind::kThinking, .text = "hm"}}), "");
  EXPECT_EQ(generate.add({{.text = "one "}}), "");
  EXPECT_EQ(generate.add({{.text = "two"}, 0, {{"\xc3", -0.5f, {{"x", -1}}}}}), "");
  Outcome ended = outcome();
  ended.context = {1, 2};
  EXPECT_EQ(generate.add(0, ended), "");
  EXPECT_EQ(generate.end(),
            kHead + R"("response":"one two","thinking":"hm","done":true,"logprobs":[{"token":")" +
                "\xef\xbf\xbd" +
                R"(","logprob":-0.5,"bytes":[195],"top_logprobs":[{"token":"x","logprob":-1.0,)"
                R"("bytes":[120]}]}],"done_reason":"stop","context":[1,2],)" +
                kCounts + "}");
}

TEST(NativeWriter, SaysThatAModelIsThereOrGone) {
  NativeWriter chat = writer(true, false);
  chat.add(0, {.reason = Reason::kLoad});
  EXPECT_EQ(chat.end(), kHead + R"("message":{"role":"assistant","content":""},"done":true,)"
                                R"("done_reason":"load"})");
  NativeWriter generate = writer(false, true);
  Outcome unload{.reason = Reason::kUnload};
  unload.warnings = {"unknown option \"x\""};
  EXPECT_EQ(generate.add(0, unload), kHead +
                                         R"("response":"","done":true,"done_reason":"unload",)"
                                         R"("warnings":["unknown option \"x\""]})" +
                                         "\n");
}

}  // namespace
}  // namespace cria::server
