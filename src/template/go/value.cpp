#include "template/go/value.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace cria::go {
namespace {

// Printing and comparing values recurses.
constexpr int kDeepest = 1000;
constexpr int64_t kExactInDouble = int64_t{1} << 53;

enum class Numbers { kAsTheyAre, kDouble };

Value converted(const Data& data, Numbers numbers, int depth) {
  if (depth > kDeepest) {
    fail(Error::Code::kInvalidArgument, "template data is nested deeper than ", kDeepest);
  }
  switch (data.kind()) {
    case Data::Kind::kNull:
      return {NilInterface{}};
    case Data::Kind::kBool:
      return {data.boolean()};
    case Data::Kind::kInteger: {
      const int64_t number = data.integer();
      const bool is_exact = number >= -kExactInDouble && number <= kExactInDouble;
      if (numbers == Numbers::kDouble && is_exact) return {static_cast<double>(number)};
      return {number};
    }
    case Data::Kind::kReal:
      return {data.real()};
    case Data::Kind::kText:
      return text_value(data.text());
    case Data::Kind::kList: {
      List list;
      for (const Data& item : data.list()) {
        list.items.push_back(converted(item, numbers, depth + 1));
      }
      return list_value(std::move(list));
    }
    case Data::Kind::kObject: {
      Map map;
      for (const auto& [name, member] : data.object()) {
        map.entries.emplace_back(name, converted(member, numbers, depth + 1));
      }
      return map_value(std::move(map));
    }
  }
  return {};
}

}  // namespace

const Value* Map::find(std::string_view name) const {
  const auto is_named = [&](const auto& entry) { return entry.first == name; };
  const auto found = order == Order::kSorted
                         ? std::ranges::lower_bound(
                               entries, name, {},
                               [](const auto& entry) -> std::string_view { return entry.first; })
                         : std::ranges::find_if(entries, is_named);
  return found != entries.end() && is_named(*found) ? &found->second : nullptr;
}

const Value* Struct::find(std::string_view name) const {
  for (size_t i = 0; i < values.size(); ++i) {
    if (type->fields[i].name == name) return &values[i];
  }
  return nullptr;
}

Value text_value(std::string_view text) { return text_value(MarkedText(std::string(text), false)); }
Value text_value(MarkedText text) { return {std::make_shared<const MarkedText>(std::move(text))}; }
Value constant_text(std::string text) {
  Value value = text_value(MarkedText(std::move(text), true));
  value.is_constant = true;
  return value;
}
Value int_value(int64_t number) { return {number}; }
Value list_value(List list) { return {std::make_shared<const List>(std::move(list))}; }

Value map_value(Map map) {
  if (map.order == Map::Order::kSorted) {
    // Of members of the same name, the last one counts.
    std::ranges::reverse(map.entries);
    const auto name_of = [](const auto& entry) -> const std::string& { return entry.first; };
    std::ranges::stable_sort(map.entries, {}, name_of);
    const auto same_name = [](const auto& a, const auto& b) { return a.first == b.first; };
    map.entries.erase(std::unique(map.entries.begin(), map.entries.end(), same_name),
                      map.entries.end());
  }
  return {std::make_shared<const Map>(std::move(map))};
}

Value struct_value(const Type& type, std::vector<Value> values) {
  CRIA_CHECK(values.size() == type.fields.size());
  return {std::make_shared<const Struct>(Struct{&type, std::move(values)})};
}

Value value_of(const Data& data) { return converted(data, Numbers::kAsTheyAre, 0); }
Value decoded_value_of(const Data& data) { return converted(data, Numbers::kDouble, 0); }

const Type* type_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kList:
      return value.list().type;
    case Value::Kind::kMap:
      return value.map().type;
    case Value::Kind::kStruct:
      return value.fields().type;
    default:
      return nullptr;
  }
}

std::string type_name(const Value& value) {
  if (const Type* type = type_of(value)) return std::string(type->name);
  switch (value.kind()) {
    case Value::Kind::kInvalid:
      return "<nil>";
    case Value::Kind::kBool:
      return "bool";
    case Value::Kind::kInt:
      return "int";
    case Value::Kind::kByte:
      return "uint8";
    case Value::Kind::kFloat:
      return "float64";
    case Value::Kind::kComplex:
      return "complex128";
    case Value::Kind::kText:
      return "string";
    case Value::Kind::kList:
      return "[]interface {}";
    case Value::Kind::kMap:
      return "map[string]interface {}";
    case Value::Kind::kNilInterface:
    case Value::Kind::kStruct:
      break;
  }
  return "interface {}";
}

bool truth(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kInvalid:
    case Value::Kind::kNilInterface:
      return false;
    case Value::Kind::kBool:
      return value.boolean();
    case Value::Kind::kInt:
    case Value::Kind::kByte:
      return value.integer() != 0;
    case Value::Kind::kFloat:
      return value.real() != 0;
    case Value::Kind::kComplex:
      return value.complex() != 0.0;
    case Value::Kind::kText:
      return !value.text().empty();
    case Value::Kind::kList:
      return !value.list().items.empty();
    case Value::Kind::kMap:
      return !value.map().entries.empty();
    case Value::Kind::kStruct:
      return true;
  }
  return false;
}

bool is_special(const Value& value) {
  return value.is(Value::Kind::kText) ? value.marked().special() : value.is_constant;
}

}  // namespace cria::go
