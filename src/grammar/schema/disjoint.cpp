// Whether what is made for one schema of a oneOf can not be accepted by another.

#include <algorithm>

#include "grammar/schema/compiler.h"
#include "grammar/schema/merge.h"
#include "grammar/schema/values.h"

namespace cria::grammar {
namespace {

// Without "type" a schema accepts values that its keywords are not about.
std::vector<Type> accepted_types(const Json& schema, const std::string& pointer) {
  return types_of(schema.contains("type") ? schema : Json::object(), pointer);
}

bool overlap(Type a, Type b) {
  const auto both = [&](Type x, Type y) { return (a == x && b == y) || (a == y && b == x); };
  return a == b || both(Type::kNumber, Type::kInteger);
}

// Whether no type of a text made for `made` is one that `other` accepts.
bool types_part(const Json& made, const Json& other, const std::string& pointer) {
  for (const Type a : types_of(made, pointer)) {
    for (const Type b : accepted_types(other, pointer)) {
      if (overlap(a, b)) return false;
    }
  }
  return true;
}

std::vector<Json> values_of(const Json& schema) {
  if (schema.contains("const")) return {schema["const"]};
  if (!schema.contains("enum") || !schema["enum"].is_array()) return {};
  return {schema["enum"].begin(), schema["enum"].end()};
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool forbids(const Json& schema, const std::string& name) {
  const Json* properties = find_keyword(schema, "properties");
  if (properties && properties->contains(name)) return properties->at(name) == Json(false);
  const Json* others = find_keyword(schema, "additionalProperties");
  return others && *others == Json(false) && !schema.contains("patternProperties");
}

bool is_only_object(const Json& schema, const std::string& pointer) {
  return types_of(schema, pointer) == std::vector{Type::kObject};
}

// Objects that are made for a schema have no others than what it declares, if it declares any and
// no names are listed.
bool never_makes(const Json& schema, const std::string& name) {
  if (forbids(schema, name)) return true;
  const Json* properties = find_keyword(schema, "properties");
  return properties && !properties->contains(name) && !schema.contains("additionalProperties") &&
         !schema.contains("patternProperties") && !schema.contains("propertyNames");
}

}  // namespace

void SchemaCompiler::check_disjoint(const Parts& parts, const Parts::Group& group) {
  // Beside other groups it is not known here what is made.
  const Json beside = parts.groups.size() == 1 ? parts.plain : Json{{"additionalProperties", true}};
  std::vector<std::vector<Json>> cases;
  for (const Place& each : group.schemas) {
    cases.emplace_back();
    for (const Json& variant : variants(each)) {
      Merged all = merged(beside, variant, each.pointer);
      if (all.conflict.empty()) cases.back().push_back(std::move(all.schema));
    }
  }
  for (size_t i = 0; i < cases.size(); ++i) {
    for (size_t j = i + 1; j < cases.size(); ++j) {
      for (const Json& a : cases[i]) {
        for (const Json& b : cases[j]) {
          const Visit visit(*this, group.pointer);
          if (disjoint(a, b, group.pointer)) continue;
          fail_at(group.pointer, Error::Code::kUnsupported, "oneOf: that no value fits both ", i,
                  " and ", j,
                  " is not evident, expected types or required properties that tell them apart, or "
                  "anyOf");
        }
      }
    }
  }
}

bool SchemaCompiler::disjoint(const Json& a, const Json& b, const std::string& pointer) {
  const std::vector<Json> of_a = values_of(a), of_b = values_of(b);
  if (!of_a.empty() && !of_b.empty()) {
    constexpr size_t kValuesPerVisit = 8;
    spend((of_a.size() + of_b.size()) / kValuesPerVisit, pointer);
    const ValueSet others(of_b);
    return std::ranges::none_of(of_a, [&](const Json& value) { return others.contains(value); });
  }
  const auto none_is_of_types = [&](const std::vector<Json>& values, const Json& other) {
    const auto types = accepted_types(other, pointer);
    return !values.empty() &&
           std::ranges::none_of(values, [&](const Json& value) { return is_of_any(value, types); });
  };
  if (none_is_of_types(of_a, b) || none_is_of_types(of_b, a)) return true;
  if (types_part(a, b, pointer) && types_part(b, a, pointer)) return true;
  return is_only_object(a, pointer) && is_only_object(b, pointer) && rejects(a, b, pointer) &&
         rejects(b, a, pointer);
}

// Whether another schema accepts no object that is made for this one, by a property that one of
// them requires.
bool SchemaCompiler::rejects(const Json& made, const Json& other, const std::string& pointer) {
  const auto required = required_of(made, pointer), wanted = required_of(other, pointer);
  return std::ranges::any_of(required,
                             [&](const std::string& name) {
                               return forbids(other, name) ||
                                      values_part(made, other, name, pointer);
                             }) ||
         std::ranges::any_of(wanted, [&](const std::string& name) {
           const bool never = never_makes(made, name) && !has(required, name);
           return never || values_part(made, other, name, pointer);
         });
}

bool SchemaCompiler::values_part(const Json& a, const Json& b, const std::string& name,
                                 const std::string& pointer) {
  const Json* of_a = object_of(a, "properties", pointer);
  const Json* of_b = object_of(b, "properties", pointer);
  if (!of_a || !of_b || !of_a->contains(name) || !of_b->contains(name)) return false;
  const std::string place = pointer + "/" + name;
  const auto cases_a = variants({&of_a->at(name), place});
  const auto cases_b = variants({&of_b->at(name), place});
  return std::ranges::all_of(cases_a, [&](const Json& x) {
    return std::ranges::all_of(cases_b, [&](const Json& y) { return disjoint(x, y, place); });
  });
}

}  // namespace cria::grammar
