#include "grammar/schema/merge.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/quote.h"
#include "grammar/schema/decimal.h"
#include "grammar/schema/keywords.h"

namespace cria::grammar {
namespace {

using Code = Error::Code;

// Another name for "both": what it becomes is found out where it is needed.
Json both(const Json& a, const Json& b) {
  if (a == b || b == Json(true)) return a;
  if (a == Json(true)) return b;
  if (a == Json(false) || b == Json(false)) return false;
  return Json{{"allOf", Json::array({a, b})}};
}

bool less(const Json& a, const Json& b, const std::string& pointer) {
  const auto left = decimal_of(a), right = decimal_of(b);
  if (left && right) return Decimal::compare(*left, *right) < 0;
  fail_at(pointer, Code::kUnsupported, "a bound has too many digits");
}

Json type_list(const Json& type) { return type.is_array() ? type : Json::array({type}); }

Json merged_types(const Json& a, const Json& b, const std::string& pointer) {
  Json types = Json::array();
  const Json others = type_list(b);
  const auto has = [](const Json& list, const char* name) {
    return std::ranges::find(list, Json(name)) != list.end();
  };
  for (const Json& type : type_list(a)) {
    if (std::ranges::find(others, type) != others.end())
      types.push_back(type);
    else if (type == "integer" && has(others, "number"))
      types.push_back(type);
    else if (type == "number" && has(others, "integer"))
      types.push_back("integer");
  }
  if (types.empty()) {
    fail_at(pointer, Code::kInvalidArgument, "no value has both the types ", quote(a.dump()),
            " and ", quote(b.dump()));
  }
  return types;
}

Json merged_enums(const Json& a, const Json& b) {
  Json values = Json::array();
  for (const Json& value : a) {
    if (std::ranges::find(b, value) != b.end()) values.push_back(value);
  }
  return values;
}

// What a schema says of a property that it does not name.
Json of_other_property(const Json& schema) {
  const Json* others = find_keyword(schema, "additionalProperties");
  return others ? *others : Json(true);
}

Json merged_properties(const Json& a, const Json& b) {
  static const Json kNone = Json::object();
  const Json* of_a = find_keyword(a, "properties");
  const Json* of_b = find_keyword(b, "properties");
  if (!of_a) of_a = &kNone;
  if (!of_b) of_b = &kNone;
  Json properties = Json::object();
  for (const auto& [name, schema] : of_a->items()) {
    const auto other = of_b->find(name);
    properties[name] = both(schema, other == of_b->end() ? of_other_property(b) : *other);
  }
  for (const auto& [name, schema] : of_b->items()) {
    if (!of_a->contains(name)) properties[name] = both(schema, of_other_property(a));
  }
  return properties;
}

void merge_objects(const Json& a, const Json& b, const std::string& pointer, Json& to) {
  const auto has_either = [&](const char* name) { return a.contains(name) || b.contains(name); };
  if (has_either("patternProperties") && a.contains("properties") + b.contains("properties") +
                                                 a.contains("patternProperties") +
                                                 b.contains("patternProperties") >
                                             1) {
    fail_at(pointer, Code::kUnsupported, "patternProperties can not be combined by allOf");
  }
  if (has_either("properties")) to["properties"] = merged_properties(a, b);
  if (has_either("additionalProperties")) {
    to["additionalProperties"] = both(of_other_property(a), of_other_property(b));
  }
}

// Of one or several texts, all of which hold.
Json list_of_both(const Json& a, const Json& b) {
  Json list = a.is_array() ? a : Json::array({a});
  for (const Json& each : b.is_array() ? b : Json::array({b})) {
    if (std::ranges::find(list, each) == list.end()) list.push_back(each);
  }
  return list;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

Json merged_value(std::string_view name, const Json& a, const Json& b, const std::string& pointer) {
  if (name == "type") return merged_types(a, b, pointer);
  if (name == "enum") return merged_enums(a, b);
  if (name == "required") {
    Json names = a;
    for (const Json& each : b) {
      if (std::ranges::find(a, each) == a.end()) names.push_back(each);
    }
    return names;
  }
  if (is_one_of(name, {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})) {
    return less(a, b, pointer) ? b : a;
  }
  if (is_one_of(name, {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})) {
    return less(a, b, pointer) ? a : b;
  }
  if (is_one_of(name, {"items", "propertyNames"}) && !a.is_array() && !b.is_array()) {
    return both(a, b);
  }
  if (a == b) return a;
  if (is_one_of(name, {"pattern", "format", "contentEncoding"})) return list_of_both(a, b);
  fail_at(pointer, Code::kUnsupported, "two values of ", name, " can not be combined by allOf");
}

// As draft 6 writes bounds that do not belong to what they bound.
void renew_bound(const char* closed, const char* open, Json& schema) {
  const Json* flag = find_keyword(schema, open);
  if (!flag || !flag->is_boolean()) return;
  const bool is_open = flag->get<bool>();
  if (is_open && !schema.contains(closed)) return;  // an error where it is used
  schema.erase(open);
  if (!is_open) return;
  const Json bound = schema[closed];
  schema.erase(closed);
  schema[open] = bound;
}

// "const" is an "enum" of one.
Json in_common_words(const Json& schema) {
  Json changed = schema;
  renew_bound("minimum", "exclusiveMinimum", changed);
  renew_bound("maximum", "exclusiveMaximum", changed);
  if (!schema.contains("const")) return changed;
  const Json value = changed["const"];
  changed.erase("const");
  const Json one = Json::array({value});
  changed["enum"] = changed.contains("enum") ? merged_enums(changed["enum"], one) : one;
  return changed;
}

}  // namespace

Json merge(const Json& given_a, const Json& given_b, const std::string& pointer) {
  const Json a = in_common_words(given_a), b = in_common_words(given_b);
  Json merged = Json::object();
  merge_objects(a, b, pointer, merged);
  for (const Json* from : {&a, &b}) {
    for (const auto& [name, value] : from->items()) {
      if (is_annotation(name) || merged.contains(name)) continue;
      const bool in_both = a.contains(name) && b.contains(name);
      merged[name] = in_both ? merged_value(name, a[name], b[name], pointer) : value;
    }
  }
  const auto only_prefix_in = [](const Json& one, const Json& other) {
    return one.contains("prefixItems") && other.contains("items") && !other.contains("prefixItems");
  };
  if (only_prefix_in(a, b) || only_prefix_in(b, a)) {
    fail_at(pointer, Code::kUnsupported, "prefixItems and items can not be combined by allOf");
  }
  return merged;
}

}  // namespace cria::grammar
