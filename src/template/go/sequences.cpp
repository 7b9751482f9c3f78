// len, index and slice.

#include <algorithm>
#include <array>

#include "base/error.h"
#include "template/go/functions.h"

namespace cria::go {
namespace {

using Kind = Value::Kind;

size_t index_of(const Value& index, size_t most) {
  if (index.is_nothing()) throw CallError("cannot index slice/array with nil");
  if (!index.is_integer()) {
    throw CallError("cannot index slice/array with type " + type_name(index));
  }
  const int64_t number = index.integer();
  if (number < 0 || static_cast<uint64_t>(number) > most) {
    throw CallError(concat("index out of range: ", number));
  }
  return static_cast<size_t>(number);
}

Value element(const Value& of, const Value& index) {
  if (of.is(Kind::kMap)) {
    if (!index.is(Kind::kText)) {
      throw CallError(index.is_nothing()
                          ? "value is nil; should be of type string"
                          : concat("value has type ", type_name(index), "; should be string"));
    }
    const Value* found = of.map().find(index.text());
    return found ? *found : of.map().zero;
  }
  if (!of.is(Kind::kList) && !of.is(Kind::kText)) {
    throw CallError("can't index item of type " + type_name(of));
  }
  const size_t size = of.is(Kind::kList) ? of.list().items.size() : of.text().size();
  const size_t i = index_of(index, size);
  if (i == size) throw CallError("reflect: index out of range");
  if (of.is(Kind::kList)) return of.list().items[i];
  return {static_cast<uint8_t>(of.text()[i])};
}

}  // namespace

Value length(Arguments arguments, Calls&) {
  const Value& of = arguments[0];
  size_t size = 0;
  switch (of.kind()) {
    case Kind::kText:
      size = of.text().size();
      break;
    case Kind::kList:
      size = of.list().items.size();
      break;
    case Kind::kMap:
      size = of.map().entries.size();
      break;
    default:
      throw CallError(of.is_nothing() ? "len of nil pointer" : "len of type " + type_name(of));
  }
  return int_value(static_cast<int64_t>(size));
}

Value index(Arguments arguments, Calls&) {
  Value item = arguments[0];
  if (item.is_nothing()) throw CallError("index of untyped nil");
  for (const Value& index : arguments.subspan(1)) {
    if (item.is_nothing()) throw CallError("index of nil pointer");
    item = element(item, index);
  }
  return item;
}

Value slice(Arguments arguments, Calls& calls) {
  const Value& item = arguments[0];
  const Arguments indexes = arguments.subspan(1);
  if (item.is_nothing()) throw CallError("slice of untyped nil");
  if (indexes.size() > 3) throw CallError(concat("too many slice indexes: ", indexes.size()));
  const bool is_text = item.is(Kind::kText);
  if (!is_text && !item.is(Kind::kList)) {
    throw CallError("can't slice item of type " + type_name(item));
  }
  if (is_text && indexes.size() == 3) throw CallError("cannot 3-index slice a string");
  const size_t size = is_text ? item.text().size() : item.list().items.size();
  std::array<size_t, 3> bounds{0, size, size};
  for (size_t i = 0; i < indexes.size(); ++i) bounds[i] = index_of(indexes[i], size);
  for (size_t i = 1; i < 3; ++i) {
    if (bounds[i - 1] <= bounds[i]) continue;
    throw CallError(concat("invalid slice index: ", bounds[i - 1], " > ", bounds[i]));
  }
  const auto [begin, end, capacity] = bounds;
  if (is_text) {
    calls.budget.text(end - begin);
    return text_value(item.marked().substr(begin, end));
  }
  calls.budget.text((end - begin) * sizeof(Value));
  const List& list = item.list();
  List part{list.type, {}, list.is_nil};
  part.items.assign(list.items.begin() + static_cast<ptrdiff_t>(begin),
                    list.items.begin() + static_cast<ptrdiff_t>(end));
  return list_value(std::move(part));
}

}  // namespace cria::go
