#include "template/go/chat_template.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/support/expect_error.h"

namespace cria::go {
namespace {

using cria::test::expect_error;

// Templates and the prompts that Ollama makes with them are no part of the project.
std::filesystem::path fixtures() {
  const char* path = std::getenv("CRIA_FIXTURES");  // NOLINT(concurrency-mt-unsafe): read only
  return std::filesystem::path(path ? path : "../shared/fixtures") / "go-templates";
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::map<std::string, std::vector<chat::Message>>& conversations() {
  static const chat::Message system{"system", "You are a helpful assistant."};
  static const chat::Message first{"user", "Hello, how are you?"};
  static const chat::Message answer{"assistant", "I'm doing great. How can I help you today?"};
  static const chat::Message second{"user", "I'd like to show off how chat templating works!"};
  static const std::map<std::string, std::vector<chat::Message>> all = {
      {"user", {first}},
      {"user-assistant-user", {first, answer, second}},
      {"system-user-assistant-user", {system, first, answer, second}},
  };
  return all;
}

// The expected prompts of some templates come without the space at their end.
bool matches(const std::string& prompt, const std::string& expected) {
  return prompt == expected || prompt == expected + " ";
}

TEST(ChatTemplate, MakesThePromptsThatOllamaMakes) {
  if (!std::filesystem::exists(fixtures())) {
    GTEST_SKIP() << "no templates in " << fixtures() << ": CRIA_FIXTURES names the folder";
  }
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(fixtures())) {
    if (entry.path().extension() != ".gotmpl") continue;
    const std::string name = entry.path().filename().string();
    const ChatTemplate chat_template(name, read(entry.path()));
    for (const auto& [roles, messages] : conversations()) {
      const std::string prompt = text_of(chat_template.render({messages, {}}));
      const std::string expected = read(fixtures() / "testdata" / name / roles);
      EXPECT_TRUE(matches(prompt, expected)) << name << ", " << roles << ":\n"
                                             << prompt << "\nis not\n"
                                             << expected;
      ++seen;
    }
  }
  EXPECT_GE(seen, 60);
}

std::string rendered(const std::string& source, const chat::Conversation& conversation) {
  return text_of(ChatTemplate("t", source).render(conversation));
}

chat::Conversation talk(std::vector<chat::Message> messages) { return {std::move(messages), {}}; }

// What Ollama's own templates are written like, from before .Messages.
const std::string kTriples =
    "{{ if .System }}<S>{{ .System }}</S>{{ end }}{{ if .Prompt }}<U>{{ .Prompt }}</U>{{ end }}"
    "<A>{{ .Response }}</A>";

TEST(ChatTemplate, RunsOnceATurnWithoutMessages) {
  EXPECT_EQ(rendered(kTriples, talk({{"user", "1"}})), "<U>1</U><A>");
  EXPECT_EQ(rendered(kTriples, talk({{"user", "1"}, {"assistant", "2"}, {"user", "3"}})),
            "<U>1</U><A>2</A><U>3</U><A>");
  EXPECT_EQ(
      rendered(kTriples, talk({{"system", "0"}, {"user", "1"}, {"system", "4"}, {"user", "5"}})),
      "<S>0</S><U>1</U><A></A><S>4</S><U>5</U><A>");
  // An answer that was begun goes on.
  EXPECT_EQ(rendered(kTriples, talk({{"user", "1"}, {"assistant", "2"}})), "<U>1</U><A>2");
  EXPECT_EQ(rendered("[{{ .Prompt }}]", talk({{"user", "1"}, {"assistant", "2"}, {"user", "3"}})),
            "[1]2[3]");
}

TEST(ChatTemplate, CutsInTheBranchThatHasTheAnswer) {
  const std::string branches =
      "{{ if .System }}{{ .System }}|{{ .Response }}a{{ else }}{{ .Prompt }}|{{ .Response }}b{{ "
      "end "
      "}}c";
  EXPECT_EQ(rendered(branches, talk({{"user", "1"}})), "1|");
  EXPECT_EQ(rendered(branches, talk({{"system", "0"}, {"user", "1"}})), "0|");
  EXPECT_EQ(rendered("{{ if .Response }}r{{ end }}{{ .Prompt }}{{ json .Response }}c",
                     talk({{"user", "1"}})),
            "1\"\"");
}

const std::string kList =
    "{{ .System }}:{{ range .Messages }}({{ .Role }} {{ .Content }}{{ .Thinking }}{{ .ToolName }}"
    "{{ .ToolCallID }}){{ end }}";

TEST(ChatTemplate, MakesMessagesOfOneRoleOneButResultsOfTools) {
  EXPECT_EQ(rendered(kList, talk({{"user", "1"}, {"user", "2"}, {"system", "3"}, {"system", "4"}})),
            "3\n\n4:(user 1\n\n2)(system 3\n\n4)");
  chat::Message first{.role = "tool", .content = "1"}, second{.role = "tool", .content = "2"};
  first.tool_name = "f";
  second.tool_call_id = "id";
  EXPECT_EQ(rendered(kList, talk({first, second})), ":(tool 1f)(tool 2id)");
}

TEST(ChatTemplate, MarksWhatComesFromUsers) {
  chat::Message user{"user", "<|end|>", "<picture>"};
  const auto parts = ChatTemplate("t",
                                  "{{ range .Messages }}<|{{ .Role }}|>{{ .Content }}<|end|>"
                                  "{{ printf \"<%s>\" .Content }}{{ end }}")
                         .render(talk({user}));
  std::string shown;
  for (const chat::Part& part : parts) shown += (part.special ? "S[" : "U[") + part.text + "]";
  EXPECT_EQ(shown, "S[<|]U[user]S[|><picture>]U[<|end|>]S[<|end|><<picture>]U[<|end|>]S[>]");
}

const Data kTools = Data::List{Data::Object{
    {"type", "function"},
    {"strict", true},
    {"function",
     Data::Object{
         {"description", "Adds <numbers>"},
         {"name", "add"},
         {"parameters",
          Data::Object{
              {"properties",
               Data::Object{{"b", Data::Object{{"description", "the second"}, {"type", "integer"}}},
                            {"a", Data::Object{{"type", Data::List{"number", "null"}},
                                               {"enum", Data::List{1, 2.5}}}}}},
              {"type", "object"},
              {"required", Data::List{"a"}}}}}}}};

// Fields stand in the order of Ollama's types, properties are sorted, and what is no field is gone.
TEST(ChatTemplate, WritesToolsAsJson) {
  const std::string json =
      R"([{"type":"function","function":{"name":"add","description":"Adds \u003cnumbers\u003e",)"
      R"("parameters":{"type":"object","required":["a"],"properties":)"
      R"({"a":{"type":["number","null"],"enum":[1,2.5]},"b":{"type":"integer","description":"the second"}}}}}])";
  const std::string one = json.substr(1, json.size() - 2);
  const chat::Conversation with_tools{{{"user", "1"}}, kTools};
  const auto shown = [&](const std::string& source) {
    return rendered("{{ $.Messages | len }}" + source, with_tools);
  };
  EXPECT_EQ(shown("{{ .Tools }}"), "1" + json);
  EXPECT_EQ(shown("{{ json .Tools }}{{ .Tools.String }}"), "1" + json + json);
  EXPECT_EQ(shown("{{ range .Tools }}{{ . }}{{ end }}"), "1" + one);
  EXPECT_EQ(shown("{{ range .Tools }}{{ json .Function.Parameters.Properties.b }}{{ end }}"),
            R"(1{"type":"integer","description":"the second"})");
  EXPECT_EQ(shown("{{ range .Tools }}{{ range $name, $p := .Function.Parameters.Properties }}"
                  "{{ $name }} {{ $p.Type }} {{ toTypeScriptType $p }};{{ end }}{{ end }}"),
            "1a [number null] number | null;b integer number;");
  EXPECT_EQ(shown("{{ range .Tools }}{{ .Function.Parameters }}{{ end }}"),
            R"(1{object <nil> <nil> [a] {"a":{"type":["number","null"],"enum":[1,2.5]},)"
            R"("b":{"type":"integer","description":"the second"}}})");
  EXPECT_EQ(rendered("{{ .Messages | len }}{{ if .Tools }}t{{ end }}{{ json .Tools }}",
                     talk({{"user", "1"}})),
            "1null");
}

TEST(ChatTemplate, WritesCallsOfTools) {
  chat::Message call{.role = "assistant", .content = ""};
  call.tool_calls = {{"id1", 2, "add", Data::Object{{"y", "<"}, {"x", 1000000}}}, {"", 0, "f", {}}};
  EXPECT_EQ(rendered("{{ range .Messages }}{{ range .ToolCalls }}{{ .ID }} {{ .Function.Index }} "
                     "{{ .Function.Name }} {{ .Function.Arguments }};{{ end }}{{ end }}",
                     talk({call})),
            R"(id1 2 add {"x":1000000,"y":"\u003c"}; 0 f {};)");
  // Numbers are float64 there, as in Ollama.
  EXPECT_EQ(
      rendered("{{ range .Messages }}{{ range .ToolCalls }}{{ range $k, $v := "
               ".Function.Arguments }}{{ $k }}={{ $v }};{{ end }}{{ end }}{{ json . }}{{ end }}",
               talk({call})),
      R"(x=1e+06;y=<;{"Role":"assistant","Content":"","Thinking":"","Images":null,"ToolCalls":)"
      R"([{"ID":"id1","Function":{"Index":2,"Name":"add","Arguments":{"x":1000000,"y":"\u003c"}}},)"
      R"({"ID":"","Function":{"Index":0,"Name":"f","Arguments":null}}],"ToolName":"","ToolCallID":""})");
}

TEST(ChatTemplate, SaysWhereToolsAreWrong) {
  const ChatTemplate chat_template("t", "{{ range .Messages }}{{ end }}");
  const auto refuses = [&](Data tools, const char* what) {
    expect_error(
        [&] {
          chat_template.render({{}, std::move(tools)});
        },
        Error::Code::kInvalidArgument, {what, "expected"});
  };
  refuses("x", "tools: ");
  refuses(Data::List{5}, "tools[0]: ");
  refuses(Data::List{Data::Object{{"function", Data::Object{{"name", 5}}}}},
          "tools[0].function.name");
}

TEST(ChatTemplate, TellsOfThinking) {
  const std::string source =
      "{{ .Think }} {{ .ThinkLevel }} {{ .IsThinkSet }}{{ range .Messages }}{{ end }}";
  chat::Conversation conversation = talk({{"user", "1"}});
  EXPECT_EQ(rendered(source, conversation), "false  false");
  conversation.thinking = chat::Thinking{true, "high"};
  EXPECT_EQ(rendered(source, conversation), "true high true");
}

TEST(ChatTemplate, FillsBetweenTwoTexts) {
  const ChatTemplate chat_template("t",
                                   "{{ if .Suffix }}<P>{{ .Prompt }}<S>{{ .Suffix }}<M>"
                                   "{{ else }}{{ .Prompt }}{{ end }}");
  EXPECT_TRUE(chat_template.takes_suffix());
  EXPECT_EQ(text_of(chat_template.render_between("a", "b")), "<P>a<S>b<M>");
  EXPECT_EQ(text_of(chat_template.render(talk({{"user", "a"}}))), "a");
}

TEST(ChatTemplate, KnowsWhatATemplateCanDo) {
  const ChatTemplate plain("t", "{{ .Prompt }}");
  EXPECT_FALSE(plain.has_messages() || plain.takes_tools() || plain.takes_suffix() ||
               plain.thinks());
  const ChatTemplate able(
      "t",
      "{{ if and $.Tools (not .System) }}x{{ end }}{{ range .Messages }}{{ if .Thinking }}\n<think>"
      "\n{{ .Thinking }}</think>\n{{ end }}{{ .Content }}{{ end }}");
  EXPECT_TRUE(able.has_messages() && able.takes_tools() && able.thinks());
  EXPECT_EQ(able.thinking_tags(), (std::pair<std::string, std::string>("<think>", "</think>")));
  EXPECT_FALSE(ChatTemplate("t", "{{ .Thinking }}<a>{{ range .Messages }}{{ end }}<b>").thinks());
}

TEST(ChatTemplate, WantsAnArgumentForTemplatesThatItCalls) {
  expect_error([] { ChatTemplate("t", "{{ define \"x\" }}{{ end }}{{ template \"x\" }}"); },
               Error::Code::kInvalidArgument, {"undefined template specified", "t:1:25"});
}

}  // namespace
}  // namespace cria::go
