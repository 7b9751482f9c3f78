#include "template/reply/reply_parser.h"

#include <gtest/gtest.h>

#include "template/reply/test_reply.h"

namespace cria::chat {
namespace {

using test::by_sign;
using test::kOne;
using test::Lines;
using test::reply;
using test::with;

const auto kText = ReplyFormat::Begins::kText;
const auto kThought = ReplyFormat::Begins::kThought;

ReplyFormat hermes() { return ReplyFormat::named("qwen3"); }

TEST(ReplyParser, PartsThoughtsFromText) {
  EXPECT_EQ(reply(hermes(), "<think>\nhm, <i>\n</think>\n\nHi <b>\n"),
            (Lines{"T:hm, <i>", "C:Hi <b>\n"}));
  EXPECT_EQ(reply(hermes(), "\n<think>a</think>b"), (Lines{"T:a", "C:b"}));
  EXPECT_EQ(reply(hermes(), "<think></think>b"), (Lines{"C:b"}));
  EXPECT_EQ(reply(hermes(), "\n a </think> <think>b"), (Lines{"C:\n a </think> <think>b"}));
  EXPECT_EQ(reply(hermes(), "<think>a </thin"), (Lines{"T:a </thin"}));
  EXPECT_EQ(reply(hermes(), ""), Lines{});
  EXPECT_EQ(reply(hermes(), " "), Lines{"C: "});
}

TEST(ReplyParser, BeginsInsideOfAThought) {
  EXPECT_EQ(reply(hermes(), "\na\n\nb\n</think>\n\nc", kThought), (Lines{"T:a\n\nb", "C:c"}));
  EXPECT_EQ(reply(hermes(), "a", kThought), (Lines{"T:a"}));
  EXPECT_EQ(hermes().begins("<|im_start|>assistant\n<think>\n"), kThought);
  EXPECT_EQ(hermes().begins("<think>\n\n</think>\n\n"), kText);
  EXPECT_EQ(ReplyFormat().begins("a"), kText);
}

TEST(ReplyParser, HoldsBackOnlyWhatMayBecomeAMarker) {
  ReplyParser parser(hermes(), test::tools());
  const auto add = [&](std::string_view text) { return test::shown(parser.add(text)); };
  EXPECT_EQ(add("a"), Lines{"C:a"});
  EXPECT_EQ(add(" <"), Lines{});
  EXPECT_EQ(add("b<tool_"), Lines{"C: <b"});
  EXPECT_EQ(add("x"), Lines{"C:<tool_x"});
  EXPECT_EQ(add("<tool_call>{\"name\": \"add\", \"arguments\": {").size(), 2);
  EXPECT_EQ(add("\"a\": "), Lines{"A:\"a\": "});
  EXPECT_EQ(add("\"x"), Lines{"A:\"x"});
}

TEST(ReplyParser, LeavesCallsAloneWithoutTools) {
  const std::string text = R"(<tool_call>{"name": "add", "arguments": {}}</tool_call>)";
  EXPECT_EQ(reply(hermes(), text, kText, Data()), Lines{concat("C:", text)});
}

TEST(ReplyParser, ReadsHermes) {
  const std::string call =
      "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";
  EXPECT_EQ(reply(hermes(), call), kOne);
  EXPECT_EQ(reply(hermes(), "<think>\na\n</think>\n\n" + call + "\n"), with({"T:a"}));
  EXPECT_EQ(reply(hermes(), "Let me see.\n" + call), with({"C:Let me see."}));
  EXPECT_EQ(reply(hermes(), "Let me see.\n" + call + "\nDone.\n"),
            with({"C:Let me see."}, kOne, {"C:\n\nDone.\n"}));
  EXPECT_EQ(reply(hermes(), call + "\n<tool_call>{\"arguments\":{},\"name\":\"now\"}</tool_call>"),
            with(kOne, {"begin call_2 now", "A:{}", "end call_2 now {}"}));
}

TEST(ReplyParser, ReadsObjectsThatAreWrittenOtherwise) {
  const auto one = [](const std::string& json) {
    return reply(hermes(), "<tool_call>" + json + "</tool_call>");
  };
  EXPECT_EQ(one(R"({"type": "function", "function": {"name": "add", "arguments": {"a": 1}}})"),
            kOne);
  EXPECT_EQ(one(R"([{"name": "add", "parameters": {"a": 1}}])"), kOne);
  EXPECT_EQ(one(R"({"name": "add", "arguments": "{\"a\": 1}"})"), kOne);
  EXPECT_EQ(one(R"({"arguments": {"a": 1}, "x": [1], "name": "add"})"), kOne);
  EXPECT_EQ(one(R"({"name": "now"})"), (Lines{"begin call_1 now", "A:{}", "end call_1 now {}"}));
  EXPECT_EQ(one(R"({"name": "now", "arguments": null})"),
            (Lines{"begin call_1 now", "A:{}", "end call_1 now {}"}));
  EXPECT_EQ(one(R"({"id": "own", "name": "now", "arguments": {}})"),
            (Lines{"begin own now", "A:{}", "end own now {}"}));
  EXPECT_EQ(one("{\"name\": \"add\", \"arguments\": {\"note\": \"a\n</tool_call>\\u00e9\"}}"),
            (Lines{"begin call_1 add", "A:{\"note\": \"a\\n</tool_call>\\u00e9\"}",
                   "end call_1 add {\"note\":\"a\\n</tool_call>é\"}"}));
}

TEST(ReplyParser, GivesBackWhatIsNoCall) {
  for (const std::string text : {
           R"(<tool_call>{"name": "other", "arguments": {"a": 1}}</tool_call>)",
           R"(<tool_call>{"arguments": {"a": 1}, "name": "other"}</tool_call> x)",
           "<tool_call>\n {\"name\": \"add\"; }\n</tool_call>",
           "<tool_call> is a marker",
           R"(<tool_call>{"name": "add")",
           R"(<tool_call>{"name": 1})",
           R"(<tool_call>{"arguments": {}}</tool_call>)",
           R"(<tool_call>{"arguments": [1], "name": "add"}</tool_call>)",
           "<tool_call><tool_call></tool_call>\n",
           "<tool_call>",
       }) {
    EXPECT_EQ(reply(hermes(), text), Lines{concat("C:", text)});
  }
}

TEST(ReplyParser, GivesBackACallThatBreaksAfterItBegan) {
  const std::string text = R"(<tool_call>{"name": "add", "arguments": {"a": 1;)";
  EXPECT_EQ(reply(hermes(), text), (Lines{"begin call_1 add", "A:{\"a\": 1", concat("C:", text)}));
  // The next one is another.
  const std::string call = R"(<tool_call>{"name": "now", "arguments": {}}</tool_call>)";
  EXPECT_EQ(reply(hermes(), text + call),
            (Lines{"begin call_1 add", "A:{\"a\": 1", concat("C:", text), "begin call_2 now",
                   "A:{}", "end call_2 now {}"}));
}

TEST(ReplyParser, FindsWhatFollowsACallWithoutItsEnd) {
  const std::string call = R"(<tool_call>{"name": "add", "arguments": {"a": 1}})";
  EXPECT_EQ(reply(hermes(), call), kOne);
  EXPECT_EQ(reply(hermes(), call + " </x>"), with({}, kOne, {"C: </x>"}));
  EXPECT_EQ(reply(hermes(), call + "\n<tool_call>{\"name\": \"now\"}</tool_call>"),
            with(kOne, {"begin call_2 now", "A:{}", "end call_2 now {}"}));
}

TEST(ReplyParser, ReadsBareObjects) {
  const ReplyFormat llama = by_sign("<|python_tag|>");
  EXPECT_EQ(reply(llama, R"({"name": "add", "parameters": {"a": 1}})"), kOne);
  EXPECT_EQ(reply(llama, R"(<|python_tag|>{"name": "add", "parameters": {"a": 1}})"), kOne);
  EXPECT_EQ(reply(llama, "I will.\n{\"name\": \"add\", \"parameters\": {\"a\": 1}}\n"),
            with({"C:I will."}));
  for (const std::string text :
       {R"({"answer": {"name": "add"}})", R"(see {"name": "add", "parameters": {"a": 1}})",
        R"([1, 2])", R"({"name": "add"})", "<|python_tag|>import os"}) {
    EXPECT_EQ(reply(llama, text), Lines{concat("C:", text)});
  }
}

TEST(ReplyParser, KnowsTypesByMoreThanTheirNames) {
  const Data given = Data::List{test::tool(
      "ns:put é",
      {{"any", Data::Object{{"$ref", "#/$defs/x"}}},
       {"one", Data::Object{{"enum", Data::List{1, 2}}}},
       {"two", Data::Object{{"anyOf", Data::List{test::type("boolean"), test::type("string")}}}},
       {"real", test::type("integer")}})};
  EXPECT_EQ(
      test::shown(
          test::parted(
              ReplyFormat::named("qwen3-coder"),
              "<function=ns:put é><parameter=any>{\"a\": 1}</parameter><parameter=one>2</parameter>"
              "<parameter=two>True</parameter><parameter=real>1.5</parameter></function>",
              [] { return size_t{3}; }, kText, given))
          .back(),
      R"(end call_1 ns:put é {"any":{"a":1},"one":2,"two":true,"real":"1.5"})");
}

std::string without_space(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_space(c)) out += c;
  }
  return out;
}

// Replies of texts, calls and what looks like one, in any order.
TEST(ReplyParser, LosesNothing) {
  struct Case {
    std::string parser, call, broken;
  };
  const std::string json = R"({"name": "add", "arguments": {"a": 1}})";
  const std::vector<Case> cases = {
      {"qwen3", "<tool_call>\n" + json + "\n</tool_call>", "<tool_call>{\"name\": \"ad\"}"},
      {"ministral", "[TOOL_CALLS]add[ARGS]{\"a\": 1}", "[TOOL_CALLS]ad[ARGS]"},
      {"deepseek3.1",
       "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{\"a\": 1}<｜tool▁call▁end｜>"
       "<｜tool▁calls▁end｜>",
       "<｜tool▁calls▁begin｜>add<｜tool▁sep｜>"},
      {"qwen3-coder", "<tool_call><function=add><parameter=a>1</parameter></function></tool_call>",
       "<tool_call>\n<function=ad></function>"},
      {"glm-4.6", "<tool_call>add<arg_key>a</arg_key><arg_value>1</arg_value></tool_call>",
       "<tool_call>ad<arg_key>a</arg_key>"},
      {"lfm2", "<|tool_call_start|>[add(a=1)]<|tool_call_end|>", "<|tool_call_start|>[ad(a=1)]"},
      {"gemma4", "<|tool_call>call:add{a: 1}<tool_call|>", "<|tool_call>call:ad{a:<|\"|>"},
      {"harmony", "<|start|>assistant to=functions.add<|message|>{\"a\": 1}<|call|>",
       "<|channel|>commentary to=functions.ad<|message|>{}"},
  };
  std::mt19937 random(3);
  for (const Case& one : cases) {
    const ReplyFormat format = ReplyFormat::named(one.parser);
    for (int i = 0; i < 50; ++i) {
      std::string text, expected;
      int calls = 0;
      for (size_t size = random() % 8; size > 0; --size) {
        const size_t kind = random() % 4;
        const std::string piece = kind == 0   ? one.call
                                  : kind == 1 ? one.broken
                                  : kind == 2 ? "\n"
                                              : " <a> [b] {c} <|d ";
        text += piece;
        kind == 0 ? void(++calls) : void(expected += piece);
      }
      std::string content;
      int begun = 0, ended = 0;
      for (const std::string& line : reply(format, text)) {
        if (line.starts_with("C:")) content += line.substr(2);
        begun += line.starts_with("begin ");
        ended += line.starts_with("end ") && line.ends_with(" add {\"a\":1}");
      }
      EXPECT_EQ(without_space(content), without_space(expected)) << text;
      EXPECT_EQ(begun, calls) << text;
      EXPECT_EQ(ended, calls) << text;
    }
  }
}

TEST(ReplyParser, ReadsLongRepliesInLinearTime) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "<tool_call>[<think>{\"name\": \"add\", {[ ";
  ReplyParser parser(hermes(), test::tools());
  std::vector<ReplyEvent> events = parser.add(text);
  test::append(events, parser.end());
  EXPECT_EQ(test::shown(events), Lines{concat("C:", text)});
}

TEST(ReplyParser, MakesIdsOfLettersAndDigits) {
  const std::string id = ReplyParser::random_call_id();
  EXPECT_EQ(id.substr(0, 5), "call_");
  EXPECT_EQ(id.size(), 13);
  EXPECT_NE(id, ReplyParser::random_call_id());
}

}  // namespace
}  // namespace cria::chat
