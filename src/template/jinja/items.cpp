#include "template/jinja/items.h"

#include <algorithm>
#include <array>

#include "base/quote.h"
#include "template/jinja/methods.h"
#include "template/jinja/objects.h"
#include "template/jinja/operators.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

std::optional<Value> loop_attribute(LoopObject& loop, std::string_view name) {
  const Values& items = *loop.items;
  const auto index = static_cast<int64_t>(loop.index);
  const auto size = static_cast<int64_t>(items.size());
  if (name == "index") return int_value(index + 1);
  if (name == "index0") return int_value(index);
  if (name == "revindex") return int_value(size - index);
  if (name == "revindex0") return int_value(size - index - 1);
  if (name == "first") return bool_value(index == 0);
  if (name == "last") return bool_value(index + 1 == size);
  if (name == "length") return int_value(size);
  if (name == "depth") return int_value(loop.depth);
  if (name == "depth0") return int_value(loop.depth - 1);
  if (name == "previtem") {
    return index > 0 ? items[loop.index - 1] : undefined("there is no previous item");
  }
  if (name == "nextitem") {
    return index + 1 < size ? items[loop.index + 1] : undefined("there is no next item");
  }
  if (name == "cycle" || name == "changed") {
    return function_value(std::string(name), object_value(loop));
  }
  return std::nullopt;
}

std::optional<Value> macro_attribute(const MacroObject& object, std::string_view name) {
  const Macro& macro = *object.macro;
  if (name == "name") return special_text(macro.name);
  if (name == "catch_varargs") return bool_value(macro.takes_more);
  if (name == "catch_kwargs") return bool_value(macro.takes_keywords);
  if (name == "caller") return bool_value(macro.takes_caller);
  if (name != "arguments") return std::nullopt;
  Values names;
  for (const Parameter& parameter : macro.parameters) names.push_back(special_text(parameter.name));
  return tuple_value(std::move(names));
}

// What Python's getattr() finds.
std::optional<Value> own_attribute(const Value& of, std::string_view name) {
  if (of.is(Kind::kObject)) {
    if (auto* loop = dynamic_cast<LoopObject*>(&of.object())) return loop_attribute(*loop, name);
    if (auto* macro = dynamic_cast<MacroObject*>(&of.object())) {
      return macro_attribute(*macro, name);
    }
    if (auto* names = dynamic_cast<Namespace*>(&of.object())) {
      if (const Value* found = names->attributes.find(name)) return *found;
    }
    return std::nullopt;
  }
  if (of.is(Kind::kSequence) && of.sequence().is_group) {
    if (name == "grouper") return of.sequence().items[0];
    if (name == "list") return of.sequence().items[1];
  }
  if (name.starts_with("__")) {
    return undefined(
        concat("access to attribute ", quote(name), " of '", type_name(of), "' object is unsafe"));
  }
  if (is_method(of, name)) return function_value(std::string(name), of);
  if (changes_value(of, name)) {
    return undefined(concat("access to attribute '", name, "' of '", type_name(of),
                            "' object is unsafe: values do not change in chat templates"));
  }
  return std::nullopt;
}

std::optional<Value> own_item(const Value& of, const Value& key) {
  if (of.is(Kind::kDict)) {
    const bool is_hashable = !key.is(Kind::kDict) && !key.is_list();
    const Value* found = is_hashable ? of.dict().find(key) : nullptr;
    return found ? std::optional(*found) : std::nullopt;
  }
  if (of.is(Kind::kObject) && key.is_text()) {
    auto* names = dynamic_cast<Namespace*>(&of.object());
    const Value* found = names ? names->attributes.find(key.text()) : nullptr;
    return found ? std::optional(*found) : std::nullopt;
  }
  if (!key.is_whole()) return std::nullopt;
  int64_t index = key.integer();
  if (of.is_text()) {
    const std::vector<size_t> places = offsets(of.text());
    const auto size = static_cast<int64_t>(places.size()) - 1;
    if (index < 0) index += size;
    if (index < 0 || index >= size) return std::nullopt;
    const auto i = static_cast<size_t>(index);
    return text_value(of.marked().substr(places[i], places[i + 1]));
  }
  if (!of.is(Kind::kSequence)) return std::nullopt;
  const Sequence& sequence = of.sequence();
  const bool has_places = sequence.kind == Sequence::Kind::kList ||
                          sequence.kind == Sequence::Kind::kTuple ||
                          sequence.kind == Sequence::Kind::kRange;
  const auto size = static_cast<int64_t>(sequence.items.size());
  if (index < 0) index += size;
  if (!has_places || index < 0 || index >= size) return std::nullopt;
  return sequence.items[static_cast<size_t>(index)];
}

// What a part of a range begins and ends with, and its step.
std::array<int64_t, 3> cut(const std::array<int64_t, 3>& range, int64_t first, int64_t stop,
                           int64_t by) {
  const auto [start, end, step] = range;
  const auto place = [start = start, step = step](int64_t index) {
    int64_t at = 0;
    const bool overflows =
        __builtin_mul_overflow(index, step, &at) || __builtin_add_overflow(start, at, &at);
    if (overflows) refuse_unsupported("an integer beyond 64 bits");
    return at;
  };
  int64_t steps = 0;
  if (__builtin_mul_overflow(step, by, &steps)) {
    refuse_unsupported("an integer beyond 64 bits");
  }
  return {place(first), place(stop), steps};
}

std::string described(const Value& of) {
  return of.is_none() ? "None" : concat("'", type_name(of), " object'");
}

}  // namespace

Value attribute(const Value& of, std::string_view name) {
  check_defined(of);
  if (auto found = own_attribute(of, name)) return *std::move(found);
  if (auto found = own_item(of, special_text(name))) return *std::move(found);
  return undefined(concat(described(of), " has no attribute '", name, "'"));
}

Value item(const Value& of, const Value& key, Calls& calls) {
  check_defined(of);
  calls.read(key);
  if (of.is_text() && key.is_whole()) calls.budget.read(of.text().size() * 16);
  if (auto found = own_item(of, key)) return *std::move(found);
  if (!key.is_text()) {
    const std::string text =
        key.is_whole() ? std::to_string(key.integer()) : std::string(type_name(key));
    return undefined(concat(described(of), " has no element ", text));
  }
  if (auto found = own_attribute(of, key.text())) return *std::move(found);
  return undefined(concat(described(of), " has no attribute ", quote(key.text())));
}

Value slice(const Value& of, const Value& begin, const Value& end, const Value& step,
            Calls& calls) {
  check_defined(of);
  const bool is_cut =
      of.is_text() || (of.is(Kind::kSequence) && (of.sequence().kind == Sequence::Kind::kList ||
                                                  of.sequence().kind == Sequence::Kind::kTuple ||
                                                  of.sequence().kind == Sequence::Kind::kRange));
  if (!is_cut) refuse(described(of), " can not be sliced");
  for (const Value* bound : {&begin, &end, &step}) {
    if (!bound->is_none() && !bound->is_whole()) {
      refuse("slice indices must be integers or None, not ", type_name(*bound));
    }
  }
  const int64_t by = step.is_none() ? 1 : step.integer();
  if (by == 0) refuse("slice step cannot be zero");
  std::vector<size_t> places;
  if (of.is_text()) {
    calls.budget.read(of.text().size() * 16);
    places = offsets(of.text());
  }
  const auto size =
      static_cast<int64_t>(of.is_text() ? places.size() - 1 : of.sequence().items.size());
  const auto clamped = [&](const Value& bound, int64_t preset) {
    if (bound.is_none()) return preset;
    int64_t index = bound.integer();
    if (index < 0) index = index < -size ? -1 : index + size;
    const int64_t lowest = by < 0 ? -1 : 0;
    return std::clamp(index, lowest, std::max(by < 0 ? size - 1 : size, lowest));
  };
  const int64_t first = clamped(begin, by < 0 ? size - 1 : 0);
  const int64_t stop = clamped(end, by < 0 ? -1 : size);
  if (of.is_text() && by == 1) {
    if (first >= stop) return text_value({});
    return calls.text(
        of.marked().substr(places[static_cast<size_t>(first)], places[static_cast<size_t>(stop)]));
  }
  MarkedText text;
  Values items;
  for (int64_t i = first; by < 0 ? i > stop : i < stop;) {
    const auto at = static_cast<size_t>(i);
    if (of.is_text()) {
      text.append(of.marked().substr(places[at], places[at + 1]));
    } else {
      items.push_back(of.sequence().items[at]);
    }
    if (__builtin_add_overflow(i, by, &i)) break;
  }
  if (of.is_text()) return calls.text(std::move(text));
  calls.count(items.size());
  Sequence part{.kind = of.sequence().kind, .items = std::move(items)};
  if (part.kind == Sequence::Kind::kRange) part.range = cut(of.sequence().range, first, stop, by);
  return sequence_value(std::move(part));
}

}  // namespace cria::jinja
