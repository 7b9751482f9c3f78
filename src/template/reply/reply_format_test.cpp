#include "template/reply/reply_format.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "template/go/chat_template.h"
#include "template/reply/test_reply.h"
#include "tests/support/expect_error.h"

namespace cria::chat {
namespace {

using test::expect_error;
using test::kOne;
using test::Lines;
using test::reply;

ReplyFormat of(const std::string& calls, const std::string& source_after = "") {
  const std::string source =
      "{{ range .Messages }}<|{{ .Role }}|>{{ if .ToolCalls }}" + calls +
      "{{ else }}{{ .Content }}{{ end }}<|end|>{{ end }}{{ .Tools }}<|assistant|>" + source_after;
  return ReplyFormat::of(go::ChatTemplate("t", source), {});
}

std::string call_of(const ReplyFormat& format) {
  const ReplyFormat::Call call = format.forced_calls(test::tools(), "add").at(0);
  return call.prefix + "{\"a\": 1}" + call.suffix;
}

// What the grammar of a call allows is read as one, too.
void expect_calls(const ReplyFormat& format, const std::string& text) {
  EXPECT_EQ(call_of(format), text);
  EXPECT_EQ(reply(format, text), kOne);
}

TEST(ReplyFormat, IsPlainWithoutMarkers) {
  const ReplyFormat format = ReplyFormat::of(
      go::ChatTemplate("t", "{{ range .Messages }}<|{{ .Role }}|>{{ .Content }}{{ end }}"), {});
  EXPECT_EQ(format.name, "plain");
  EXPECT_FALSE(format.thinks());
  EXPECT_FALSE(format.calls_tools());
  EXPECT_FALSE(format.needs_special());
  expect_error([&] { format.forced_calls(test::tools()); }, Error::Code::kUnsupported,
               {"no calls of tools"});
}

TEST(ReplyFormat, KnowsHermesAndKeepsWhatTheTemplateWrites) {
  const ReplyFormat format =
      of("{{ range .ToolCalls }}<tool_call>\n{\"name\": \"{{ .Function.Name }}\", \"arguments\": "
         "{{ .Function.Arguments }}}\n</tool_call>\n{{ end }}");
  EXPECT_EQ(format.name, "Hermes");
  EXPECT_TRUE(format.needs_special());
  expect_calls(format, "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>");
}

TEST(ReplyFormat, LearnsListsOfObjects) {
  const ReplyFormat format =
      of("<TOOLCALL>[{{ range $i, $c := .ToolCalls }}{{ if $i }}, {{ end }}{\"tool\": \""
         "{{ $c.Function.Name }}\", \"args\": {{ $c.Function.Arguments }}}{{ end }}]</TOOLCALL>");
  EXPECT_EQ(format.name, "learnt");
  EXPECT_EQ(format.calls->name_key, "tool");
  EXPECT_EQ(format.calls->arguments_key, "args");
  expect_calls(format, "<TOOLCALL>[{\"tool\": \"add\", \"args\": {\"a\": 1}}]</TOOLCALL>");
}

TEST(ReplyFormat, LearnsBareObjects) {
  const ReplyFormat format =
      of("{{ range .ToolCalls }}{\"name\": \"{{ .Function.Name }}\", \"parameters\": "
         "{{ .Function.Arguments }}}{{ end }}");
  EXPECT_TRUE(format.calls->is_bare);
  expect_calls(format, "{\"name\": \"add\", \"parameters\": {\"a\": 1}}");
  // Others are text.
  EXPECT_EQ(reply(format, "{\"a\": 1}"), Lines{"C:{\"a\": 1}"});
}

TEST(ReplyFormat, LearnsWhatStandsAroundOneAndAroundAll) {
  const ReplyFormat format =
      of("<calls>{{ range .ToolCalls }}<call>{{ .Function.Name }}<with>{{ .Function.Arguments }}"
         "</call>\n{{ end }}</calls>");
  EXPECT_EQ(format.calls->style, CallSyntax::Style::kNamed);
  EXPECT_EQ(format.calls->section_open, "<calls>");
  EXPECT_EQ(format.calls->opens, Lines{"<call>"});
  EXPECT_EQ(format.calls->close, "</call>");
  EXPECT_EQ(format.calls->section_close, "</calls>");
  expect_calls(format, "<calls><call>add<with>{\"a\": 1}</call>\n</calls>");
}

TEST(ReplyFormat, LearnsTags) {
  const ReplyFormat format =
      of("{{ range .ToolCalls }}<use tool=\"{{ .Function.Name }}\">{{ range $k, $v := "
         ".Function.Arguments }}<p>{{ $k }}<is>{{ $v }}</p>{{ end }}</use>{{ end }}");
  EXPECT_EQ(format.calls->style, CallSyntax::Style::kTagged);
  EXPECT_EQ(reply(format, "<use tool=\"add\"><p>a<is>1</p></use>"), kOne);
  expect_error([&] { format.forced_calls(test::tools()); }, Error::Code::kUnsupported, {"learnt"});
}

// Only where the template pads values are line breaks around them no part of them.
TEST(ReplyFormat, LearnsWhetherValuesArePadded) {
  const auto note_of = [](const std::string& pad) {
    const ReplyFormat format =
        of("{{ range .ToolCalls }}<use tool=\"{{ .Function.Name }}\">{{ range $k, $v := "
           ".Function.Arguments }}<p>{{ $k }}<is>" +
           pad + "{{ $v }}" + pad + "</p>{{ end }}</use>{{ end }}");
    return reply(format, "<use tool=\"add\"><p>note<is>\nx\n</p></use>").back();
  };
  EXPECT_EQ(note_of("\n"), "end call_1 add {\"note\":\"x\"}");
  EXPECT_EQ(note_of(""), "end call_1 add {\"note\":\"\\nx\\n\"}");
}

TEST(ReplyFormat, LearnsPython) {
  const ReplyFormat format =
      of("<do>[{{ range .ToolCalls }}{{ .Function.Name }}({{ range $k, $v := .Function.Arguments "
         "}}{{ $k }}={{ json $v }}, {{ end }}){{ end }}]</do>");
  EXPECT_EQ(format.calls->style, CallSyntax::Style::kPython);
  EXPECT_EQ(reply(format, "<do>[add(a=1)]</do>"), kOne);
}

TEST(ReplyFormat, LearnsIdsBeforeNames) {
  const ReplyFormat format =
      of("<calls>{{ range .ToolCalls }}<call>{{ .ID }}<name>{{ .Function.Name }}<with>"
         "{{ .Function.Arguments }}</call>{{ end }}</calls>");
  EXPECT_EQ(reply(format, "<calls><call>own<name>add<with>{\"a\": 1}</call></calls>"),
            (Lines{"begin own add", "A:{\"a\": 1}", "end own add {\"a\":1}"}));
  expect_error([&] { format.forced_calls(test::tools()); }, Error::Code::kUnsupported, {"learnt"});
}

TEST(ReplyFormat, LearnsNamesThatAreKeys) {
  const ReplyFormat format =
      of("<do>[{{ range $i, $c := .ToolCalls }}{{ if $i }}, {{ end }}{\"{{ $c.Function.Name }}\": "
         "{{ $c.Function.Arguments }}}{{ end }}]</do>");
  EXPECT_EQ(format.calls->name_key, "");
  expect_calls(format, "<do>[{\"add\": {\"a\": 1}}]</do>");
}

// Prompts end with what opens a call, and text has a recipient of its own.
TEST(ReplyFormat, LearnsWhatPromptsOpen) {
  const ReplyFormat format = ReplyFormat::of(
      go::ChatTemplate(
          "t",
          "{{ range .Messages }}<|{{ .Role }}|>\n{{ if .ToolCalls }}{{ range .ToolCalls "
          "}}>>>{{ .Function.Name }}\n{{ .Function.Arguments }}{{ end }}"
          "{{ else if eq .Role \"assistant\" }}>>>all\n{{ .Content }}{{ else }}"
          "{{ .Content }}{{ end }}<|end|>{{ end }}{{ if .Tools }}{{ end }}<|assistant|>\n>>>"),
      {});
  using Begins = ReplyFormat::Begins;
  EXPECT_EQ(format.begins("<|assistant|>\n>>>"), Begins::kCall);
  EXPECT_EQ(call_of(format), "add\n{\"a\": 1}");
  EXPECT_EQ(reply(format, "add\n{\"a\": 1}", Begins::kCall), kOne);
  EXPECT_EQ(reply(format, "all\nWell.", Begins::kCall), Lines{"C:Well."});
  EXPECT_EQ(reply(format, "all\nWell.>>>add\n{\"a\": 1}", Begins::kCall),
            (Lines{"C:Well.", kOne[0], kOne[1], kOne[2]}));
  // Neither a tool nor a recipient: nothing but what the model wrote.
  EXPECT_EQ(reply(format, "Well >>> {}", Begins::kCall), Lines{"C:Well >>> {}"});
  EXPECT_EQ(reply(format, "", Begins::kCall), Lines{});
  EXPECT_EQ(reply(format, "all\nWell.", Begins::kCall, Data()), Lines{"C:Well."});
}

TEST(ReplyFormat, LearnsTagsWithAttributes) {
  const ReplyFormat format =
      of("<all:x>{{ range .ToolCalls }}<one:x>{{ .Function.Name }}<sep:x>{{ range $k, $v := "
         ".Function.Arguments }}<k:x>{{ $k }}</k:x><v:x>{{ $v }}</v:x>{{ end }}</one:x>{{ end }}"
         "</all:x>");
  EXPECT_EQ(format.calls->section_open, "<all:x>");
  EXPECT_EQ(format.calls->separator, "<sep:x>");
  EXPECT_EQ(format.calls->key_open, "<k:x>");
  EXPECT_EQ(format.calls->value_close, "</v:x>");
  EXPECT_EQ(reply(format, "<all:x><one:x>add<sep:x><k:x>a</k:x><v:x>1</v:x></one:x></all:x>"),
            kOne);
}

// One that cannot read what the template writes is none.
TEST(ReplyFormat, LearnsNothingThatDoesNotReadWhatTheTemplateWrites) {
  EXPECT_FALSE(of("{{ range .ToolCalls }}<tool_call>{{ .Function.Name }}; {{ range $k, $v := "
                  ".Function.Arguments }}<{{ $k }}>{{ $v }}</{{ $k }}>{{ end }}{{ end }}")
                   .calls_tools());
  EXPECT_FALSE(of("{{ range .ToolCalls }}I call {{ .Function.Name }}.{{ end }}").calls_tools());
}

// Granite and others tell the model in words how calls are written.
TEST(ReplyFormat, KnowsFormatsByWhatPromptsSayOfTools) {
  const auto shown = [](const std::string& text) {
    return ReplyFormat::of(
        go::ChatTemplate("t", "{{ if .Tools }}" + text +
                                  "{{ end }}{{ range .Messages }}{{ .Content }}{{ end }}"),
        {});
  };
  EXPECT_EQ(shown("Write <|tool_call|> and a list.").name, "Granite");
  EXPECT_EQ(shown("Write ```tool_code blocks.").name, "Gemma 3");
  EXPECT_EQ(shown("Write <function=NAME><parameter=P>").name, "Qwen3-Coder");
  EXPECT_EQ(shown("Write {} within <tool_call></tool_call> tags.").name, "Hermes");
  EXPECT_EQ(shown("Do write.").name, "plain");
}

TEST(ReplyFormat, FindsThoughtsInTurns) {
  const ReplyFormat format = ReplyFormat::of(
      go::ChatTemplate("t",
                       "{{ range .Messages }}<|{{ .Role }}|>{{ if .Thinking }}<mull>\n"
                       "{{ .Thinking }}\n</mull>\n\n{{ end }}{{ .Content }}<|end|>{{ end }}"),
      {});
  EXPECT_EQ(format.thought_begin, "<mull>");
  EXPECT_EQ(format.thought_end, "</mull>");
}

// Templates of others are no part of the project.
TEST(ReplyFormat, FindsInTheTemplatesOfOllamaWhatTheyKnowOf) {
  const char* path = std::getenv("CRIA_FIXTURES");  // NOLINT(concurrency-mt-unsafe): read only
  const auto folder = std::filesystem::path(path ? path : "../shared/fixtures") / "go-templates";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "no templates in " << folder << ": CRIA_FIXTURES names the folder";
  }
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".gotmpl") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const go::ChatTemplate chat_template(
        "t", std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
    const ReplyFormat format = ReplyFormat::of(chat_template, {});
    const bool has_calls = entry.path().filename() == "command-r.gotmpl";
    EXPECT_EQ(format.name, has_calls ? "Command-R" : "plain") << entry.path();
    EXPECT_FALSE(format.thinks()) << entry.path();
    ++seen;
  }
  EXPECT_GE(seen, 20);
}

class FakeTemplate final : public ChatTemplate {
 public:
  using Render = std::function<std::string(const Conversation&)>;
  FakeTemplate(bool thinks, Render render) : thinks_(thinks), render_(std::move(render)) {}

  std::string_view language() const override { return "fake"; }
  bool takes_tools() const override { return true; }
  bool thinks() const override { return thinks_; }
  std::vector<Part> render(const Conversation& conversation, const RenderOptions&) const override {
    return {{render_(conversation), true}};
  }

 private:
  bool thinks_;
  Render render_;
};

std::string turns(const Conversation& conversation) {
  std::string text;
  for (const Message& message : conversation.messages) text += message.role + message.content + "|";
  return text;
}

ReplyFormat fake(bool thinks, FakeTemplate::Render render, ReplyFormat::Hints hints = {}) {
  return ReplyFormat::of(FakeTemplate(thinks, std::move(render)), hints);
}

TEST(ReplyFormat, FindsThoughtsInPrompts) {
  const ReplyFormat begun =
      fake(true, [](const Conversation& talk) { return turns(talk) + "<thinking>\n"; });
  EXPECT_EQ(begun.thought_end, "</thinking>");
  const ReplyFormat off = fake(true, [](const Conversation& talk) {
    const bool is_off = talk.thinking && !talk.thinking->on;
    return turns(talk) + (is_off ? "[THINK][/THINK]" : "");
  });
  EXPECT_EQ(off.thought_end, "[/THINK]");
}

TEST(ReplyFormat, FindsThoughtsThatAreDropped) {
  const ReplyFormat format = fake(false, [](const Conversation& talk) {
    std::string text;
    for (const Message& message : talk.messages) {
      const std::string end = "</seed:think>";
      const size_t at = message.content.find(end);
      const bool is_earlier = &message != &talk.messages.back() && at != std::string::npos;
      text += message.role + ":" + message.content.substr(is_earlier ? at + end.size() : 0);
    }
    return text;
  });
  EXPECT_EQ(format.thought_begin, "<seed:think>");
}

TEST(ReplyFormat, TakesWhatIsKnownOtherwise) {
  EXPECT_FALSE(fake(true, turns).thinks());  // what it is marked by is not known
  EXPECT_EQ(fake(false, turns, {.thinking_tags = {"<a>", "<b>"}}).thought_end, "<b>");
  EXPECT_EQ(fake(false, turns, {.parser = "qwen3-coder"}).name, "Qwen3-Coder");
  expect_error([] { fake(false, turns, {.parser = "nobody"}); }, Error::Code::kUnsupported,
               {"\"nobody\"", "not known"});
}

TEST(ReplyFormat, FindsCallsWhereATemplateIsParticular) {
  // Calls only where the conversation goes on, and nobody else's last word.
  const ReplyFormat format = fake(false, [](const Conversation& talk) {
    if (talk.messages.back().role == "assistant") fail(Error::Code::kInvalidArgument, "user next");
    std::string text;
    for (const Message& message : talk.messages) {
      text += message.role + ":" + message.content;
      for (const ToolCall& call : message.tool_calls) {
        text += "[TOOL_CALLS]" + call.name + "[ARGS]" + test::json_of(call.arguments);
      }
      text += "</s>";
    }
    return text;
  });
  EXPECT_EQ(format.name, "Mistral (names)");
  expect_calls(format, "[TOOL_CALLS]add[ARGS]{\"a\": 1}");
}

TEST(ReplyFormat, IsPlainWhereATemplateIsNotSupportedWithTools) {
  const ReplyFormat format = fake(true, [](const Conversation& talk) {
    if (!talk.tools.is_null()) fail(Error::Code::kUnsupported, "the filter 'pprint'");
    return turns(talk) + "<think>";
  });
  EXPECT_FALSE(format.calls_tools());
  EXPECT_EQ(format.thought_end, "</think>");
}

TEST(ReplyFormat, FindsCallsWhereIdsStandForNames) {
  const ReplyFormat format = fake(false, [](const Conversation& talk) {
    std::string text;
    for (const Message& message : talk.messages) {
      text += message.role + ":" + message.content;
      if (!message.tool_calls.empty()) text += "<|tool_calls_section_begin|>";
      for (const ToolCall& call : message.tool_calls) {
        text += "<|tool_call_begin|>" + call.id + "<|tool_call_argument_begin|>" +
                test::json_of(call.arguments) + "<|tool_call_end|>";
      }
      if (!message.tool_calls.empty()) text += "<|tool_calls_section_end|>";
      text += "<|im_end|>";
    }
    return text;
  });
  EXPECT_EQ(format.name, "Kimi-K2");
  EXPECT_EQ(call_of(format),
            "<|tool_calls_section_begin|><|tool_call_begin|>functions.add:0"
            "<|tool_call_argument_begin|>{\"a\": 1}<|tool_call_end|><|tool_calls_section_end|>");
}

TEST(ReplyFormat, KnowsHarmonyByItsPrompt) {
  const ReplyFormat format = fake(true, [](const Conversation& talk) {
    return "<|start|>system<|message|># Valid channels: analysis<|end|>" + turns(talk) +
           "<|channel|>";
  });
  EXPECT_EQ(format.name, "harmony");
  EXPECT_EQ(format.thought_end, "<|end|>");
  expect_calls(format,
               "<|channel|>commentary to=functions.add <|constrain|>json<|message|>{\"a\": 1}"
               "<|call|>");
}

TEST(ReplyFormat, KnowsTheNamesOfParsers) {
  for (const char* name : {"laguna", "poolside-v1", "ornith", "nemotron-3.5-nano"}) {
    const ReplyFormat format = ReplyFormat::named(name);
    EXPECT_TRUE(format.thinks() && format.calls_tools()) << name;
  }
  EXPECT_TRUE(ReplyFormat::named("glm-ocr").calls_tools());
  EXPECT_FALSE(ReplyFormat::named("glm-ocr").thinks());
  expect_error([] { ReplyFormat::named("glimmer"); }, Error::Code::kUnsupported,
               {"the parser \"glimmer\"", "expected one of passthrough, harmony, "});
}

TEST(ReplyFormat, OffersAWayToCallEachTool) {
  const auto ways = ReplyFormat::named("qwen3").forced_calls(test::tools());
  ASSERT_EQ(ways.size(), 2);
  EXPECT_EQ(ways[1].tool, "now");
  EXPECT_EQ(ways[1].prefix, "<tool_call>{\"name\": \"now\", \"arguments\": ");
  EXPECT_EQ(test::json_of(ways[1].schema), R"({"type":"object","properties":{}})");
  EXPECT_EQ(ways[1].suffix, "}</tool_call>");
  expect_error([] { ReplyFormat::named("qwen3").forced_calls(test::tools(), "other"); },
               Error::Code::kNotFound, {"\"other\""});
  expect_error([] { ReplyFormat::named("lfm2").forced_calls(test::tools()); },
               Error::Code::kUnsupported, {"LFM2"});
}

}  // namespace
}  // namespace cria::chat
