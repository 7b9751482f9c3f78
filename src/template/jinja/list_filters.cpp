// Filters of lists and dicts.
#include <algorithm>
#include <array>

#include "template/jinja/filters.h"
#include "template/jinja/items.h"
#include "template/jinja/operators.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

Value generator(Values items, Calls& calls) {
  return calls.list(std::move(items), Sequence::Kind::kGenerator);
}

Case case_of(const Bound& bound, size_t parameter) {
  return bound.flag(parameter) ? Case::kCounts : Case::kIgnored;
}

Value list(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("list", arguments, {});
  return calls.list(iterate(value, calls));
}

Value items(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("items", arguments, {});
  if (value.is_undefined()) return generator({}, calls);
  if (!value.is(Kind::kDict)) refuse("can only get item pairs from a mapping");
  Values pairs;
  for (const auto& [key, member] : value.dict().entries()) {
    pairs.push_back(tuple_value({key, member}));
  }
  return generator(std::move(pairs), calls);
}

Value first(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("first", arguments, {});
  if (value.is_text() && !value.text().empty()) return item(value, int_value(0), calls);
  Values all = iterate(value, calls);
  return all.empty() ? undefined("no first item, sequence was empty") : all.front();
}

Value last(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("last", arguments, {});
  const bool is_reversible =
      !value.is(Kind::kSequence) || value.sequence().kind != Sequence::Kind::kGenerator;
  if (!is_reversible) refuse("'generator' object is not reversible");
  if (value.is_text() && !value.text().empty()) return item(value, int_value(-1), calls);
  Values all = iterate(value, calls);
  return all.empty() ? undefined("no last item, sequence was empty") : all.back();
}

Value reverse(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("reverse", arguments, {});
  Values all = iterate(value, calls);
  std::ranges::reverse(all);
  return value.is_text() ? join(all, {}, calls) : generator(std::move(all), calls);
}

// Sorts by what key() gives for each.
template <class Key>
void sort_by(Values& all, bool is_reversed, Calls& calls, const Key& key) {
  std::vector<std::pair<Value, Value>> keyed;
  for (Value& value : all) keyed.emplace_back(key(value), std::move(value));
  std::ranges::stable_sort(keyed, [&](const auto& a, const auto& b) {
    return is_reversed ? compare(b.first, a.first, "<", calls)
                       : compare(a.first, b.first, "<", calls);
  });
  all.clear();
  for (auto& [unused, value] : keyed) all.push_back(std::move(value));
}

Value sort(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("sort", arguments, {"reverse", "case_sensitive", "attribute"});
  Values all = iterate(value, calls);
  std::vector<Value> paths;
  if (const MarkedText* several =
          bound.find(2) && bound.at(2).is_text() ? &bound.at(2).marked() : nullptr) {
    for (MarkedText& path : split(*several, ",", -1, Side::kLeft, calls.budget))
      paths.push_back(text_value(std::move(path)));
  } else {
    paths.push_back(bound.at_or(2, none()));
  }
  sort_by(all, bound.flag(0), calls, [&](const Value& one) {
    Values keys;
    for (const Value& path : paths) {
      keys.push_back(without_case(attribute_path(one, &path, calls), case_of(bound, 1), calls));
    }
    return list_value(std::move(keys));
  });
  return calls.list(std::move(all));
}

Value dictsort(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("dictsort", arguments, {"case_sensitive", "by", "reverse"});
  const std::string by = bound.text(1) ? bound.text(1)->text() : "key";
  if (by != "key" && by != "value") refuse("you can only sort by either \"key\" or \"value\"");
  check_defined(value);
  if (!value.is(Kind::kDict)) refuse("'", type_name(value), "' object has no attribute 'items'");
  Values pairs;
  for (const auto& [key, member] : value.dict().entries()) {
    pairs.push_back(tuple_value({key, member}));
  }
  sort_by(pairs, bound.flag(2), calls, [&](const Value& pair) {
    return without_case(pair.sequence().items[by == "key" ? 0 : 1], case_of(bound, 0), calls);
  });
  return calls.list(std::move(pairs));
}

Value unique(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("unique", arguments, {"case_sensitive", "attribute"});
  Dict seen;
  Values kept;
  for (Value& one : iterate(value, calls)) {
    const Value key =
        without_case(attribute_path(one, bound.find(1), calls), case_of(bound, 0), calls);
    calls.read(key);
    if (seen.find(key)) continue;
    seen.set(key, none());
    kept.push_back(std::move(one));
  }
  return generator(std::move(kept), calls);
}

Value groupby(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("groupby", arguments, {"attribute", "default", "case_sensitive"}, 1);
  const auto key_of = [&](const Value& one, Case letters) {
    const bool has_preset = bound.find(1) && !bound.at(1).is_none();
    return without_case(
        attribute_path(one, bound.find(0), calls, has_preset ? bound.find(1) : nullptr), letters,
        calls);
  };
  const Case letters = case_of(bound, 2);
  Values all = iterate(value, calls), groups;
  sort_by(all, false, calls, [&](const Value& one) { return key_of(one, letters); });
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin;
    while (end < all.size() && equal(key_of(all[end], letters), key_of(all[begin], letters), calls))
      ++end;
    Sequence group{.kind = Sequence::Kind::kTuple,
                   .items = {key_of(all[begin], Case::kCounts),
                             list_value({all.begin() + static_cast<ptrdiff_t>(begin),
                                         all.begin() + static_cast<ptrdiff_t>(end)})},
                   .is_group = true};
    groups.push_back(sequence_value(std::move(group)));
    begin = end;
  }
  return calls.list(std::move(groups));
}

template <bool is_max>
Value extreme(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("min", arguments, {"case_sensitive", "attribute"});
  const Values all = iterate(value, calls);
  if (all.empty()) return undefined("no aggregated item, sequence was empty");
  const auto key_of = [&](const Value& one) {
    return without_case(attribute_path(one, bound.find(1), calls), case_of(bound, 0), calls);
  };
  const Value* best = &all.front();
  Value key = key_of(*best);
  for (const Value& one : all) {
    if (&one == &all.front()) continue;
    Value other = key_of(one);
    if (!compare(other, key, is_max ? ">" : "<", calls)) continue;
    best = &one;
    key = std::move(other);
  }
  return *best;
}

Value sum(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("sum", arguments, {"attribute", "start"});
  Value total = bound.at_or(1, int_value(0));
  if (total.is_text()) refuse("sum() can't sum strings [use ''.join(seq) instead]");
  for (const Value& one : iterate(value, calls)) {
    total = arithmetic("+", total, attribute_path(one, bound.find(0), calls), calls);
  }
  return total;
}

Value batch(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("batch", arguments, {"linecount", "fill_with"}, 1);
  const int64_t size = bound.integer(0, 0);
  Values lists, one;
  for (Value& item : iterate(value, calls)) {
    if (static_cast<int64_t>(one.size()) == size)
      lists.push_back(calls.list(std::exchange(one, {})));
    one.push_back(std::move(item));
  }
  if (!one.empty()) {
    const bool fills = bound.find(1) && !bound.at(1).is_none();
    const int64_t missing = fills ? size - static_cast<int64_t>(one.size()) : 0;
    for (int64_t i = 0; i < missing; ++i) {
      calls.count(1);
      one.push_back(bound.at(1));
    }
    lists.push_back(calls.list(std::move(one)));
  }
  return generator(std::move(lists), calls);
}

Value slice(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("slice", arguments, {"slices", "fill_with"}, 1);
  const Values all = iterate(value, calls);
  const int64_t count = bound.integer(0, 0);
  if (count == 0) refuse("integer division or modulo by zero");
  const auto size = static_cast<int64_t>(all.size());
  Values lists;
  int64_t begin = 0;
  for (int64_t i = 0; i < count; ++i) {
    const bool has_extra = i < size % count;
    const int64_t end = begin + size / count + has_extra;
    Values one(all.begin() + begin, all.begin() + end);
    if (!has_extra && bound.find(1) && !bound.at(1).is_none()) one.push_back(bound.at(1));
    lists.push_back(calls.list(std::move(one)));
    calls.count(1);
    begin = end;
  }
  return generator(std::move(lists), calls);
}

constexpr std::array<Filter, 14> kFilters = {{{"batch", batch},
                                              {"dictsort", dictsort},
                                              {"first", first},
                                              {"groupby", groupby},
                                              {"items", items},
                                              {"last", last},
                                              {"list", list},
                                              {"max", extreme<true>},
                                              {"min", extreme<false>},
                                              {"reverse", reverse},
                                              {"slice", slice},
                                              {"sort", sort},
                                              {"sum", sum},
                                              {"unique", unique}}};

}  // namespace

const Filter* find_list_filter(std::string_view name) {
  const auto found = std::ranges::find(kFilters, name, &Filter::name);
  return found == kFilters.end() ? nullptr : &*found;
}

}  // namespace cria::jinja
