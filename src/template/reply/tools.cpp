#include "template/reply/tools.h"

#include <algorithm>
#include <optional>

#include "template/reply/json_reader.h"
#include "template/reply/json_text.h"

namespace cria::chat {
namespace {

using Kind = Data::Kind;

const Data* member(const Data* data, std::string_view name, Kind kind) {
  const Data* found = data && data->kind() == Kind::kObject ? data->find(name) : nullptr;
  return found && found->kind() == kind ? found : nullptr;
}

// The names of types that a schema allows; none: it does not say. Where it says so elsewhere, all.
std::vector<std::string_view> types_of(const Data& schema) {
  std::vector<std::string_view> types;
  for (const char* const elsewhere : {"$ref", "allOf", "properties", "items", "enum", "const"}) {
    const bool has_type = schema.kind() != Kind::kObject || schema.find("type");
    if (!has_type && schema.find(elsewhere)) {
      return {"null", "boolean", "integer", "number", "array", "object"};
    }
  }
  if (const Data* type = member(&schema, "type", Kind::kText)) types.push_back(type->text());
  if (const Data* list = member(&schema, "type", Kind::kList)) {
    for (const Data& type : list->list()) {
      if (type.kind() == Kind::kText) types.push_back(type.text());
    }
  }
  for (const char* const alternatives : {"anyOf", "oneOf"}) {
    const Data* list = member(&schema, alternatives, Kind::kList);
    if (!list) continue;
    for (const Data& one : list->list()) {
      for (const std::string_view type : types_of(one)) types.push_back(type);
    }
  }
  return types;
}

bool is_of(const Data& value, std::string_view type) {
  switch (value.kind()) {
    case Kind::kNull:
      return type == "null";
    case Kind::kBool:
      return type == "boolean";
    case Kind::kInteger:
      return type == "integer" || type == "number";
    case Kind::kReal:
      return type == "number";
    case Kind::kText:
      return false;  // with quotes of its own it is a text that has quotes
    case Kind::kList:
      return type == "array";
    case Kind::kObject:
      return type == "object";
  }
  return false;
}

std::string_view without_python(std::string_view word) {
  return word == "True" ? "true" : word == "False" ? "false" : word == "None" ? "null" : word;
}

}  // namespace

const Data* Tools::find(std::string_view name) const {
  if (empty()) return nullptr;
  for (const Data& tool : tools_.list()) {
    const Data* function = member(&tool, "function", Kind::kObject);
    const Data* own = member(function, "name", Kind::kText);
    if (own && own->text() == name) return function;
  }
  return nullptr;
}

bool Tools::may_become(std::string_view beginning) const {
  const std::vector<std::string> names = names_of(tools_);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return name.starts_with(beginning); });
}

Data Tools::parameters(std::string_view name) const {
  const Data* schema = member(find(name), "parameters", Kind::kObject);
  return schema ? *schema : Data();
}

Data Tools::parameter(std::string_view name, std::string_view key) const {
  const Data schema = parameters(name);
  const Data* found = member(member(&schema, "properties", Kind::kObject), key, Kind::kObject);
  return found ? *found : Data();
}

std::vector<std::string> names_of(const Data& tools) {
  std::vector<std::string> names;
  if (tools.kind() != Kind::kList) return names;
  for (const Data& tool : tools.list()) {
    const Data* name = member(member(&tool, "function", Kind::kObject), "name", Kind::kText);
    if (name) names.push_back(name->text());
  }
  return names;
}

bool is_text(const Data& schema) {
  const std::vector<std::string_view> types = types_of(schema);
  return std::all_of(types.begin(), types.end(),
                     [](std::string_view type) { return type == "string"; });
}

std::string typed_json(std::string_view text, const Data& schema) {
  const std::string_view json = without_python(trimmed(text));
  if (const std::optional<Data> value = parse_json(json)) {
    for (const std::string_view type : types_of(schema)) {
      if (is_of(*value, type)) return std::string(json);
    }
  }
  return json_string(text);
}

}  // namespace cria::chat
