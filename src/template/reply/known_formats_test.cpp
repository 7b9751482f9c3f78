#include "template/reply/known_formats.h"

#include <gtest/gtest.h>

#include "template/reply/test_reply.h"

namespace cria::chat {
namespace {

using test::by_sign;
using test::kOne;
using test::Lines;
using test::reply;
using test::with;

const auto kThought = ReplyFormat::Begins::kThought;

TEST(KnownFormats, ReadsMistral) {
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

TEST(KnownFormats, ReadsCommandR) {
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

TEST(KnownFormats, ReadsDeepSeek) {
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

TEST(KnownFormats, ReadsNamesBeforeArguments) {
  EXPECT_EQ(reply(by_sign("<function="), "<function=add>{\"a\": 1}</function>"), kOne);
}

TEST(KnownFormats, ReadsIdsThatSayNames) {
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

TEST(KnownFormats, ReadsNamesThatAreKeys) {
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

TEST(KnownFormats, ReadsKimiK3) {
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

TEST(KnownFormats, ReadsParametersBetweenTags) {
  const ReplyFormat coder = ReplyFormat::named("qwen3-coder");
  EXPECT_EQ(reply(coder,
                  "Well.\n<tool_call>\n<function=add>\n<parameter=a>\n1\n</parameter>\n"
                  "</function>\n</tool_call>"),
            with({"C:Well."}));
  EXPECT_EQ(reply(coder, "<function=now>\n</function>"),
            (Lines{"begin call_1 now", "A:{}", "end call_1 now {}"}));
  for (const char* const after : {"", "\nWell."}) {
    EXPECT_EQ(reply(coder, concat("<function=now>\n</function>\n</tool_call>", after)),
              with({"begin call_1 now", "A:{}", "end call_1 now {}"}, {},
                   *after ? Lines{concat("C:", after)} : Lines()));
    EXPECT_EQ(reply(coder, concat("<function=now>\n</function>", after)),
              with({"begin call_1 now", "A:{}", "end call_1 now {}"}, {},
                   *after ? Lines{concat("C:", after)} : Lines()));
  }
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

TEST(KnownFormats, ReadsGlm) {
  const ReplyFormat glm = ReplyFormat::named("glm-4.6");
  EXPECT_EQ(reply(glm,
                  "<think>a</think>\n<tool_call>add\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>"
                  "\n</tool_call>"),
            with({"T:a"}));
  EXPECT_EQ(reply(glm, "<tool_call>now</tool_call>"),
            (Lines{"begin call_1 now", "A:{}", "end call_1 now {}"}));
  EXPECT_EQ(reply(glm, R"(<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>)"), kOne);
  EXPECT_EQ(reply(glm,
                  "<tool_call>add\n<arg_key>note</arg_key><arg_value>\nline\n</arg_value>"
                  "<arg_key>a</arg_key><arg_value>\n1\n</arg_value></tool_call>"),
            (Lines{"begin call_1 add", R"(A:{"note": "\nline\n", "a": 1})",
                   R"(end call_1 add {"note":"\nline\n","a":1})"}));
  const std::string cut = "<tool_call>other\n<arg_key>a</arg_key>";
  EXPECT_EQ(reply(glm, cut), Lines{concat("C:", cut)});
}

TEST(KnownFormats, ReadsHarmony) {
  const ReplyFormat harmony = ReplyFormat::named("harmony");
  EXPECT_EQ(reply(harmony,
                  "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final"
                  "<|message|>Hi.<|return|>"),
            (Lines{"T:a", "C:Hi."}));
  for (const std::string constraint : {" <|constrain|>json", "<|constrain|>an.y-one"}) {
    EXPECT_EQ(reply(harmony,
                    "<|channel|>analysis<|message|>a<|end|><|start|>assistant"
                    "<|channel|>final" +
                        constraint + "<|message|>{\"a\":1}<|return|>"),
              (Lines{"T:a", "C:{\"a\":1}"}));
  }
  for (const std::string& open :
       {std::string("<|channel|>final <|constrain|>js"),
        "<|channel|>final <|constrain|>" + std::string(300, 'x') + "<|message|>"}) {
    EXPECT_EQ(reply(harmony, open), Lines{concat("C:", open)});
  }
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

TEST(KnownFormats, ReadsListsAfterATag) {
  const std::string list = R"([{"name": "add", "arguments": {"a": 1}}])";
  EXPECT_EQ(reply(by_sign("<|tool_call|>"), "<|tool_call|>" + list), kOne);
  EXPECT_EQ(reply(by_sign("<|tool|>"), "<|tool_call|>" + list + "<|/tool_call|>"), kOne);
}

TEST(KnownFormats, ReadsPython) {
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
  // A call that broke is text, too.
  const std::string broken = "```tool_code\nadd(a=1}\n```";
  EXPECT_EQ(reply(by_sign("```tool_code"), broken),
            (Lines{"begin call_1 add", "A:{\"a\": 1", concat("C:", broken)}));
  const std::string other = "```tool_code\nprint(add(1))\n```";
  EXPECT_EQ(reply(by_sign("```tool_code"), other), Lines{concat("C:", other)});
}

TEST(KnownFormats, TakesNoTextsForArguments) {
  for (const std::string text : {"<start_function_call>call:add<escape>x<escape>",
                                 "<start_function_call>call:add<escape>x<escape>{a:1}"}) {
    EXPECT_EQ(reply(ReplyFormat::named("functiongemma"), text),
              (Lines{"begin call_1 add", concat("C:", text)}));
  }
}

TEST(KnownFormats, ReadsTextsInQuotesOfTheirOwn) {
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

}  // namespace
}  // namespace cria::chat
