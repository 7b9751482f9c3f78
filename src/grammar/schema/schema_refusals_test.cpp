// What is refused, and what large schemas cost.
#include <gtest/gtest.h>

#include "grammar/schema/schema.h"
#include "grammar/test_grammar.h"
#include "tests/support/expect_error.h"

namespace cria::grammar {
namespace {

using cria::test::expect_error;
using Code = Error::Code;

TEST(Schema, RefusesByNameWhatItCanNotHonour) {
  const auto refused = [](const char* schema, std::initializer_list<std::string_view> parts) {
    SCOPED_TRACE(schema);
    expect_error([&] { compile_schema(schema); }, Code::kUnsupported, parts);
  };
  refused(R"({"not":{"type":"null"}})", {"\"not\""});
  refused(R"({"type":"integer","format":"roman"})", {"roman", "for numbers"});
  refused(R"({"contentEncoding":"quoted-printable"})", {"quoted-printable"});
  refused(R"({"properties":{"a":{"if":true}}})", {"/properties/a", "\"if\""});
  refused(R"({"type":"array","uniqueItems":true})", {"uniqueItems"});
  refused(R"({"type":"array","contains":{}})", {"\"contains\""});
  refused(R"({"dependentRequired":{}})", {"\"dependentRequired\""});
  refused(R"({"foo":1})", {"\"foo\""});
  refused(R"({"format":"color"})", {"\"color\"", "date-time"});
  refused(R"({"$ref":"https://example.com/a"})", {"https://example.com/a"});
  refused(R"({"properties":{"a":{"$id":"x"}}})", {"$id"});
  refused(R"_({"pattern":"(?<=a)b"})_", {"looking behind"});
  refused(R"({"pattern":"a","maxLength":1000000})", {"too many states"});
  refused(R"({"enum":["a"],"minLength":1})", {"minLength"});
  refused(R"({"type":"number","multipleOf":0.3,"minimum":1})", {"multipleOf 0.3"});
  refused(R"({"type":"number","multipleOf":25.1})", {"multipleOf 25.1"});
  refused(R"({"type":"integer","multipleOf":100000})", {"multipleOf 100000"});
  refused(R"({"oneOf":[{"type":"integer"},{"type":"number"}]})", {"oneOf", "0 and 1"});
  refused(R"({"oneOf":[{"properties":{"a":true}},{"properties":{"b":true}}]})", {"oneOf"});
  refused(R"({"properties":{"a":true,"b":true},"oneOf":[{"required":["a"]},{"required":["b"]}]})",
          {"oneOf"});
  refused(R"({"additionalProperties":true,"oneOf":[{"properties":{"a":true},"required":["a"]},
             {"properties":{"b":true},"required":["b"]}]})",
          {"oneOf"});
  refused(R"({"anyOf":[{"properties":{"a":true}},{"properties":{"b":true}}],
              "oneOf":[{"properties":{"a":true},"required":["a"]},
                       {"properties":{"b":true},"required":["b"]}]})",
          {"oneOf"});
  refused(R"({"type":"object","minProperties":3})", {"minProperties 3"});
  refused(R"({"allOf":[{"type":"object","patternProperties":{"^x$":{"const":1}}},
                       {"additionalProperties":false}]})",
          {"patternProperties and additionalProperties"});
  refused(R"({"$defs":{"p":{"patternProperties":{"^x$":{"const":1}},"type":"object"}},
              "$ref":"#/$defs/p","additionalProperties":{"type":"string"}})",
          {"patternProperties and additionalProperties"});
  refused(R"({"patternProperties":{"^x":true},"properties":{"xy":true}})", {"^x", "\"xy\""});
  refused(R"({"propertyNames":{"enum":["a"],"minLength":2}})", {"/propertyNames", "minLength"});
  refused(R"({"propertyNames":{"oneOf":[{"enum":["a","b"]},{"enum":["b"]}]}})",
          {"/propertyNames", "oneOf"});
  refused(R"({"oneOf":[{"type":"object","properties":{"x":{"const":1}},"required":["x"],
                        "propertyNames":{"enum":["x","y"]},"minProperties":2},
                       {"type":"object","properties":{"y":{}},"required":["y"]}]})",
          {"oneOf"});
  refused(R"({"oneOf":[{"const":{"a":1,"b":[{"c":2,"d":3}]}},
                       {"const":{"b":[{"d":3,"c":2}],"a":1}}]})",
          {"oneOf"});
  refused(R"({"$ref":"#"})", {"begins with itself"});
  refused(R"({"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"})",
          {"begins with itself"});
  refused(R"({"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"},{"type":"null"}]}},"$ref":"#/$defs/a"})",
          {"begins with itself"});
}

TEST(Schema, RefusesWhatMakesNoSense) {
  const auto refused = [](std::string_view schema, std::initializer_list<std::string_view> parts) {
    SCOPED_TRACE(schema.substr(0, 200));
    expect_error([&] { compile_schema(schema); }, Code::kInvalidArgument, parts);
  };
  refused("{", {"no valid JSON at byte"});
  refused("1", {"is no schema"});
  refused(R"({"a":1,"a":2})", {"\"a\" is there twice"});
  refused(R"({"type":"text"})", {"type is", "text"});
  refused(R"({"type":[]})", {"no type"});
  refused("false", {"no text fits"});
  refused(R"({"properties":{"a":{"type":"integer","minimum":5,"maximum":4}},"required":["a"]})",
          {"/properties/a", "between the bounds"});
  refused(R"({"type":"number","minimum":5,"maximum":4})", {"no text fits"});
  refused(R"({"type":"string","minLength":5,"maxLength":4})", {"minLength 5"});
  refused(R"({"type":"string","maxLength":-1})", {"maxLength", "-1"});
  refused(R"({"type":"array","minItems":2,"maxItems":1})", {"minItems 2"});
  refused(R"({"enum":[]})", {"no value"});
  refused(R"({"anyOf":[]})", {"anyOf is empty"});
  refused(R"({"$ref":"#/$defs/missing"})", {"missing", "does not exist"});
  refused(R"({"type":"integer","minimum":"5"})", {"minimum"});
  refused(R"({"type":"integer","exclusiveMinimum":true})", {"exclusiveMinimum is true"});
  refused(R"({"pattern":1})", {"pattern is no text"});
  refused(R"({"properties":[]})", {"properties is no object"});
  refused(R"({"required":[1]})", {"required"});
  refused(R"({"allOf":[{"type":"string"},{"type":"null"}]})", {"no value has both"});
  refused(R"({"allOf":[{"const":1},{"const":2}]})", {"/allOf/1", "allow no value"});
  refused(R"({"type":"string","anyOf":[{"const":1},{"type":"null"}]})", {"no value has both"});
  refused(R"({"allOf":[{"required":"a"},{"required":["b"]}]})", {"/allOf/0", "required"});
  refused(R"({"allOf":[{"enum":1},{"enum":[1]}]})", {"/allOf/0", "enum is no array"});
  refused(R"({"allOf":[{"properties":[true]},{}]})", {"/allOf/0", "properties is no object"});
  refused(R"({"allOf":[{"minLength":"x"},{"minLength":1}]})",
          {"/allOf/1", "minLength is", "x", "expected a number"});
  refused(R"({"type":"object","required":["a"],"properties":{},"additionalProperties":false})",
          {"no text fits"});
  refused(R"({"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}],"minLength":1}},
              "$ref":"#/$defs/a"})",
          {"without an end"});
  refused(std::string(10'000, '[') + std::string(10'000, ']'), {"nests deeper"});
  std::string deep = "true";
  for (int i = 0; i < 10'000; ++i) deep = R"({"items":)" + deep + "}";
  refused(deep, {"nests deeper"});
}

// Each level has both ways of the next.
TEST(Schema, RefusesWhatIsCombinedInTooManyWays) {
  std::string schema = R"({"$ref":"#/$defs/0","$defs":{)";
  for (int i = 0; i < 40; ++i) {
    const std::string next = concat("{\"$ref\":\"#/$defs/", i + 1, "\"}");
    schema += concat("\"", i, R"(":{"minLength":1,"anyOf":[)", next, ",", next, "]},");
  }
  schema += R"("40":{"type":"string"}}})";
  expect_error([&] { compile_schema(schema); }, Code::kInvalidArgument, {"too many ways"});
}

TEST(Schema, RefusesTooManyCasesBeforeTheyAreMade) {
  std::string schema = R"({"oneOf":[{"allOf":[{"anyOf":[{"minLength":1})";
  for (int i = 1; i < 1000; ++i) schema += R"(,{"minLength":1})";
  schema += R"(]},{"anyOf":[{},{},{"minLength":"x"}]}]},{}]})";
  expect_error([&] { compile_schema(schema); }, Code::kUnsupported, {"more than 1000 cases"});
}

// Of each string with other bounds the pattern is read again.
TEST(Schema, RefusesALongPatternWithManyBounds) {
  std::string schema = R"({"$defs":{"s":{"pattern":"^[)" + std::string(100'000, 'a');
  schema += R"(]*$"}},"properties":{)";
  for (int i = 1; i < 100; ++i) {
    schema += concat("\"", i, R"(":{"$ref":"#/$defs/s","minLength":)", i, "},");
  }
  schema += R"("0":{}}})";
  expect_error([&] { compile_schema(schema); }, Code::kInvalidArgument, {"too many ways"});
}

// Of each string alone there would be enough of them.
TEST(Schema, LooksAheadOnlySoMuchInAllStrings) {
  std::string schema = R"({"properties":{)";
  for (int i = 0; i < 1500; ++i) {
    schema += concat("\"", i, R"(":{"format":"date","pattern":"^[0-9-]{0,)", 30 + i, R"(}$"},)");
  }
  schema += R"("x":{}}})";
  expect_error([&] { compile_schema(schema); }, Code::kUnsupported,
               {"/properties/", "too many states"});
}

// A name of n characters is at n places of the pattern at once.
TEST(Schema, RefusesNamesThatArePatternsInTooManyWays) {
  const auto schema = [](int length) {
    return concat(R"({"patternProperties":{"a{)", length, R"(}b":{}},"properties":{")",
                  std::string(static_cast<size_t>(length), 'a'), R"(":{}}})");
  };
  compile_schema(schema(100));
  expect_error([&] { compile_schema(schema(9000)); }, Code::kUnsupported,
               {"a{9000}b", "patternProperties", "too many ways"});
}

TEST(Schema, RefusesToCombineThousandsOfObjects) {
  std::string schema = R"({"allOf":[{})";
  for (int i = 0; i < 3000; ++i) schema += concat(",{\"properties\":{\"", i, "\":true}}");
  expect_error([&] { compile_schema(schema + "]}"); }, Code::kInvalidArgument, {"too many ways"});
}

// What is long is counted, not written out.
TEST(Schema, StaysSmallWhereItAllowsMuch) {
  for (const char* schema :
       {R"({"type":"string","maxLength":1000000})", R"({"type":"string","minLength":1000000})",
        R"({"type":"array","items":{"type":"integer"},"maxItems":1000000})",
        R"({"type":"object","additionalProperties":{"type":"null"},"maxProperties":1000000})",
        R"({"pattern":"^[a-z]{0,1000000000}$"})", R"_({"pattern":"^((a*)*)*$"})_"}) {
    SCOPED_TRACE(schema);
    EXPECT_LT(compile_schema(schema)->states(), 500u);
  }
}

TEST(Schema, GrowsWithItsDepthOnly) {
  std::string schema = R"({"type":"null"})";
  for (int i = 0; i < 30; ++i) {
    schema =
        R"({"items":{"properties":{"a":{"type":"null"},"b":)" + schema + R"(},"minProperties":1}})";
  }
  EXPECT_LT(compile_schema(schema)->states(), 3000u);
}

TEST(Schema, CompilesThousandsOfProperties) {
  std::string schema = R"({"type":"object","properties":{)";
  for (int i = 0; i < 5000; ++i) {
    schema += concat(i > 0 ? "," : "", "\"property", i, R"(":{"type":"integer"})");
  }
  schema += "}}";
  const auto grammar = compile_schema(schema);
  EXPECT_LT(grammar->states(), 250'000u);
  EXPECT_TRUE(fits(grammar, R"({"property17":1,"property4999":2})"));
  EXPECT_FALSE(fits(grammar, R"({"property4999":1,"property17":2})"));
}

}  // namespace
}  // namespace cria::grammar
