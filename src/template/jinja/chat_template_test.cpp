#include "template/jinja/chat_template.h"

#include <gtest/gtest.h>

namespace cria::jinja {
namespace {

const Data kTools =
    Data::List{Data::Object{{"type", "function"}, {"function", Data::Object{{"name", "add"}}}}};

std::string render(const ChatTemplate& chat_template, const chat::Conversation& conversation) {
  std::string text;
  for (const chat::Part& part : chat_template.render(conversation, {.now = 0}))
    text += part.special ? part.text : "<" + part.text + ">";
  return text;
}

std::string render(std::string_view source, const chat::Conversation& conversation) {
  return render(ChatTemplate("t", source, {{"bos_token", "BOS"}, {"eos_token", "EOS"}}),
                conversation);
}

TEST(JinjaChatTemplate, ShowsMessagesToolsAndTokens) {
  const chat::Conversation talk{.messages = {{"system", "s"}, {"user", "u"}}, .tools = kTools};
  EXPECT_EQ(render("{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
                   "{{ tools | length }}{{ documents }}{{ add_generation_prompt }}{{ eos_token "
                   "}}{{ pad_token }}",
                   talk),
            "BOS[system]<s>[user]<u>1NoneTrueEOS");
  EXPECT_EQ(render("{{ tools is none }}", {.messages = {{"user", "u"}}, .tools = Data::List{}}),
            "True");
}

TEST(JinjaChatTemplate, ShowsCallsResultsAndThoughts) {
  chat::Message call{.role = "assistant", .content = "", .thinking = "hm"};
  call.tool_calls = {{"id1", 0, "add", Data::Object{{"b", 1}, {"a", 2.5}}}};
  const chat::Message result{
      .role = "tool", .content = "3", .tool_name = "add", .tool_call_id = "id1"};
  EXPECT_EQ(
      render("{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.type }} {{ c.id }} {{ "
             "c.function.name }} "
             "{{ c.function.arguments | tojson }} {{ m.thinking == m.reasoning_content }} {{ "
             "m.thinking }}{% endfor %}"
             "{% if m.role == 'tool' %}|{{ m.name }} {{ m.tool_call_id }}{% endif %}{% endfor %}",
             {.messages = {call, result}, .tools = {}}),
      "function <id1> <add> <{\"b\": 1, \"a\": 2.5}> True <hm>|<add> <id1>");
}

TEST(JinjaChatTemplate, SaysHowToThinkOnlyWhenAsked) {
  constexpr std::string_view kSource =
      "{{ enable_thinking is defined }} {{ enable_thinking }} {{ thinking }} {{ reasoning_effort "
      "}}";
  EXPECT_EQ(render(kSource, {.messages = {}, .tools = {}}), "False   ");
  EXPECT_EQ(
      render(kSource, {.messages = {}, .tools = {}, .thinking = chat::Thinking{true, "high"}}),
      "True True True high");
  EXPECT_EQ(render(kSource, {.messages = {}, .tools = {}, .thinking = chat::Thinking{}}),
            "True False False ");
}

TEST(JinjaChatTemplate, TrustsOnlyRolesThatTemplatesKnow) {
  EXPECT_EQ(render("{% for m in messages %}<|{{ m.role }}|>{% endfor %}",
                   {.messages = {{"user", ""}, {"end", ""}}, .tools = {}}),
            "<|user|><|<end>|>");
}

constexpr std::string_view kBoth =
    "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}{% for p in "
    "m.content %}"
    "{% if p.type == 'image' %}[PICTURE]{% else %}{{ p.text }}{% endif %}{% endfor %}{% endif %}{% "
    "endfor %}";

TEST(JinjaChatTemplate, PutsPicturesWhereTheTemplateWantsThem) {
  chat::Message seen{.role = "user", .content = "u", .pictures = "[P][P]"};
  seen.images = 2;
  const chat::Conversation talk{.messages = {{"system", "s"}, seen}, .tools = {}};
  EXPECT_EQ(render("{% for m in messages %}{{ m.content }}{% endfor %}", talk), "<s>[P][P]<u>");
  EXPECT_EQ(render(kBoth, talk), "<s>[PICTURE][PICTURE]<u>");
  EXPECT_TRUE(ChatTemplate("t", kBoth).takes_parts());
  EXPECT_FALSE(ChatTemplate("t", "{{ messages[0].content }}").takes_parts());
  EXPECT_FALSE(ChatTemplate("t", "{{ messages | tojson }}").takes_parts());
}

TEST(JinjaChatTemplate, GivesPartsAloneToWhatTakesNothingElse) {
  EXPECT_EQ(
      render(
          "{% for m in messages %}{% for p in m.content %}{{ p['text'] }}.{% endfor %}{% endfor %}",
          {.messages = {{"user", "two"}}, .tools = {}}),
      "<two>.");
}

TEST(JinjaChatTemplate, GivesArgumentsAsTextToWhatTakesNothingElse) {
  const auto shown = [](const std::string& arguments) {
    chat::Message call{.role = "assistant", .content = ""};
    call.tool_calls = {{"id1", 0, "add", Data::Object{{"a", 1}, {"note", "é"}}}};
    return render("{% for m in messages %}{% for c in m.tool_calls or [] %}" + arguments +
                      "{% endfor %}{% endfor %}",
                  {.messages = {{"user", "u"}, call}, .tools = {}});
  };
  constexpr std::string_view kJson = R"(<{"a": 1, "note": "é"}>)";
  EXPECT_EQ(shown("{{ c.function.arguments | tojson }}"), kJson);
  EXPECT_EQ(shown("{{ '' + c.function.arguments }}"), kJson);
  EXPECT_EQ(shown("{{ c.function.arguments }}"), kJson);
  EXPECT_EQ(shown("{% for k, v in c.function.arguments.items() %}{{ k }}{{ v }} {% endfor %}"),
            "<a1> <noteé> ");
}

TEST(JinjaChatTemplate, TellsFromWhatItReadsWhatItTakes) {
  const auto takes = [](std::string_view source) {
    return ChatTemplate("t", source).takes_tools();
  };
  EXPECT_TRUE(takes("{% if tools %}{% endif %}"));
  EXPECT_TRUE(takes("{% macro m(t) %}{% endmacro %}{{ m(tools) }}"));
  EXPECT_FALSE(
      takes("tools {# tools #} {{ 'tools' }}{% for tools in messages %}{{ tools }}{% endfor %}"));
  const auto thinks = [](std::string_view source) { return ChatTemplate("t", source).thinks(); };
  EXPECT_TRUE(thinks("{% if enable_thinking is defined %}{% endif %}"));
  EXPECT_TRUE(thinks("{{ messages[0]['reasoning_content'] }}"));
  EXPECT_TRUE(thinks("{{ messages[0].content.split('</think>')[-1] }}"));
  EXPECT_TRUE(thinks("{% if '</think>' in messages[0].content %}{% endif %}"));
  EXPECT_FALSE(thinks("thinking <think></think> {{ 'enable_thinking' }}{{ messages[0].content }}"));
}

TEST(JinjaChatTemplate, HasAnotherForConversationsWithTools) {
  const ChatTemplate both("t", "plain", {}, "tools");
  EXPECT_TRUE(both.takes_tools());
  EXPECT_EQ(render(both, {.messages = {{"user", "u"}}, .tools = {}}), "plain");
  EXPECT_EQ(render(both, {.messages = {{"user", "u"}}, .tools = kTools}), "tools");
}

}  // namespace
}  // namespace cria::jinja
