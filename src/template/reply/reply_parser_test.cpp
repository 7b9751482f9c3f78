#include "template/reply/reply_parser.h"

#include <gtest/gtest.h>

#include "template/reply/known_formats.h"
#include "template/reply/test_reply.h"

namespace cria::chat {
namespace {

using test::Lines;
using test::reply;

const auto kThought = ReplyParser::Begins::kThought;
const auto kText = ReplyParser::Begins::kText;

ReplyFormat by_sign(std::string_view sign) { return format_shown_in(sign).value(); }
ReplyFormat hermes() { return ReplyFormat::named("qwen3"); }

const Lines kOne = {"begin call_1 add", "A:{\"a\": 1}", "end call_1 add {\"a\":1}"};

Lines with(Lines before, const Lines& calls = kOne, const Lines& after = {}) {
  before.insert(before.end(), calls.begin(), calls.end());
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

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

TEST(ReplyParser, ReadsMistral) {
  EXPECT_EQ(reply(by_sign("[TOOL_CALLS]"),
                  R"([TOOL_CALLS][{"name": "add", "arguments": {"a": 1}, "id": "late"}, )"
                  R"({"name": "now", "arguments": {}}])"),
            with(kOne, {"begin call_2 now", "A:{}", "end call_2 now {}"}));
  EXPECT_EQ(reply(by_sign("[TOOL_CALLS] [ARGS]"),
                  R"(Well.[TOOL_CALLS]add[ARGS]{"a": 1}[TOOL_CALLS]now[CALL_ID]id7[ARGS]{})"),
            with({"C:Well."}, kOne, {"begin id7 now", "A:{}", "end id7 now {}"}));
  EXPECT_EQ(reply(ReplyFormat::named("ministral"), "[THINK]a[/THINK][TOOL_CALLS]add{\"a\": 1}"),
            (Lines{"T:a", "C:[TOOL_CALLS]add{\"a\": 1}"}));
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

TEST(ReplyParser, ReadsCommandR) {
  EXPECT_EQ(reply(ReplyFormat::named("cohere"),
                  "<|START_THINKING|>a<|END_THINKING|><|START_ACTION|>[\n"
                  R"({"tool_call_id": "0", "tool_name": "add", "parameters": {"a": 1}})"
                  "\n]<|END_ACTION|>"),
            (Lines{"T:a", "begin 0 add", "A:{\"a\": 1}", "end 0 add {\"a\":1}"}));
  EXPECT_EQ(reply(ReplyFormat::named("cohere"), "<|START_RESPONSE|>Hi.<|END_RESPONSE|>"),
            Lines{"C:Hi."});
  EXPECT_EQ(reply(by_sign("Action: ```json"),
                  "Action: ```json\n[\n    {\n        \"tool_name\": \"add\",\n        "
                  "\"parameters\": {\"a\": 1}\n    }\n]```"),
            kOne);
}

TEST(ReplyParser, ReadsDeepSeek) {
  EXPECT_EQ(
      reply(by_sign("<｜tool▁sep｜> ```json"),
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n"
            "{\"a\": 1}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>now\n"
            "```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"),
      with(kOne, {"begin call_2 now", "A:{}", "end call_2 now {}"}));
  EXPECT_EQ(reply(ReplyFormat::named("deepseek3.1"),
                  "a</think>Well.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>"
                  "{\"a\": 1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                  kThought),
            with({"T:a", "C:Well."}));
  EXPECT_EQ(reply(by_sign("<｜DSML｜"),
                  "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"add\">\n"
                  "<｜DSML｜parameter name=\"note\" string=\"true\">1</｜DSML｜parameter>\n"
                  "<｜DSML｜parameter name=\"a\" string=\"false\">1</｜DSML｜parameter>\n"
                  "</｜DSML｜invoke>\n</｜DSML｜function_calls>"),
            (Lines{"begin call_1 add", "A:{\"note\": \"1\", \"a\": 1}",
                   "end call_1 add {\"note\":\"1\",\"a\":1}"}));
}

TEST(ReplyParser, ReadsNamesBeforeArguments) {
  EXPECT_EQ(reply(by_sign("<function="), "<function=add>{\"a\": 1}</function>"), kOne);
}

TEST(ReplyParser, ReadsIdsThatSayNames) {
  const ReplyFormat kimi = by_sign("<|tool_calls_section_begin|>");
  const auto calls = [](const std::string& text) {
    return "<|tool_calls_section_begin|>" + text + "<|tool_calls_section_end|>";
  };
  const auto call = [](const std::string& id, const std::string& arguments) {
    return "<|tool_call_begin|>" + id + "<|tool_call_argument_begin|>" + arguments +
           "<|tool_call_end|>";
  };
  EXPECT_EQ(
      reply(kimi, calls(call("functions.add:0", "{\"a\": 1}") + call(" functions.now:1 ", "{}"))),
      (Lines{"begin functions.add:0 add", "A:{\"a\": 1}", "end functions.add:0 add {\"a\":1}",
             "begin functions.now:1 now", "A:{}", "end functions.now:1 now {}"}));
  EXPECT_EQ(reply(kimi, calls(call("add", "{\"a\": 1}"))), kOne);
  const std::string other = calls(call("functions.other:0", "{}"));
  EXPECT_EQ(reply(kimi, other), Lines{concat("C:", other)});
}

TEST(ReplyParser, ReadsNamesThatAreKeys) {
  const ReplyFormat apertus = by_sign("<|tools_prefix|>");
  EXPECT_EQ(reply(apertus,
                  "<|inner_prefix|>a<|inner_suffix|>"
                  "<|tools_prefix|>[{\"add\": {\"a\": 1}}, {\"now\": {}}]<|tools_suffix|>"),
            with({"T:a"}, kOne, {"begin call_2 now", "A:{}", "end call_2 now {}"}));
  for (const std::string object :
       {R"({"other": {}})", R"({"add": 1})", R"({"now": [{}]})", "{}", R"({"type": "add"})"}) {
    const std::string text = "<|tools_prefix|>[" + object + "]<|tools_suffix|>";
    EXPECT_EQ(reply(apertus, text).back(), concat("C:", text));
  }
}

TEST(ReplyParser, ReadsKimiK3) {
  const ReplyFormat kimi = by_sign("<|open|>call tool=");
  EXPECT_EQ(reply(kimi,
                  "a<|close|>think<|sep|><|open|>response<|sep|>Well.<|close|>response<|sep|>"
                  "<|open|>tools<|sep|><|open|>call tool=\"add\" index=\"1\"<|sep|>"
                  "<|open|>argument key=\"a\" type=\"number\"<|sep|>1<|close|>argument<|sep|>"
                  "<|close|>call<|sep|><|open|>call tool=\"now\" index=\"2\"<|sep|>"
                  "<|close|>call<|sep|><|close|>tools<|sep|><|close|>message<|sep|><|end_of_msg|>",
                  kThought),
            with({"T:a", "C:Well."}, kOne, {"begin call_2 now", "A:{}", "end call_2 now {}"}));
  EXPECT_EQ(kimi.begins("<|open|>message role=\"assistant\"<|sep|><|open|>think<|sep|>"), kThought);
}

TEST(ReplyParser, ReadsParametersBetweenTags) {
  const ReplyFormat coder = ReplyFormat::named("qwen3-coder");
  EXPECT_EQ(reply(coder,
                  "Well.\n<tool_call>\n<function=add>\n<parameter=a>\n1\n</parameter>\n"
                  "</function>\n</tool_call>"),
            with({"C:Well."}));
  EXPECT_EQ(reply(coder, "<function=now>\n</function>"),
            (Lines{"begin call_1 now", "A:{}", "end call_1 now {}"}));
  // Types come from the schema; text may hold anything but the tag that ends it.
  EXPECT_EQ(
      reply(coder,
            "<tool_call><function=add><parameter=note>\n1\n\n\"</param\n</parameter>\n"
            "<parameter=b>None</parameter><parameter=tags>[1, \"x\"]</parameter>"
            "<parameter=a>many</parameter><parameter=else>2</parameter></function></tool_call>"),
      (Lines{
          "begin call_1 add",
          R"(A:{"note": "1\n\n\"</param", "b": null, "tags": [1, "x"], "a": "many", "else": "2"})",
          R"(end call_1 add {"note":"1\n\n\"</param","b":null,"tags":[1,"x"],"a":"many","else":"2"})"}));
  EXPECT_EQ(reply(by_sign("<minimax:tool_call>"),
                  "<minimax:tool_call>\n<invoke name=\"add\">\n<parameter name=\"a\">1</parameter>"
                  "\n</invoke>\n</minimax:tool_call>"),
            kOne);
  EXPECT_EQ(reply(by_sign("<seed:tool_call>"),
                  "<seed:tool_call>\n<function=add>\n<parameter=a>1</parameter>\n</function>\n"
                  "</seed:tool_call>"),
            kOne);
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

TEST(ReplyParser, ReadsGlm) {
  const ReplyFormat glm = ReplyFormat::named("glm-4.6");
  EXPECT_EQ(reply(glm,
                  "<think>a</think>\n<tool_call>add\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>"
                  "\n</tool_call>"),
            with({"T:a"}));
  EXPECT_EQ(reply(glm, "<tool_call>now</tool_call>"),
            (Lines{"begin call_1 now", "A:{}", "end call_1 now {}"}));
  EXPECT_EQ(reply(glm, R"(<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>)"), kOne);
  const std::string cut = "<tool_call>other\n<arg_key>a</arg_key>";
  EXPECT_EQ(reply(glm, cut), Lines{concat("C:", cut)});
}

TEST(ReplyParser, ReadsHarmony) {
  const ReplyFormat harmony = ReplyFormat::named("harmony");
  EXPECT_EQ(reply(harmony,
                  "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final"
                  "<|message|>Hi.<|return|>"),
            (Lines{"T:a", "C:Hi."}));
  EXPECT_EQ(reply(harmony,
                  "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary"
                  "<|message|>Well.<|end|><|start|>assistant<|channel|>commentary "
                  "to=functions.add <|constrain|>json<|message|>{\"a\": 1}<|call|>"),
            with({"T:a", "C:Well."}));
  EXPECT_EQ(reply(harmony,
                  "<|start|>assistant to=functions.add<|channel|>commentary json<|message|>"
                  "{\"a\": 1}"),
            kOne);
  const std::string other = "<|channel|>commentary to=functions.other<|message|>{}";
  EXPECT_EQ(reply(harmony, other), Lines{concat("C:", other)});
}

TEST(ReplyParser, ReadsListsAfterATag) {
  const std::string list = R"([{"name": "add", "arguments": {"a": 1}}])";
  EXPECT_EQ(reply(by_sign("<|tool_call|>"), "<|tool_call|>" + list), kOne);
  EXPECT_EQ(reply(by_sign("<|tool|>"), "<|tool_call|>" + list + "<|/tool_call|>"), kOne);
}

TEST(ReplyParser, ReadsPython) {
  EXPECT_EQ(reply(by_sign("<|tool_call_start|>"),
                  "<|tool_call_start|>[add(a=1), now()]<|tool_call_end|>Well."),
            with(kOne, {"begin call_2 now", "A:{}", "end call_2 now {}", "C:Well."}));
  EXPECT_EQ(
      reply(by_sign("<function_calls>"),
            "<function_calls>\nadd(note='it\\'s \"x\"\\n\\x41', b=None,\n tags=[1.5, -2, "
            "{\"x\": True}, ('y',  'z')])\nnow()\n</function_calls>"),
      (Lines{
          "begin call_1 add",
          R"(A:{"note": "it's \"x\"\n\u0041", "b": null, "tags": [1.5,-2,{"x":true},["y","z"]]})",
          R"(end call_1 add {"note":"it's \"x\"\nA","b":null,"tags":[1.5,-2,{"x":true},["y","z"]]})",
          "begin call_2 now", "A:{}", "end call_2 now {}"}));
  EXPECT_EQ(reply(by_sign("```tool_code"), "```tool_code\nadd(a=1)\n```"), kOne);
  const std::string other = "```tool_code\nprint(add(1))\n```";
  EXPECT_EQ(reply(by_sign("```tool_code"), other), Lines{concat("C:", other)});
}

TEST(ReplyParser, ReadsTextsInQuotesOfTheirOwn) {
  EXPECT_EQ(
      reply(ReplyFormat::named("functiongemma"),
            "<start_function_call>call:add{a:1,note:<escape>a, {\"b\"}<escape>,tags:[<escape>x"
            "<escape>,{y:true}]}<end_function_call>"),
      (Lines{"begin call_1 add", R"(A:{"a":1,"note":"a, {\"b\"}","tags":["x",{"y":true}]})",
             R"(end call_1 add {"a":1,"note":"a, {\"b\"}","tags":["x",{"y":true}]})"}));
  EXPECT_EQ(reply(ReplyFormat::named("gemma4"),
                  "<|channel>thought\na<channel|><|tool_call>call:now{}<tool_call|>"),
            (Lines{"T:a", "begin call_1 now", "A:{}", "end call_1 now {}"}));
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
