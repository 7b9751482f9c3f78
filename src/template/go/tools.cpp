#include "template/go/tools.h"

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/quote.h"
#include "template/go/json.h"

namespace cria::go {
namespace {

using Kind = Data::Kind;

std::string object_text(const Value& value) { return value.map().is_nil ? "{}" : json_text(value); }

// ["string" "null"] as text is [string null], of one type that type.
std::string property_type_text(const Value& value) {
  const std::vector<Value>& types = value.list().items;
  if (types.empty()) return "";
  if (types.size() == 1) return types[0].text();
  std::string text;
  for (const Value& type : types) text += (text.empty() ? "[" : " ") + type.text();
  return text + "]";
}

const Type kTexts{.name = "[]string"};
const Type kImage{.name = "api.ImageData"};
const Type kImages{.name = "[]api.ImageData"};
const Type kPropertyList{.name = "[]api.ToolProperty"};
const Type kPropertyType{
    .name = "api.PropertyType", .to_text = property_type_text, .json_of_one = true};
const Type kProperties{.name = "template.templateProperties", .to_text = object_text};
const Type kInnerProperties{.name = "*api.ToolPropertiesMap"};
const Type kProperty{.name = "api.ToolProperty",
                     .fields = {{"AnyOf", "anyOf", true},
                                {"Type", "type", true},
                                {"Items", "items", true},
                                {"Description", "description", true},
                                {"Enum", "enum", true},
                                {"Properties", "properties", true},
                                {"Required", "required", true}}};
const Type kParameters{.name = "template.templateToolFunctionParameters",
                       .fields = {{"Type", "type"},
                                  {"Defs", "$defs", true},
                                  {"Items", "items", true},
                                  {"Required", "required", true},
                                  {"Properties", "properties"}}};
const Type kFunction{
    .name = "template.templateToolFunction",
    .fields = {{"Name", "name"}, {"Description", "description"}, {"Parameters", "parameters"}}};
const Type kTool{.name = "template.templateTool",
                 .to_text = json_text,
                 .fields = {{"Type", "type"}, {"Items", "items", true}, {"Function", "function"}}};
const Type kTools{.name = "template.templateTools", .to_text = json_text};
const Type kArguments{.name = "template.templateArgs", .to_text = object_text};
const Type kCallFunction{
    .name = "template.templateToolCallFunction",
    .fields = {{"Index", "Index"}, {"Name", "Name"}, {"Arguments", "Arguments"}}};
const Type kCall{.name = "template.templateToolCall",
                 .fields = {{"ID", "ID"}, {"Function", "Function"}}};
const Type kCalls{.name = "[]template.templateToolCall"};
const Type kMessage{.name = "template.templateMessage",
                    .fields = {{"Role", "Role"},
                               {"Content", "Content"},
                               {"Thinking", "Thinking"},
                               {"Images", "Images"},
                               {"ToolCalls", "ToolCalls"},
                               {"ToolName", "ToolName"},
                               {"ToolCallID", "ToolCallID"}}};

Value nil_list(const Type& type) { return list_value({.type = &type, .is_nil = true}); }
Value nil_map(const Type& type) { return map_value({.type = &type, .is_nil = true}); }

// An object of a tool and where it stands: "tools[0].function".
struct Place {
  const Data* data;  // null or absent: all of its fields are
  std::string path;

  Place at(std::string_view name) const {
    const Data* member = data ? data->find(name) : nullptr;
    return {member && !member->is_null() ? member : nullptr, path + "." + std::string(name)};
  }
  Place at(size_t index) const { return {&data->list()[index], concat(path, "[", index, "]")}; }
  const Place& expect(Kind kind, std::string_view what) const {
    if (data && data->kind() != kind) {
      fail(Error::Code::kInvalidArgument, path, ": expected ", what);
    }
    return *this;
  }
  std::string_view text() const {
    expect(Kind::kText, "a text");
    return data ? std::string_view(data->text()) : "";
  }
  // As Go's decoder has values of no type of their own.
  Value any() const { return data ? decoded_value_of(*data) : Value{NilInterface{}}; }
};

template <class Make>
Value list_of(const Place& place, const Type& type, const Make& make) {
  if (!place.expect(Kind::kList, "a list").data) return nil_list(type);
  List list{.type = &type};
  for (size_t i = 0; i < place.data->list().size(); ++i) list.items.push_back(make(place.at(i)));
  return list_value(std::move(list));
}

Value text_of(const Place& place) { return text_value(place.text()); }

Value property_of(const Place& place, int depth);

Value properties_of(const Place& place, const Type& type, Map::Order order, int depth) {
  if (!place.expect(Kind::kObject, "an object").data) return nil_map(type);
  Map map{.type = &type, .order = order};
  for (const auto& [name, member] : place.data->object()) {
    map.entries.emplace_back(name, property_of({&member, place.path + "." + name}, depth + 1));
  }
  // Another name gives an empty property, as for any struct in a map.
  map.zero = property_of({nullptr, ""}, depth + 1);
  return map_value(std::move(map));
}

Value property_type_of(const Place& place) {
  if (place.data && place.data->kind() == Kind::kText) {
    return list_value({.type = &kPropertyType, .items = {text_of(place)}});
  }
  return list_of(place, kPropertyType, text_of);
}

Value property_of(const Place& place, int depth) {
  constexpr int kDeepest = 100;
  if (depth > kDeepest) {
    fail(Error::Code::kInvalidArgument, "tools: properties are nested deeper than ", kDeepest);
  }
  place.expect(Kind::kObject, "an object");
  const Place inner = place.at("properties");
  const auto alternative = [&](const Place& other) { return property_of(other, depth + 1); };
  const auto any = [](const Place& other) { return other.any(); };
  static const Type kEnum{.name = "[]interface {}"};
  return struct_value(
      kProperty, {list_of(place.at("anyOf"), kPropertyList, alternative),
                  property_type_of(place.at("type")), place.at("items").any(),
                  text_of(place.at("description")), list_of(place.at("enum"), kEnum, any),
                  inner.data ? properties_of(inner, kInnerProperties, Map::Order::kAsGiven, depth)
                             : nil_map(kInnerProperties),
                  list_of(place.at("required"), kTexts, text_of)});
}

Value tool_of(const Place& place) {
  const Place function = place.expect(Kind::kObject, "an object").at("function");
  const Place parameters = function.expect(Kind::kObject, "an object").at("parameters");
  parameters.expect(Kind::kObject, "an object");
  return struct_value(
      kTool,
      {text_of(place.at("type")), place.at("items").any(),
       struct_value(
           kFunction,
           {text_of(function.at("name")), text_of(function.at("description")),
            struct_value(kParameters, {text_of(parameters.at("type")), parameters.at("$defs").any(),
                                       parameters.at("items").any(),
                                       list_of(parameters.at("required"), kTexts, text_of),
                                       properties_of(parameters.at("properties"), kProperties,
                                                     Map::Order::kSorted, 0)})})});
}

Value arguments_of(const Data& arguments) {
  if (arguments.is_null()) return nil_map(kArguments);
  if (arguments.kind() != Kind::kObject) {
    fail(Error::Code::kInvalidArgument, "arguments of a tool call: expected an object");
  }
  Map map = decoded_value_of(arguments).map();
  map.type = &kArguments;
  return map_value(std::move(map));
}

Value call_of(const chat::ToolCall& call) {
  return struct_value(kCall,
                      {text_value(call.id),
                       struct_value(kCallFunction, {int_value(call.index), text_value(call.name),
                                                    arguments_of(call.arguments)})});
}

}  // namespace

Value tools_value(const Data& tools) {
  return list_of({tools.is_null() ? nullptr : &tools, "tools"}, kTools, tool_of);
}

Value message_value(const chat::Message& message, MarkedText content) {
  List images{.type = &kImages, .is_nil = message.images == 0};
  images.items.resize(static_cast<size_t>(message.images), list_value({.type = &kImage}));
  List calls{.type = &kCalls, .is_nil = message.tool_calls.empty()};
  for (const chat::ToolCall& call : message.tool_calls) calls.items.push_back(call_of(call));
  return struct_value(kMessage, {text_value(message.role), text_value(std::move(content)),
                                 text_value(message.thinking), list_value(std::move(images)),
                                 list_value(std::move(calls)), text_value(message.tool_name),
                                 text_value(message.tool_call_id)});
}

bool is_property(const Value& value) { return type_of(value) == &kProperty; }

}  // namespace cria::go
