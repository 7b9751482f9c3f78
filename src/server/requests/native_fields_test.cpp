#include "server/requests/native_fields.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "grammar/test_grammar.h"
#include "server/requests/option_fields.h"
#include "tests/support/expect_error.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using test::expect_error;
using namespace std::chrono_literals;
constexpr auto kInvalid = Error::Code::kInvalidArgument;

// What `read` makes of {NAME: VALUE}.
template <class Read>
auto of(Read read, const std::string& name, const Json& value) {
  const Json json = Json::object({{name, value}});
  return read(Fields(json, ""));
}

TEST(NativeFields, KeepModelsInMemory) {
  const auto keep_alive = [](const Json& value) {
    return of(read_keep_alive, "keep_alive", value);
  };
  const auto time = [](auto... value) { return KeepAliveChoice(std::in_place, value...); };
  EXPECT_EQ(keep_alive(nullptr), std::nullopt);
  EXPECT_EQ(keep_alive("5m"), time(5min));
  EXPECT_EQ(keep_alive(1.5), time(1500ms));
  EXPECT_EQ(keep_alive(0), time(0ns));
  EXPECT_EQ(keep_alive(-1), time());
  EXPECT_EQ(keep_alive("-1"), time());
  for (const Json& wrong : {Json("soon"), Json(1e300), Json(true), Json::array()}) {
    expect_error([&] { keep_alive(wrong); }, kInvalid, {"expected"});
  }
}

TEST(NativeFields, SayHowMuchToThink) {
  const auto think = [](const Json& value) { return of(read_think, "think", value); };
  EXPECT_EQ(think(nullptr), std::nullopt);
  EXPECT_FALSE(think(false)->on);
  EXPECT_TRUE(think(true)->on);
  EXPECT_EQ(think("high")->level, "high");
  expect_error([&] { think("hard"); }, kInvalid, {"think is \"hard\", expected true, false"});

  const auto effort = [](const Json& value) {
    return of([](const Fields& fields) { return thinking_of_effort(fields, "effort"); }, "effort",
              value);
  };
  EXPECT_FALSE(effort("none").on);
  EXPECT_EQ(effort("minimal").level, "low");
  EXPECT_EQ(effort("medium").level, "medium");
  EXPECT_EQ(effort("xhigh").level, "max");
  expect_error([&] { effort("most"); }, kInvalid, {"effort is \"most\""});
}

TEST(NativeFields, HoldAnswersToAFormat) {
  const auto format = [](const Json& value) { return of(read_format, "format", value); };
  EXPECT_EQ(format(nullptr), nullptr);
  EXPECT_EQ(format(""), nullptr);
  EXPECT_NE(format("json"), nullptr);
  EXPECT_NE(format("regex:a+"), nullptr);
  EXPECT_NE(format("gbnf:root ::= \"a\""), nullptr);
  const Json schema = Json::parse(
      R"({"type": "object", "properties": {"b": {"const": 1}, "a": {"const": 2}},
          "required": ["b", "a"]})");
  EXPECT_TRUE(grammar::fits(format(schema), R"({"b":1,"a":2})"));
  EXPECT_FALSE(grammar::fits(format(schema), R"({"a":2,"b":1})"));
  expect_error([&] { format("yaml"); }, kInvalid, {"format: \"yaml\", expected json"});
  expect_error(
      [&] {
        format(Json{{"not", {{"type", "null"}}}});
      },
      Error::Code::kUnsupported, {"schema", "not"});
}

TEST(OptionFields, AreParameters) {
  const Json json = Json::parse(
      R"({"options": {"top_k": 40.0, "temperature": 1, "use_mmap": false, "stop": ["a", "b"],
                      "low_vram": true, "speed": 9, "min_p": null}, "num_ctx": 8, "user": "me"})");
  const Fields fields(json, "");
  Options options;
  Warnings warnings;
  read_options(fields, options, warnings);
  read_loose_options(fields, options);
  EXPECT_EQ(options, (Options{{"top_k", "40"},
                              {"temperature", "1.0"},
                              {"use_mmap", "false"},
                              {"stop", "a"},
                              {"stop", "b"},
                              {"num_ctx", "8"}}));
  EXPECT_EQ(warnings,
            (Warnings{"option \"low_vram\" has no effect any more", "unknown option \"speed\""}));
  warn_of_unread(warnings, fields);
  EXPECT_EQ(warnings.back(), "unknown field \"user\"");
}

TEST(OptionFields, AreRefusedWithTheirPlace) {
  const Json json = Json::parse(R"({"options": {"top_k": "many"}})");
  expect_error(
      [&] {
        Options options;
        Warnings warnings;
        read_options(Fields(json, ""), options, warnings);
      },
      kInvalid, {"options.top_k is \"many\", expected a whole number"});
}

TEST(WarningsOfRequests, AreNotEndless) {
  Warnings warnings;
  for (int i = 0; i < 100; ++i) warn(warnings, "w");
  EXPECT_EQ(warnings.size(), 31u);
  EXPECT_EQ(warnings.back(), "there is more that has no effect");
}

}  // namespace
}  // namespace cria::server
