#include "server/answers/data_json.h"
#include "server/openai/test_requests.h"

namespace cria::server::openai {
namespace {

using ChoiceKind = ToolChoice::Kind;
constexpr const char* kPath = "/v1/chat/completions";

std::vector<Turn> turns(const std::string& messages) {
  return test::asked(kPath, R"("messages":)" + messages).chat->turns;
}
std::string refusal(const std::string& messages) {
  return test::refusal(kPath, R"("messages":)" + messages);
}

TEST(ChatMessages, HaveRoles) {
  const auto all = turns(R"([{"role":"system","content":"s"},{"role":"developer","content":"d"},
      {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
      {"role":"assistant","content":null,"refusal":"no"},
      {"role":"function","name":"f","content":"1"}])");
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0].message.role, "system");
  EXPECT_EQ(all[1].message.role, "system");
  EXPECT_EQ(all[2].message.content, "a\nb");
  EXPECT_EQ(all[3].message.content, "no");
  EXPECT_EQ(all[4].message.role, "tool");
  EXPECT_EQ(all[4].message.tool_name, "f");
  EXPECT_EQ(refusal(R"([{"role":"robot","content":"x"}])"),
            R"(messages[0].role is "robot", expected "system", "developer", "user", "assistant", )"
            R"("tool" or "function")");
  EXPECT_EQ(refusal(R"([{"role":"user"}])"), "messages[0].content is required");
}

TEST(ChatMessages, HavePictures) {
  const auto all = turns(R"([{"role":"user","content":[{"type":"text","text":"look"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,Zm9v","detail":"auto"}},
      {"type":"image_url","image_url":"data:image/jpeg;base64,Zg=="}]}])");
  EXPECT_EQ(all[0].images, (std::vector<std::string>{"foo", "f"}));
  EXPECT_EQ(all[0].message.images, 2);
  EXPECT_NE(refusal(R"([{"role":"user","content":[
                {"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}])")
                .find("messages[0].content[0].image_url.url is \"https://example.com/a.png\", "
                      "expected \"data:image/png;base64,...\": no picture is fetched"),
            std::string::npos);
  for (const std::string type : {"input_audio", "file"}) {
    EXPECT_EQ(refusal(R"([{"role":"user","content":[{"type":")" + type + R"("}]}])"),
              "messages[0].content[0].type is \"" + type +
                  "\", expected a text or a picture: no model here takes anything else");
  }
}

TEST(ChatMessages, HaveCallsAndWhatTheyGave) {
  const auto all = turns(R"([{"role":"user","content":"hi"},
      {"role":"assistant","content":"so","reasoning_content":"hm","tool_calls":[
        {"id":"c1","type":"function","function":{"name":"add","arguments":"{\"b\":1,\"a\":[2]}"}},
        {"id":"c2","type":"function","function":{"name":"now","arguments":""}}]},
      {"role":"tool","tool_call_id":"c1","content":"3"},
      {"role":"tool","tool_call_id":"c9","name":"x","content":"4"},
      {"role":"assistant","function_call":{"name":"old","arguments":"{}"},"reasoning":"r"}])");
  const chat::Message& message = all[1].message;
  EXPECT_EQ(message.thinking, "hm");
  ASSERT_EQ(message.tool_calls.size(), 2u);
  EXPECT_EQ(message.tool_calls[0].id, "c1");
  EXPECT_EQ(to_json(message.tool_calls[0].arguments).dump(), R"({"b":1,"a":[2]})");
  EXPECT_EQ(message.tool_calls[1].index, 1);
  EXPECT_EQ(to_json(message.tool_calls[1].arguments).dump(), "{}");
  EXPECT_EQ(all[2].message.tool_name, "add");
  EXPECT_EQ(all[2].message.tool_call_id, "c1");
  EXPECT_EQ(all[3].message.tool_name, "x");
  EXPECT_EQ(all[4].message.tool_calls[0].name, "old");
  EXPECT_EQ(all[4].message.thinking, "r");
  EXPECT_EQ(refusal(R"([{"role":"assistant","tool_calls":[
                {"function":{"name":"f","arguments":"[1]"}}]}])"),
            R"(messages[0].tool_calls[0].function.arguments is "[1]", expected a JSON object)");
  EXPECT_EQ(refusal(R"([{"role":"assistant","tool_calls":[{"type":"custom"}]}])"),
            R"(messages[0].tool_calls[0].type is "custom", expected "function")");
}

const std::string kTools =
    R"("messages":[{"role":"user","content":"hi"}],"tools":[
       {"type":"function","function":{"name":"add","description":"adds","strict":true,
         "parameters":{"type":"object","properties":{"b":{},"a":{}}}}},
       {"type":"function","function":{"name":"now"}},
       {"type":"custom","custom":{"name":"c"}}],)";

ToolChoice choice(const std::string& json) {
  return test::asked(kPath, kTools + R"("tool_choice":)" + json).chat->tool_choice;
}

TEST(ChatTools, AreFunctions) {
  const GenerationRequest request = test::asked(kPath, kTools + R"("parallel_tool_calls":false)");
  EXPECT_EQ(to_json(request.chat->tools).dump(),
            R"([{"type":"function","function":{"name":"add","description":"adds","parameters":)"
            R"({"type":"object","properties":{"b":{},"a":{}}},"strict":true}},)"
            R"({"type":"function","function":{"name":"now","parameters":)"
            R"({"type":"object","properties":{}}}}])");
  EXPECT_FALSE(request.chat->tool_choice.parallel);
  EXPECT_EQ(request.warnings, std::vector<std::string>{"tools[2] of type \"custom\" is left out"});
}

TEST(ChatTools, AreChosen) {
  EXPECT_EQ(choice("\"auto\"").kind, ChoiceKind::kAuto);
  EXPECT_EQ(choice("\"none\"").kind, ChoiceKind::kNone);
  EXPECT_EQ(choice("\"required\"").kind, ChoiceKind::kRequired);
  EXPECT_TRUE(choice("\"required\"").parallel);
  const ToolChoice named = choice(R"({"type":"function","function":{"name":"now"}})");
  EXPECT_EQ(named.kind, ChoiceKind::kNamed);
  EXPECT_EQ(named.name, "now");
  const auto allowed = test::asked(
      kPath, kTools + R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required",
                         "tools":[{"type":"function","function":{"name":"now"}}]}})");
  EXPECT_EQ(allowed.chat->tool_choice.kind, ChoiceKind::kRequired);
  EXPECT_EQ(allowed.chat->tools.list().size(), 1u);
  const std::string older =
      R"("messages":[{"role":"user","content":"hi"}],"functions":[{"name":"f"}],)";
  EXPECT_EQ(test::asked(kPath, older + R"("function_call":{"name":"f"})").chat->tool_choice.name,
            "f");
  EXPECT_EQ(test::refusal(kPath, kTools + R"("tool_choice":"always")"),
            R"(tool_choice is "always", expected "none", "auto", "required" or a function by its )"
            "name");
  EXPECT_EQ(test::refusal(kPath, kTools + R"("tool_choice":{"function":{"name":"x"}})"),
            "tool_choice names \"x\", but there is no such tool");
}

}  // namespace
}  // namespace cria::server::openai
