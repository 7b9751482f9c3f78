#include "grammar/schema/schema.h"

#include "grammar/schema/test_schema.h"

namespace cria::grammar {
namespace {

TEST(Schema, AnyValueIsJson) {
  expect_fits(std::vector<Case>{
      {"true",
       {"{}", "[]", "\"a\"", "-0.5e+10", "true", "null", "{\"a\": [1,\n  {}], \"b\":\"\"}",
        R"("\"\\\/\b\u00e9\ud83d\ude00é😀")", "[ ]", "{\"a\":1 }"},
       {"", "tru", "{a:1}", "[1,]", "01", "1.", ".5", "+1", "\"\n\"", R"("\ud83d")", R"("\ude00")",
        R"("\x")", "\"\xff\"", "[1  ,2]", " 1", "1 ", "NaN", "{\"a\"}", "'a'"}},
      {"{}", {"1", "{}"}, {}},
      {R"({"type":"object"})", {"{}", "{\"a\":[]}"}, {"[]", "1"}},
  });
}

TEST(Schema, TypesAndEnumerations) {
  expect_fits(std::vector<Case>{
      {R"({"type":["string","null"]})", {"\"\"", "null"}, {"1"}},
      {R"({"type":"integer"})", {"0", "-7", "1234567890123456"}, {"1.0", "00", "-0", "1e2"}},
      {R"({"type":"boolean","title":"t","description":"d","default":1})", {"true"}, {"1"}},
      {R"({"enum":["a",1,null,{"b":[1,"c"]}]})",
       {"\"a\"", "1", "null", R"({"b":[1,"c"]})", "{ \"b\": [ 1, \"c\" ] }"},
       {"\"b\"", "2", "{}"}},
      {R"({"type":["string","null"],"enum":["x",1,null]})", {"\"x\"", "null"}, {"1"}},
      {R"({"const":"a\"\né"})", {R"("a\"\né")"}, {R"("a")"}},
      {R"({"anyOf":[{"type":"integer"},{"const":"x"}]})", {"5", "\"x\""}, {"\"y\""}},
  });
}

TEST(Schema, Objects) {
  expect_fits(std::vector<Case>{
      {R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}},
           "required":["a"],"additionalProperties":false})",
       {R"({"a":1})", R"({"a": 1, "b": null})", "{\n  \"a\": 1\n}"},
       {"{}", R"({"b":null})", R"({"b":null,"a":1})", R"({"a":1,"c":2})", R"({"a":1,})"}},
      {R"({"properties":{"a":true,"b":true,"c":true}})",
       {"{}", R"({"b":1})", R"({"a":1,"c":2})"},
       {R"({"d":1})", R"({"c":1,"a":2})", "1"}},
      {R"({"properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}})",
       {"{}", R"({"a":null})", R"({"ab":1})", R"({"a":null,"":2,"b":3})", R"({"\"":1})"},
       {R"({"a":1})", R"({"b":null})", R"({"\u0061":1})"}},
      {R"({"type":"object","additionalProperties":{"type":"boolean"},"minProperties":1,
           "maxProperties":2})",
       {R"({"x":true})", R"({"x":true,"y":false})"},
       {"{}", R"({"x":true,"y":true,"z":true})", R"({"x":1})"}},
      {R"({"properties":{"a":true,"b":true,"c":true},"minProperties":2,"maxProperties":2})",
       {R"({"a":1,"b":2})", R"({"a":1,"c":2})", R"({"b":1,"c":2})"},
       {"{}", R"({"a":1})", R"({"a":1,"b":2,"c":3})"}},
      {R"({"type":"object","required":["x"]})",
       {R"({"x":1})", R"({"x":1,"y":2})"},
       {"{}", R"({"y":1})", R"({"x":1,"x":2})"}},
      {R"({"type":"object","patternProperties":{"^x-":{"type":"integer"}},
           "additionalProperties":false,"properties":{"y":{"type":"null"}}})",
       {"{}", R"({"x-a":1})", R"({"y":null,"x-":1,"x-b":2})"},
       {R"({"a":1})", R"({"x-a":"1"})"}},
      {R"({"type":"object","propertyNames":{"pattern":"^[a-c]{2}$"},
           "additionalProperties":{"type":"integer"}})",
       {R"({"ab":1})"},
       {R"({"a":1})", R"({"xy":1})"}},
      {R"({"propertyNames":{"enum":["b","a"]},"additionalProperties":{"type":"integer"},
           "required":["a"]})",
       {R"({"a":1})", R"({"b":2,"a":1})"},
       {"{}", R"({"b":1})", R"({"a":1,"c":1})", R"({"a":"x"})", R"({"a":1,"a":2})"}},
      {R"({"propertyNames":{"type":"string","enum":["a",1]},"additionalProperties":true})",
       {"{}", R"({"a":1})"},
       {R"({"1":1})"}},
      {R"({"properties":{"a":{"not":{}},"b":{"type":"null"}}})",
       {"{}", R"({"b":null})"},
       {R"({"a":1})"}},
      {R"({"properties":{"a":false,"b":{"type":"null"}}})",
       {"{}", R"({"b":null})"},
       {R"({"a":1})"}},
  });
}

TEST(Schema, Arrays) {
  expect_fits(std::vector<Case>{
      {R"({"type":"array","items":{"type":"integer"}})", {"[]", "[1]", "[1, 2,3]"}, {"[\"a\"]"}},
      {R"({"items":{"type":"integer"},"minItems":2,"maxItems":3})",
       {"[1,2]", "[1,2,3]"},
       {"[]", "[1]", "[1,2,3,4]"}},
      {R"({"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false})",
       {"[]", "[1]", "[1,\"a\"]"},
       {"[\"a\"]", "[1,\"a\",2]"}},
      {R"({"prefixItems":[{"type":"integer"}],"items":{"type":"null"},"minItems":2,"maxItems":3})",
       {"[1,null]", "[1,null,null]"},
       {"[1]", "[1,null,null,null]", "[null,null]"}},
      {R"({"items":[{"type":"integer"}],"additionalItems":{"type":"null"},"minItems":1})",
       {"[1]", "[1,null]"},
       {"[]", "[null]"}},
      {R"({"type":"array","maxItems":0})", {"[]", "[ ]"}, {"[1]"}},
      {R"({"type":"array","items":false})", {"[]"}, {"[1]"}},
      {R"({"type":"array","items":{"type":"null"},"minItems":1000000})", {}, {"[]", "[null]"}},
  });
}

TEST(Schema, Strings) {
  expect_fits(std::vector<Case>{
      {R"({"type":"string","minLength":2,"maxLength":3})",
       {R"("ab")", R"("é😀c")", R"("\n\ud83d\ude00")"},
       {R"("a")", R"("abcd")", "\"\""}},
      {R"({"pattern":"^[a-z]+\\d$"})", {R"("ab1")"}, {R"("1")", R"("ab1x")", "1"}},
      {R"({"pattern":"b\"\\n"})", {R"("ab\"\nc")"}, {R"("ab")"}},
      {R"({"pattern":"^[^a]$"})", {R"("\\")", R"("é")", R"("\u0000")"}, {R"("a")", R"("\")"}},
      {R"({"pattern":"^[a-z]*$","maxLength":3,"minLength":1})",
       {R"("abc")"},
       {"\"\"", R"("abcd")"}},
      {R"({"type":"string","maxLength":1000000})", {R"("abc")"}, {}},
      {R"({"format":"date"})",
       {R"("2026-11-26")", R"("2024-02-29")", R"("2000-02-29")"},
       {R"("2026-02-29")", R"("1900-02-29")", R"("2026-13-01")", R"("2026-04-31")"}},
      {R"({"format":"date-time"})", {R"("2026-11-26T12:00:00.5Z")"}, {R"("2026-11-26")"}},
      {R"({"format":"time"})", {R"("23:59:59+01:30")"}, {R"("24:00:00Z")", R"("12:00:00")"}},
      {R"({"format":"uuid"})", {R"("123e4567-e89b-12d3-a456-426614174000")"}, {R"("123")"}},
      {R"({"format":"email"})", {R"("a.b+c@example.com")"}, {R"("a@")", R"("a..b@x.y")"}},
      {R"({"format":"ipv4"})", {R"("255.0.10.1")"}, {R"("256.0.0.1")", R"("01.1.1.1")"}},
      {R"({"format":"ipv6"})",
       {R"("::1")", R"("fe80::1:2")", R"("1:2:3:4:5:6:7:8")"},
       {R"("1::2::3")"}},
      {R"({"format":"hostname"})", {R"("a-b.example")"}, {R"("-a")", R"("a_b")"}},
      {R"({"format":"uri"})",
       {R"("https://example.com:80/a%20b?x=1#y")", R"("mailto:a@b.c")"},
       {R"("example")", R"("http://a b")"}},
      {R"({"format":"duration"})", {R"("P1Y2M3DT4H5M6S")", R"("P1W")"}, {R"("P")", R"("PT")"}},
      {R"({"pattern":"a","maxLength":3})", {R"("a")", R"("xay")"}, {R"("xx")", R"("aaaa")"}},
      {R"({"pattern":"^[0-9-]*$","format":"date"})", {R"("2026-11-26")"}, {R"("2026-11-31")"}},
      {R"({"pattern":"^a|b$","allOf":[{"pattern":"^.[a-z]"},{"minLength":3}]})",
       {R"("axy")", R"("ccb")"},
       {R"("ax")", R"("a1b")", R"("cxc")"}},
      {R"({"format":"email","maxLength":254,"minLength":3})", {R"("a.b@c.example")"}, {R"("a@b")"}},
      {R"({"format":"uri","minLength":1,"maxLength":2083})",
       {R"("https://a.example/b/%20?c=/d")"},
       {R"("a.example")"}},
      {R"({"format":"email","maxLength":12})",
       {R"("a@b.example")"},
       {R"("abc@b.example")", R"("a@")"}},
      {R"_({"pattern":"^(?!\"|\n)[^]*$"})_", {R"("a\"")", "\"\""}, {R"("\"a")", R"("\n")"}},
      {R"({"contentEncoding":"base64","minLength":1})", {R"("QUI=")", R"("QUJD")"}, {R"("QUI")"}},
      {R"({"format":"json-pointer"})", {"\"\"", R"("/a~1b/0")"}, {R"("a")", R"("/~2")"}},
  });
}

TEST(Schema, NumbersWithinBounds) {
  expect_fits(std::vector<Case>{
      {R"({"type":"integer","minimum":-5,"maximum":120})", {"-5", "0", "120"}, {"-6", "121", "-0"}},
      {R"({"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":1.5})", {"1"}, {"0", "2"}},
      {R"({"type":"integer","minimum":98,"maximum":1203})",
       {"98", "99", "100", "999", "1000", "1199", "1203"},
       {"97", "1204", "9999", "098"}},
      {R"({"type":"integer","maximum":-10})", {"-10", "-123456789012"}, {"-9", "0", "10"}},
      {R"({"type":"integer","minimum":0.5})", {"1", "9999999999999999"}, {"0"}},
      {R"({"type":"number","minimum":-1.25,"maximum":3.5})",
       {"-1.25", "-1.2", "-1", "0", "-0.001", "3.5", "3.50", "3.499", "2", "1.0"},
       {"-1.251", "-1.3", "3.51", "4", "3.500001", "-2", "1e1"}},
      {R"({"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1})",
       {"0.5", "0.0001", "0.999"},
       {"0", "1", "0.0", "1.0", "-0.5"}},
      {R"({"minimum":1e-3,"type":"number"})", {"0.001", "5", "0.0010"}, {"0.0009", "0", "-1"}},
      {R"({"type":"number","maximum":-0.5})", {"-0.5", "-1", "-12.25"}, {"-0.49", "0", "1"}},
      {R"({"type":"integer","multipleOf":7})", {"0", "7", "-21", "700"}, {"1", "8"}},
      {R"({"type":"integer","multipleOf":1000,"minimum":0,"maximum":5000})",
       {"0", "1000", "5000"},
       {"500", "6000"}},
      {R"({"type":"number","multipleOf":0.01})", {"1", "1.5", "-1.25"}, {"1.255"}},
      {R"({"type":"number","multipleOf":1})", {"5"}, {"5.5"}},
      {R"({"type":"number","multipleOf":0.25})",
       {"0", "-0.25", "12.5", "7.75", "3", "0.50"},
       {"0.2", "0.3", "1.255", "1.", "0.05"}},
      {R"({"type":"number","multipleOf":1.5})", {"1.5", "3", "-4.5", "3.0"}, {"1", "0.5", "2.5"}},
      {R"({"type":"number","minimum":0,"exclusiveMinimum":true,"maximum":1,
           "exclusiveMaximum":false})",
       {"0.1", "1"},
       {"0", "1.1"}},
      {R"({"allOf":[{"type":"integer","minimum":3,"exclusiveMinimum":true},{"minimum":2}]})",
       {"4"},
       {"3", "2"}},
      {R"({"type":"integer","format":"uint8"})", {"0", "255"}, {"-1", "256"}},
  });
}

// Every whole number near the bounds, and every tenth.
TEST(Schema, BoundsAreExact) {
  for (const auto& [low, high] : {std::pair{-12, 105}, {0, 9}, {7, 8}, {-200, -99}, {10, 1000}}) {
    const auto integers =
        compile_schema(concat(R"({"type":"integer","minimum":)", low, R"(,"maximum":)", high, "}"));
    const auto numbers = compile_schema(
        concat(R"({"type":"number","exclusiveMinimum":)", low, R"(,"maximum":)", high, "}"));
    for (int i = low - 15; i <= high + 15; ++i) {
      EXPECT_EQ(fits(integers, std::to_string(i)), low <= i && i <= high) << i;
      for (int tenth = 0; tenth < 10; ++tenth) {
        if (i < 0) continue;
        const bool inside =
            (i > low || (i == low && tenth > 0)) && (i < high || (i == high && tenth == 0));
        EXPECT_EQ(fits(numbers, concat(i, '.', tenth)), inside) << i << '.' << tenth;
      }
    }
  }
}

TEST(Schema, ReferencesAndRecursion) {
  expect_fits(std::vector<Case>{
      {R"({"$defs":{"n":{"type":"object","properties":{"v":{"type":"integer"},
           "next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["v","next"],
           "additionalProperties":false}},"$ref":"#/$defs/n"})",
       {R"({"v":1,"next":null})", R"({"v":1,"next":{"v":2,"next":null}})"},
       {R"({"v":1})", R"({"v":1,"next":{"v":2}})"}},
      {R"({"properties":{"children":{"type":"array","items":{"$ref":"#"}}}})",
       {"{}", R"({"children":[{},{"children":[]}]})"},
       {R"({"children":[1]})"}},
      {R"({"properties":{"c":{"description":"d","allOf":[{"$ref":"#"}]}},
           "additionalProperties":false})",
       {"{}", R"({"c":{"c":{}}})"},
       {R"({"c":1})"}},
      {R"({"definitions":{"a/b~":{"const":1}},"$ref":"#/definitions/a~1b~0","title":"t"})",
       {"1"},
       {"2"}},
      {R"({"$defs":{"a é%":{"const":1}},"$ref":"#/%24defs/a%20%C3%a9%"})", {"1"}, {"2"}},
  });
}

TEST(Schema, CombinesWhatHoldsTogether) {
  expect_fits(std::vector<Case>{
      {R"({"allOf":[{"type":"integer","minimum":3},{"type":"number","maximum":5}]})",
       {"3", "5"},
       {"2", "6", "3.5"}},
      {R"({"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},
           {"properties":{"b":{"type":"null"},"a":{"minimum":5}}}]})",
       {R"({"a":5})", R"({"a":7,"b":null})"},
       {R"({"a":4})", "{}"}},
      {R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},
           "anyOf":[{"required":["a"]},{"required":["b"]}]})",
       {R"({"a":1})", R"({"b":1})", R"({"a":1,"b":1})"},
       {"{}"}},
      {R"({"$defs":{"s":{"type":"string"}},"$ref":"#/$defs/s","minLength":2})",
       {R"("ab")"},
       {R"("a")"}},
      {R"({"oneOf":[{"type":"integer"},{"type":"string"}]})", {"1", "\"a\""}, {"null"}},
      {R"({"oneOf":[{"properties":{"k":{"const":"a"},"x":{"type":"integer"}},"required":["k"],
             "type":"object"},
           {"properties":{"k":{"enum":["b","c"]}},"required":["k"],"type":"object"}]})",
       {R"({"k":"a","x":1})", R"({"k":"c"})"},
       {R"({"k":"b","x":1})", R"({"k":"d"})"}},
      {R"({"allOf":[{"enum":[1,2,3]},{"enum":[2,3,4]},{"const":3}]})", {"3"}, {"2"}},
      {R"({"allOf":[{"enum":[{"a":1,"b":2},{"a":1}]},{"const":{"b":2,"a":1}}]})",
       {R"({"a":1,"b":2})"},
       {R"({"a":1})"}},
      {R"({"enum":[{"a":1,"b":2},3],"const":{"b":2,"a":1}})", {R"({"a":1,"b":2})"}, {"3"}},
      // Cases that do not fit what stands beside them.
      {R"({"type":"string","anyOf":[{"const":1},{"const":"a"},{"type":"null"}]})",
       {R"("a")"},
       {"1", "null"}},
      {R"({"type":"string","oneOf":[{"anyOf":[{"const":1}]},{"minLength":2}]})",
       {R"("ab")"},
       {"1", R"("a")"}},
      {R"({"allOf":[{"type":"object","patternProperties":{"^x$":{"const":1}},
                     "additionalProperties":false},{"minProperties":1}]})",
       {R"({"x":1})"},
       {"{}", R"({"y":1})"}},
      // A tag that has a default is not required, but told apart it is.
      {R"({"oneOf":[{"properties":{"k":{"const":"a"},"x":{"type":"integer"}},"required":["k","x"]},
             {"properties":{"k":{"const":"b"},"y":{"type":"integer"}},"required":["y"]}],
           "discriminator":{"propertyName":"k"}})",
       {R"({"k":"a","x":1})", R"({"k":"b","y":1})", R"({"y":1})"},
       {R"({"x":1})", R"({"k":"b","x":1})"}},
      {R"({"oneOf":[{"properties":{"a":true},"required":["a"]},
             {"properties":{"b":true},"required":["b"]}]})",
       {R"({"a":1})", R"({"b":1})"},
       {"{}", R"({"a":1,"b":1})"}},
      {R"({"allOf":[{"properties":{"a":true},"additionalProperties":false},
           {"properties":{"b":true}}]})",
       {"{}", R"({"a":1})"},
       {R"({"b":1})"}},
  });
}

TEST(Schema, WritesNoSpaceWhereItIsCompact) {
  expect_fits(std::vector<Case>{{R"({"properties":{"a":{"items":{}}}})",
                                 {R"({"a":[1,{"b":2}]})"},
                                 {R"({"a": []})", R"({ "a":[]})", R"({"a":[1, 2]})"}}},
              {.whitespace = SchemaOptions::Whitespace::kCompact});
}

TEST(Schema, TakesPropertiesInAnyOrderIfAsked) {
  expect_fits(std::vector<Case>{{R"({"properties":{"a":true,"b":true,"c":true},"required":["b"]})",
                                 {R"({"b":1})", R"({"c":1,"b":2,"a":3})", R"({"b":1,"a":2})"},
                                 {"{}", R"({"a":1})", R"({"b":1,"b":2})"}}},
              {.order = SchemaOptions::Order::kFree});
}

TEST(Schema, JsonIsAnObject) {
  EXPECT_TRUE(fits(json_grammar(), R"({"a": [1, 2]})"));
  EXPECT_FALSE(fits(json_grammar(), "[]"));
}

TEST(Schema, MasksAreWhatTryingEachTokenSays) {
  const auto trie = test_tokens(3, 700);
  for (const char* schema :
       {"true", R"({"type":"string","minLength":3,"maxLength":20})",
        R"({"properties":{"name":{"type":"string","maxLength":9},"id":{"type":"integer"}}})",
        R"({"type":"array","items":{"enum":["a","ab",12,true]},"maxItems":4})",
        R"({"properties":{"id":{"pattern":"^a+$"}},"additionalProperties":{"type":"number"}})"}) {
    SCOPED_TRACE(schema);
    const auto shared = std::make_shared<Constraint>(compile_schema(schema), trie);
    for (uint32_t seed = 0; seed < 3; ++seed) {
      random_walk(Matcher(shared), *trie, seed, 15, [&](const Matcher& matcher, const auto& mask) {
        ASSERT_EQ(mask, allowed_by_trying(matcher, *trie));
      });
    }
  }
}

}  // namespace
}  // namespace cria::grammar
