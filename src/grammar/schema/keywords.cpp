#include "grammar/schema/keywords.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/quote.h"

namespace cria::grammar {
namespace {

using Code = Error::Code;

struct TypeName {
  std::string_view name;
  Type type;
};
constexpr std::array kTypes{
    TypeName{"object", Type::kObject},   TypeName{"array", Type::kArray},
    TypeName{"string", Type::kString},   TypeName{"number", Type::kNumber},
    TypeName{"integer", Type::kInteger}, TypeName{"boolean", Type::kBoolean},
    TypeName{"null", Type::kNull}};

// "discriminator" is OpenAPI's: it says again what oneOf says.
constexpr std::array<std::string_view, 15> kAnnotations{
    "title",    "description", "default",  "examples",  "$schema",
    "$comment", "deprecated",  "readOnly", "writeOnly", "definitions",
    "$defs",    "$id",         "id",       "example",   "discriminator"};

constexpr std::array<std::string_view, 8> kAnyType{"type",  "enum",  "const", "anyOf",
                                                   "oneOf", "allOf", "$ref",  "not"};

struct TypeKeyword {
  std::string_view name;
  Type type;
};
constexpr std::array kTypeKeywords{TypeKeyword{"properties", Type::kObject},
                                   TypeKeyword{"required", Type::kObject},
                                   TypeKeyword{"additionalProperties", Type::kObject},
                                   TypeKeyword{"patternProperties", Type::kObject},
                                   TypeKeyword{"propertyNames", Type::kObject},
                                   TypeKeyword{"minProperties", Type::kObject},
                                   TypeKeyword{"maxProperties", Type::kObject},
                                   TypeKeyword{"items", Type::kArray},
                                   TypeKeyword{"prefixItems", Type::kArray},
                                   TypeKeyword{"additionalItems", Type::kArray},
                                   TypeKeyword{"minItems", Type::kArray},
                                   TypeKeyword{"maxItems", Type::kArray},
                                   TypeKeyword{"uniqueItems", Type::kArray},
                                   TypeKeyword{"pattern", Type::kString},
                                   TypeKeyword{"format", Type::kString},
                                   TypeKeyword{"contentEncoding", Type::kString},
                                   TypeKeyword{"minLength", Type::kString},
                                   TypeKeyword{"maxLength", Type::kString},
                                   TypeKeyword{"minimum", Type::kNumber},
                                   TypeKeyword{"maximum", Type::kNumber},
                                   TypeKeyword{"exclusiveMinimum", Type::kNumber},
                                   TypeKeyword{"exclusiveMaximum", Type::kNumber},
                                   TypeKeyword{"multipleOf", Type::kNumber}};

std::optional<Type> type_of_keyword(std::string_view name) {
  const auto found = std::ranges::find(kTypeKeywords, name, &TypeKeyword::name);
  if (found == kTypeKeywords.end()) return std::nullopt;
  return found->type;
}

Type type_named(const Json& name, const std::string& pointer) {
  const auto found =
      name.is_string()
          ? std::ranges::find(kTypes, name.get_ref<const std::string&>(), &TypeName::name)
          : kTypes.end();
  if (found != kTypes.end()) return found->type;
  fail_at(pointer, Code::kInvalidArgument, "type is ", quote(name.dump()),
          ", expected object, array, string, number, integer, boolean or null");
}

void add_type(Type type, std::vector<Type>& types) {
  if (std::ranges::find(types, type) == types.end()) types.push_back(type);
}

}  // namespace

bool is_annotation(std::string_view keyword) {
  return keyword.starts_with("x-") ||
         std::ranges::find(kAnnotations, keyword) != kAnnotations.end();
}

void check_keywords(const Json& schema, const std::string& pointer) {
  for (const auto& [name, value] : schema.items()) {
    const bool is_base = name == "$id" || name == "id";
    if (is_base && !pointer.empty()) {
      fail_at(pointer, Code::kUnsupported, name, " is supported only at the top of a schema");
    }
    const bool known = is_annotation(name) || type_of_keyword(name) ||
                       std::ranges::find(kAnyType, name) != kAnyType.end();
    if (!known) {
      fail_at(pointer, Code::kUnsupported, "the keyword ", quote(name), " is not supported");
    }
  }
}

std::vector<Type> types_of(const Json& schema, const std::string& pointer) {
  std::vector<Type> types;
  if (const Json* type = find_keyword(schema, "type")) {
    if (!type->is_array()) return {type_named(*type, pointer)};
    for (const Json& name : *type) add_type(type_named(name, pointer), types);
    if (types.empty()) fail_at(pointer, Code::kInvalidArgument, "type allows no type");
    return types;
  }
  for (const auto& [name, value] : schema.items()) {
    if (const auto type = type_of_keyword(name)) add_type(*type, types);
  }
  if (types.empty()) {
    for (const TypeName& each : kTypes) types.push_back(each.type);
  }
  return types;
}

bool is_of_type(const Json& value, Type type) {
  switch (type) {
    case Type::kObject:
      return value.is_object();
    case Type::kArray:
      return value.is_array();
    case Type::kString:
      return value.is_string();
    case Type::kNumber:
      return value.is_number();
    case Type::kInteger:
      return value.is_number() && std::trunc(value.get<double>()) == value.get<double>();
    case Type::kBoolean:
      return value.is_boolean();
    default:
      return value.is_null();
  }
}

bool is_of_any(const Json& value, const std::vector<Type>& types) {
  return std::ranges::any_of(types, [&](Type type) { return is_of_type(value, type); });
}

const Json* find_keyword(const Json& schema, const char* keyword) {
  const auto found = schema.find(keyword);
  return found == schema.end() ? nullptr : &*found;
}

std::optional<uint32_t> count_of(const Json& schema, const char* keyword,
                                 const std::string& pointer) {
  constexpr uint32_t kMost = 1'000'000'000;
  const Json* value = find_keyword(schema, keyword);
  if (!value) return std::nullopt;
  if (value->is_number() && value->get<double>() >= 0 && value->get<double>() <= kMost) {
    const auto count = value->get<uint32_t>();
    if (value->get<double>() == count) return count;
  }
  fail_at(pointer, Code::kInvalidArgument, keyword, " is ", quote(value->dump()),
          ", expected a whole number from 0 to ", kMost);
}

const Json* object_of(const Json& schema, const char* keyword, const std::string& pointer) {
  const Json* value = find_keyword(schema, keyword);
  if (!value || value->is_object()) return value;
  fail_at(pointer, Code::kInvalidArgument, keyword, " is no object");
}

const Json* array_of(const Json& schema, const char* keyword, const std::string& pointer) {
  const Json* value = find_keyword(schema, keyword);
  if (!value || value->is_array()) return value;
  fail_at(pointer, Code::kInvalidArgument, keyword, " is no array");
}

const std::string* text_of(const Json& schema, const char* keyword, const std::string& pointer) {
  const Json* value = find_keyword(schema, keyword);
  if (!value) return nullptr;
  if (value->is_string()) return &value->get_ref<const std::string&>();
  fail_at(pointer, Code::kInvalidArgument, keyword, " is no text");
}

std::vector<std::string> texts_of(const Json& schema, const char* keyword,
                                  const std::string& pointer) {
  const Json* value = find_keyword(schema, keyword);
  if (!value) return {};
  if (!value->is_array()) return {*text_of(schema, keyword, pointer)};
  std::vector<std::string> texts;
  for (const Json& text : *value) {
    if (!text.is_string()) {
      fail_at(pointer, Code::kInvalidArgument, keyword, " holds ", quote(text.dump()),
              ", expected texts");
    }
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

std::vector<std::string> required_of(const Json& schema, const std::string& pointer) {
  array_of(schema, "required", pointer);
  return texts_of(schema, "required", pointer);
}

}  // namespace cria::grammar
