// map, select, reject and their kin.
#include <algorithm>
#include <array>

#include "template/jinja/filters.h"
#include "template/jinja/operators.h"
#include "template/jinja/tests.h"

namespace cria::jinja {
namespace {

Value generator(Values items, Calls& calls) {
  return calls.list(std::move(items), Sequence::Kind::kGenerator);
}

std::string name_of(const Value& name, std::string_view what) {
  check_defined(name);
  if (!name.is_text()) refuse("no ", what, " named by a ", type_name(name));
  return name.text();
}

// Without the first positional ones.
Arguments rest_of(const Arguments& arguments, size_t first) {
  Arguments rest = arguments;
  rest.positional.erase(rest.positional.begin(),
                        rest.positional.begin() + static_cast<ptrdiff_t>(first));
  return rest;
}

Value map(const Value& value, const Arguments& arguments, Calls& calls) {
  Values made;
  if (!truth(value)) return generator({}, calls);
  if (!arguments.positional.empty()) {
    const std::string name = name_of(arguments.positional[0], "filter");
    const Arguments rest = rest_of(arguments, 1);
    for (const Value& one : iterate(value, calls)) {
      calls.read(rest);
      made.push_back(apply_filter(name, one, rest, calls));
    }
    return generator(std::move(made), calls);
  }
  const Bound bound("map", arguments, {"attribute", "default"});
  if (!bound.find(0)) refuse("map requires a filter argument");
  const bool has_preset = bound.find(1) && !bound.at(1).is_none();
  for (const Value& one : iterate(value, calls)) {
    made.push_back(attribute_path(one, bound.find(0), calls, has_preset ? bound.find(1) : nullptr));
  }
  return generator(std::move(made), calls);
}

template <bool wanted, bool by_attribute>
Value select(const Value& value, const Arguments& arguments, Calls& calls) {
  if (!truth(value)) return generator({}, calls);
  const Values& given = arguments.positional;
  if (by_attribute && given.empty()) refuse("missing parameter for attribute name");
  constexpr size_t kTest = by_attribute ? 1 : 0;
  const bool has_test = given.size() > kTest;
  const std::string test = has_test ? name_of(given[kTest], "test") : "";
  const Arguments rest = rest_of(arguments, has_test ? kTest + 1 : kTest);
  Values kept;
  for (Value& one : iterate(value, calls)) {
    calls.read(rest);
    const Value tested = by_attribute ? attribute_path(one, &given[0], calls) : one;
    const bool passes = has_test ? apply_test(test, tested, rest, calls) : truth(tested);
    if (passes == wanted) kept.push_back(std::move(one));
  }
  return generator(std::move(kept), calls);
}

constexpr std::array<Filter, 5> kFilters = {{{"map", map},
                                             {"reject", select<false, false>},
                                             {"rejectattr", select<false, true>},
                                             {"select", select<true, false>},
                                             {"selectattr", select<true, true>}}};

}  // namespace

const Filter* find_selection_filter(std::string_view name) {
  const auto found = std::ranges::find(kFilters, name, &Filter::name);
  return found == kFilters.end() ? nullptr : &*found;
}

}  // namespace cria::jinja
