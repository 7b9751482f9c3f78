#include "server/fields.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/expect_error.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using test::expect_error;
using Texts = std::vector<std::string>;
constexpr auto kInvalid = Error::Code::kInvalidArgument;

TEST(Fields, AreReadByTheirTypes) {
  const Json json = Fields::parse(R"({"a": "x", "b": true, "c": 40.0, "d": -3, "e": 0.5,
                                      "f": ["y", "z"], "g": null, "h": {"i": 1}})");
  const Fields fields(json, "");
  EXPECT_EQ(fields.text("a"), "x");
  EXPECT_EQ(fields.text("g", "w"), "w");
  EXPECT_EQ(fields.flag("b", false), true);
  EXPECT_EQ(fields.flag("nothing"), std::nullopt);
  EXPECT_EQ(fields.integer("c"), 40);
  EXPECT_EQ(fields.integer("d", 0, -5, 5), -3);
  EXPECT_EQ(fields.real("e"), 0.5);
  EXPECT_EQ(fields.texts("f"), (Texts{"y", "z"}));
  EXPECT_EQ(fields.texts("a"), Texts{"x"});
  EXPECT_EQ(fields.unread(), Texts{"h"});
  EXPECT_EQ(Fields(*fields.object("h"), "h").unread(), Texts{"h.i"});
  EXPECT_EQ(fields.unread(), Texts{});
}

TEST(Fields, AreRefusedWithPlaceAndValue) {
  const Json json = Fields::parse(
      R"({"a": 1, "b": "x", "c": 0.5, "d": 18446744073709551615, "e": [1], "f": 1e300, "g": {}})");
  const Fields fields(json, "options");
  expect_error([&] { fields.text("a"); }, kInvalid, {"options.a is 1, expected a text"});
  expect_error([&] { fields.flag("b", true); }, kInvalid, {"options.b is \"x\", expected true"});
  expect_error([&] { fields.integer("c"); }, kInvalid, {"options.c is 0.5, expected a whole"});
  expect_error([&] { fields.integer("d"); }, kInvalid, {"options.d", "smaller"});
  expect_error([&] { fields.integer("f"); }, kInvalid, {"options.f", "whole"});
  expect_error([&] { fields.integer("a", 0, 2, 9); }, kInvalid,
               {"options.a is 1, expected one from 2 to 9"});
  expect_error([&] { fields.real("b"); }, kInvalid, {"options.b"});
  expect_error([&] { fields.texts("e"); }, kInvalid, {"options.e has 1"});
  expect_error([&] { fields.array("g"); }, kInvalid, {"options.g is an object, expected an array"});
  expect_error([&] { fields.object("e"); }, kInvalid, {"options.e is an array"});
  expect_error([&] { fields.needed_text("none"); }, kInvalid, {"options.none is required"});
  expect_error([&] { Fields(json["a"], "a"); }, kInvalid, {"a is 1, expected an object"});
}

TEST(Fields, OfNoJsonAreRefused) {
  expect_error([] { Fields::parse(""); }, kInvalid, {"missing request body"});
  expect_error([] { Fields::parse(" \n"); }, kInvalid, {"missing request body"});
  for (const char* text : {"{", "{\"a\":}", "{\"a\":1}x", "nul", "{\"a\":\"\xff\"}", "{a:1}"}) {
    expect_error([&] { Fields::parse(text); }, kInvalid, {"no JSON from byte"});
  }
  expect_error([] { Fields::parse("[1]"); }, kInvalid, {"an array, expected an object"});
  const std::string deep = "{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}";
  expect_error([&] { Fields::parse(deep); }, kInvalid, {"deeper than 200"});
}

}  // namespace
}  // namespace cria::server
