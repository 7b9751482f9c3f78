#include "template/jinja/filters.h"

#include <algorithm>
#include <array>

#include "template/jinja/items.h"
#include "template/jinja/literals.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

// Filters of jinja2 that no chat template has a use for.
constexpr std::array<std::string_view, 4> kRefused = {"pprint", "random", "urlize", "xmlattr"};

const Filter* find_filter(std::string_view name) {
  for (const auto& find :
       {find_text_filter, find_list_filter, find_selection_filter, find_value_filter}) {
    if (const Filter* filter = find(name)) return filter;
  }
  return nullptr;
}

}  // namespace

bool is_filter(std::string_view name) {
  return find_filter(name) || std::ranges::find(kRefused, name) != kRefused.end();
}

Value apply_filter(std::string_view name, const Value& value, const Arguments& arguments,
                   Calls& calls) {
  calls.read(value);
  if (const Filter* filter = find_filter(name)) return filter->call(value, arguments, calls);
  if (is_filter(name)) refuse_unsupported("the filter '", name, "' is not supported");
  refuse("no filter named '", name, "'");
}

Value attribute_path(const Value& of, const Value* path, Calls& calls, const Value* preset) {
  const auto step = [&](const Value& from, const Value& key) {
    Value found = item(from, key, calls);
    return found.is_undefined() && preset ? *preset : found;
  };
  if (!path || path->is_none()) return of;
  if (!path->is_text()) return step(of, *path);
  Value value = of;
  calls.budget.read(path->text().size() * 64);
  for (const MarkedText& part : split(path->marked(), ".", -1, Side::kLeft, calls.budget)) {
    const bool is_number = !part.text().empty() && std::ranges::all_of(part.text(), [](char c) {
      return c >= '0' && c <= '9';
    });
    const auto number = is_number ? to_integer(part.text(), 10) : std::nullopt;
    value = step(value, number ? int_value(*number) : text_value(part));
  }
  return value;
}

Value without_case(const Value& value, Case letters, Calls& calls) {
  if (letters == Case::kCounts || !value.is_text()) return value;
  calls.budget.read(value.text().size() * 16);
  return calls.text(lower(value.marked()));
}

}  // namespace cria::jinja
