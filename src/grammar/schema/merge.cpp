#include "grammar/schema/merge.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "base/quote.h"
#include "grammar/schema/decimal.h"
#include "grammar/schema/keywords.h"
#include "grammar/schema/values.h"

namespace cria::grammar {
namespace {

using Code = Error::Code;

// Another name for "both": what it becomes is found out where it is needed.
Json both(const Json& a, const Json& b) {
  if (b == Json(true) || same_value(a, b)) return a;
  if (a == Json(true)) return b;
  if (a == Json(false) || b == Json(false)) return false;
  return Json{{"allOf", Json::array({a, b})}};
}

bool less(std::string_view name, const Json& a, const Json& b, const std::string& pointer) {
  return Decimal::compare(decimal_in(a, name, pointer), decimal_in(b, name, pointer)) < 0;
}

Json type_list(const Json& type) { return type.is_array() ? type : Json::array({type}); }

Json merged_types(const Json& a, const Json& b) {
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
  return types;
}

Json merged_enums(const Json& a, const Json& b) {
  const ValueSet others(b.get_ref<const Json::array_t&>());
  Json values = Json::array();
  for (const Json& value : a) {
    if (others.contains(value)) values.push_back(value);
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

// What one schema says of names that match a pattern, the other says of all that it does not name.
bool names_patterns_and_closes(const Json& one, const Json& other) {
  const Json others = of_other_property(other);
  return one.contains("patternProperties") && others != Json(true) && others != Json::object();
}

void merge_objects(const Json& a, const Json& b, const std::string& pointer, Json& to) {
  const auto has_either = [&](const char* name) { return a.contains(name) || b.contains(name); };
  if (has_either("patternProperties") && a.contains("properties") + b.contains("properties") +
                                                 a.contains("patternProperties") +
                                                 b.contains("patternProperties") >
                                             1) {
    fail_at(pointer, Code::kUnsupported, "patternProperties can not be combined by allOf");
  }
  if (names_patterns_and_closes(a, b) || names_patterns_and_closes(b, a)) {
    fail_at(pointer, Code::kUnsupported,
            "patternProperties and additionalProperties can not be combined by allOf");
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
  if (name == "type") return merged_types(a, b);
  if (name == "enum") return merged_enums(a, b);
  if (name == "required") {
    Json names = a;
    for (const Json& each : b) {
      if (std::ranges::find(a, each) == a.end()) names.push_back(each);
    }
    return names;
  }
  if (is_one_of(name, {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})) {
    return less(name, a, b, pointer) ? b : a;
  }
  if (is_one_of(name, {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})) {
    return less(name, a, b, pointer) ? a : b;
  }
  if (is_one_of(name, {"items", "propertyNames"}) && !a.is_array() && !b.is_array()) {
    return both(a, b);
  }
  if (same_value(a, b)) return a;
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
Json in_common_words(const Json& schema, const std::string& pointer) {
  array_of(schema, "enum", pointer);
  array_of(schema, "required", pointer);
  object_of(schema, "properties", pointer);
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

std::string conflict_of(const Json& a, const Json& b, const Json& merged,
                        const std::string& pointer) {
  if (a.contains("type") && b.contains("type") && merged["type"].empty()) {
    return concat("no value has both the types ", quote(a["type"].dump()), " and ",
                  quote(b["type"].dump()));
  }
  const Json* values = find_keyword(merged, "enum");
  if (!values) return "";
  const bool any_type = !merged.contains("type");
  const auto types = types_of(merged, pointer);
  const bool some = std::ranges::any_of(
      *values, [&](const Json& value) { return any_type || is_of_any(value, types); });
  return some ? "" : kNoValueListed;
}

}  // namespace

Merged merge(const Json& given_a, const Json& given_b, const std::string& pointer) {
  const Json a = in_common_words(given_a, pointer), b = in_common_words(given_b, pointer);
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
  std::string conflict = conflict_of(a, b, merged, pointer);
  return {std::move(merged), std::move(conflict)};
}

}  // namespace cria::grammar
