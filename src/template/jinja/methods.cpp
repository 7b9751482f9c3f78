#include "template/jinja/methods.h"

#include <algorithm>
#include <array>

#include "template/jinja/operators.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

constexpr std::array<std::string_view, 4> kUnknownOfTexts = {"encode", "format_map", "maketrans",
                                                             "translate"};

Value pairs(const Value& of, Sequence::Kind kind, Calls& calls) {
  Values items;
  for (const auto& [key, value] : of.dict().entries()) {
    if (kind == Sequence::Kind::kKeys) items.push_back(key);
    if (kind == Sequence::Kind::kValues) items.push_back(value);
    if (kind == Sequence::Kind::kItems) items.push_back(tuple_value({key, value}));
  }
  Value view = calls.list(std::move(items), kind);
  view.special = of.special;
  return view;
}

Value keys(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("keys", arguments, {});
  return pairs(of, Sequence::Kind::kKeys, calls);
}

Value values(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("values", arguments, {});
  return pairs(of, Sequence::Kind::kValues, calls);
}

Value items(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("items", arguments, {});
  return pairs(of, Sequence::Kind::kItems, calls);
}

Value get(const Value& of, const Arguments& arguments, Calls&) {
  const Bound bound("get", arguments, {"key", "default"}, 1);
  const Value* found = of.dict().find(bound.at(0));
  return found ? *found : bound.at_or(1, none());
}

Value copy(const Value& of, const Arguments& arguments, Calls&) {
  const Bound bound("copy", arguments, {});
  return of;
}

Value count(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("count", arguments, {"value"}, 1);
  const Values& all = of.sequence().items;
  return int_value(
      std::ranges::count_if(all, [&](const Value& one) { return equal(one, bound.at(0), calls); }));
}

Value index(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("index", arguments, {"value", "start", "stop"}, 1);
  const Values& all = of.sequence().items;
  const auto size = static_cast<int64_t>(all.size());
  const auto place = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + size : i, 0, size); };
  const int64_t end = place(bound.integer(2, size));
  for (int64_t i = place(bound.integer(1, 0)); i < end; ++i) {
    if (equal(all[static_cast<size_t>(i)], bound.at(0), calls)) return int_value(i);
  }
  refuse("a ", type_name(of), " does not have the value that index() looks for");
}

constexpr std::array<Method, 5> kOfDicts = {
    {{"keys", keys}, {"values", values}, {"items", items}, {"get", get}, {"copy", copy}}};
constexpr std::array<Method, 3> kOfLists = {{{"count", count}, {"index", index}, {"copy", copy}}};

template <size_t size>
const Method* find_in(const std::array<Method, size>& methods, std::string_view name) {
  const auto found = std::ranges::find(methods, name, &Method::name);
  return found == methods.end() ? nullptr : &*found;
}

const Method* find_method(const Value& of, std::string_view name) {
  if (of.is_text()) {
    if (const Method* method = find_text_method(name)) return method;
    if (const Method* method = find_text_test_method(name)) return method;
    return find_text_place_method(name);
  }
  if (of.is(Kind::kDict)) return find_in(kOfDicts, name);
  if (!of.is(Kind::kSequence)) return nullptr;
  const Sequence::Kind kind = of.sequence().kind;
  const bool has_copy = kind == Sequence::Kind::kList;
  const bool has_others =
      has_copy || kind == Sequence::Kind::kTuple || kind == Sequence::Kind::kRange;
  return (name == "copy" ? has_copy : has_others) ? find_in(kOfLists, name) : nullptr;
}

bool is_unknown(const Value& of, std::string_view name) {
  return of.is_text() && std::ranges::find(kUnknownOfTexts, name) != kUnknownOfTexts.end();
}

}  // namespace

bool is_method(const Value& of, std::string_view name) {
  return find_method(of, name) || is_unknown(of, name);
}

bool changes_value(const Value& of, std::string_view name) {
  constexpr std::array<std::string_view, 8> kLists = {"append", "clear",  "extend",  "insert",
                                                      "pop",    "remove", "reverse", "sort"};
  constexpr std::array<std::string_view, 5> kDicts = {"clear", "pop", "popitem", "setdefault",
                                                      "update"};
  if (of.is_list()) return std::ranges::find(kLists, name) != kLists.end();
  return of.is(Kind::kDict) && std::ranges::find(kDicts, name) != kDicts.end();
}

Value call_method(const Value& of, std::string_view name, const Arguments& arguments,
                  Calls& calls) {
  if (is_unknown(of, name)) refuse_unsupported("the method ", name, "() is not supported");
  if (of.is_text()) calls.budget.read(of.text().size());
  return find_method(of, name)->call(of, arguments, calls);
}

}  // namespace cria::jinja
