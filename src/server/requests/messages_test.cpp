#include "server/requests/messages.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/expect_error.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using test::expect_error;
constexpr auto kInvalid = Error::Code::kInvalidArgument;

Warnings warnings_of(const std::string& text) {
  const Json json = Json::parse(text);
  const Fields fields(json, "");
  Warnings warnings;
  read_messages(fields, warnings);
  read_tools(fields, warnings);
  return warnings;
}

TEST(NativeMessages, AreRead) {
  const Json json = Json::parse(R"({"messages":[
      {"role":"User","content":"a","images":["Zm9v"]},
      {"role":"assistant","thinking":"t","tool_calls":[
          {"id":"c","type":"function","function":{"index":2,"name":"f","arguments":{"x":1}}}]},
      {"role":"tool","content":"1","tool_name":"f","tool_call_id":"c"}]})");
  Warnings warnings;
  const std::vector<Turn> turns = read_messages(Fields(json, ""), warnings);
  ASSERT_EQ(turns.size(), 3u);
  EXPECT_EQ(turns[0].message.role, "user");
  EXPECT_EQ(turns[0].images, std::vector<std::string>{"foo"});
  EXPECT_EQ(turns[0].message.images, 1);
  ASSERT_EQ(turns[1].message.tool_calls.size(), 1u);
  const chat::ToolCall& call = turns[1].message.tool_calls[0];
  EXPECT_EQ(call.id + call.name, "cf");
  EXPECT_EQ(call.index, 2);
  EXPECT_EQ(call.arguments.find("x")->integer(), 1);
  EXPECT_EQ(turns[2].message.tool_name, "f");
  EXPECT_TRUE(warnings.empty());
}

TEST(NativeMessages, TellWhatNobodyKnowsHoweverDeepItIs) {
  EXPECT_EQ(warnings_of(R"({"messages":[{"role":"assistant","a":1,"tool_calls":[
                {"b":1,"function":{"name":"f","c":1,"arguments":{"d":1}}}]}]})"),
            (Warnings{"unknown field \"messages[0].tool_calls[0].function.c\"",
                      "unknown field \"messages[0].tool_calls[0].b\"",
                      "unknown field \"messages[0].a\""}));
  EXPECT_EQ(warnings_of(R"({"tools":[{"type":"function","a":1,"function":
                {"name":"f","b":1,"parameters":{"type":"object","c":1}}}]})"),
            (Warnings{"unknown field \"tools[0].function.b\"", "unknown field \"tools[0].a\""}));
}

TEST(NativeMessages, AreRefusedWithTheirPlace) {
  const auto refused = [](const char* text, const char* what) {
    expect_error([&] { warnings_of(text); }, kInvalid, {what});
  };
  refused(R"({"messages":5})", "messages is 5, expected an array");
  refused(R"({"messages":[5]})", "messages[0] is 5, expected an object");
  refused(R"({"messages":[{}]})", "messages[0].role is required");
  refused(R"({"messages":[{"role":"user","images":["!"]}]})", "messages[0].images[0] is \"!\"");
  refused(R"({"messages":[{"role":"assistant","tool_calls":[{}]}]})",
          "messages[0].tool_calls[0].function is required");
  refused(R"({"tools":[5]})", "tools[0] is 5, expected an object");
  refused(R"({"tools":[{"type":"search"}]})", "tools[0].type is \"search\"");
  refused(R"({"tools":[{"function":{}}]})", "tools[0].function.name is required");
  refused(R"({"tools":[{"function":{"name":"f","parameters":[]}}]})",
          "tools[0].function.parameters is an array");
}

}  // namespace
}  // namespace cria::server
