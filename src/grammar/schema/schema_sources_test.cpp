// Schemas as they are made by what people describe their types with: pydantic, zod, OpenAI's strict
// mode.
#include "grammar/schema/test_schema.h"

namespace cria::grammar {
namespace {

TEST(SchemaSources, PydanticModels) {
  expect_fits(std::vector<Case>{
      // An optional field, one with a default, a list, a dictionary, an enumeration by reference.
      {R"({"$defs":{"Size":{"enum":["small","large"],"title":"Size","type":"string"}},
           "description":"An order.","properties":{
             "name":{"maxLength":10,"minLength":1,"title":"Name","type":"string"},
             "note":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"title":"Note"},
             "parts":{"default":[],"items":{"type":"integer"},"title":"Parts","type":"array"},
             "stock":{"additionalProperties":{"type":"integer"},"title":"Stock","type":"object"},
             "size":{"$ref":"#/$defs/Size","default":"small","description":"How large"}},
           "required":["name","stock"],"title":"Order","type":"object"})",
       {R"({"name":"a","stock":{}})",
        R"({"name":"a","note":null,"parts":[1],"stock":{"x":1},"size":"large"})"},
       {R"({"name":"","stock":{}})", R"({"name":"a","stock":{},"size":"huge"})",
        R"({"name":"a","stock":{"x":null}})"}},
      // Told apart by a tag; that of the second has a default, and is not required.
      {R"({"$defs":{"Cat":{"properties":{"kind":{"const":"cat","type":"string"},
               "lives":{"type":"integer"}},"required":["kind","lives"],"type":"object"},
             "Dog":{"properties":{"kind":{"const":"dog","default":"dog","type":"string"},
               "name":{"type":"string"}},"required":["name"],"type":"object"}},
           "properties":{"pet":{"discriminator":{"mapping":{"cat":"#/$defs/Cat",
               "dog":"#/$defs/Dog"},"propertyName":"kind"},
             "oneOf":[{"$ref":"#/$defs/Cat"},{"$ref":"#/$defs/Dog"}]}},
           "required":["pet"],"type":"object"})",
       {R"({"pet":{"kind":"cat","lives":9}})", R"({"pet":{"kind":"dog","name":"Rex"}})"},
       {R"({"pet":{"kind":"dog","lives":9}})", R"({"pet":{"kind":"cat","name":"Tom"}})"}},
      {R"({"maxItems":2,"minItems":2,"prefixItems":[{"type":"integer"},{"type":"string"}],
           "type":"array"})",
       {R"([1,"a"])"},
       {"[1]", R"([1,"a",2])", R"(["a",1])"}},
      // A decimal number as text.
      {R"_({"anyOf":[{"type":"number"},
             {"pattern":"^(?!^[-+.]*$)[+-]?0*\\d*\\.?\\d*$","type":"string"}]})_",
       {"1.5", R"("1.5")", R"("-0.25")"},
       {R"("")", R"("-.")", R"("1,5")"}},
      {R"({"additionalProperties":{"type":"integer"},"propertyNames":{"$ref":"#/$defs/Color"},
           "type":"object","$defs":{"Color":{"enum":["red","blue"],"type":"string"}}})",
       {"{}", R"({"red":1,"blue":2})"},
       {R"({"green":1})", R"({"red":1,"red":2})"}},
      {R"({"format":"uri","maxLength":20,"minLength":1,"type":"string"})",
       {R"("https://a.example")"},
       {R"("https://a.example/long/path")", R"("a")"}},
      {R"({"$defs":{"Node":{"properties":{"next":{"anyOf":[{"$ref":"#/$defs/Node"},
             {"type":"null"}],"default":null}},"type":"object"}},"$ref":"#/$defs/Node"})",
       {"{}", R"({"next":{"next":null}})"},
       {R"({"next":1})"}},
  });
}

TEST(SchemaSources, ZodSchemas) {
  expect_fits(std::vector<Case>{
      {R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{
             "age":{"type":"integer","exclusiveMinimum":0,"maximum":9007199254740991},
             "at":{"type":"string","format":"time","pattern":"^(?:[01]\\d|2[0-3]):[0-5]\\dZ?$"}},
           "required":["age"],"additionalProperties":false})",
       {R"({"age":1})"},
       {R"({"age":0})", R"({"age":1,"at":"x"})"}},
      {R"({"type":"string","format":"email",
           "pattern":"^[a-z]+(?:\\.[a-z]+)*@(?:[a-z0-9-]+\\.)+[a-z]{2,}$"})",
       {R"("a.b@c.example")"},
       {R"("a@b")", R"("A@c.example")", R"("a..b@c.example")"}},
      // As for OpenAI: nullable by a list of types, bounds by a flag.
      {R"({"type":["string","null"],"enum":["a","b",null]})", {R"("a")", "null"}, {R"("c")"}},
      {R"({"type":"number","minimum":0,"exclusiveMinimum":true})", {"0.1"}, {"0", "-1"}},
      {R"({"type":"object","propertyNames":{"type":"string","enum":["x","y"]},
           "additionalProperties":{"type":"number"},"required":["x","y"]})",
       {R"({"x":1,"y":2.5})"},
       {R"({"x":1})", R"({"x":1,"y":2,"z":3})"}},
      {R"({"type":"object","properties":{"gone":{"not":{}},"v":{"type":"null"}},
           "required":["v"],"additionalProperties":false})",
       {R"({"v":null})"},
       {R"({"gone":1,"v":null})"}},
      {R"({"type":"number","multipleOf":0.5})", {"0.5", "-2", "7.0"}, {"0.25"}},
      {R"({"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},
             {"type":"object","properties":{"b":{"type":"number"}},"required":["b"]}]})",
       {R"({"a":"","b":1})"},
       {R"({"a":""})", R"({"b":1})"}},
      {R"({"allOf":[{"type":"string","pattern":"^ab"},{"pattern":"yz$"}]})",
       {R"("abyz")", R"("ab and yz")"},
       {R"("ab")", R"("yzab")"}},
  });
}

// Every object closed, every property required, what may be missing null.
TEST(SchemaSources, StrictSchemas) {
  expect_fits(std::vector<Case>{
      {R"({"type":"object","properties":{"steps":{"type":"array","items":{"$ref":"#/$defs/step"}},
             "answer":{"type":["number","null"]}},"required":["steps","answer"],
           "additionalProperties":false,"$defs":{"step":{"type":"object","properties":{
             "explanation":{"type":"string"},"inner":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},
           "required":["explanation","inner"],"additionalProperties":false}}})",
       {R"({"steps":[{"explanation":"x","inner":null}],"answer":null})",
        R"({"steps":[{"explanation":"x","inner":{"steps":[],"answer":1}}],"answer":2})"},
       {R"({"steps":[]})", R"({"steps":[{"explanation":"x"}],"answer":1})"}},
  });
}

}  // namespace
}  // namespace cria::grammar
