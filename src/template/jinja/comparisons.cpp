// == < in and iteration.
#include <algorithm>
#include <cmath>

#include "template/common/search.h"
#include "template/common/unicode.h"
#include "template/jinja/operators.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

// Exact, also where a double can not hold the integer.
int compare_numbers(const Value& a, const Value& b) {
  if (a.is_whole() && b.is_whole()) {
    return a.integer() < b.integer() ? -1 : a.integer() > b.integer();
  }
  if (a.is(Kind::kFloat) && b.is(Kind::kFloat))
    return a.real() < b.real() ? -1 : a.real() > b.real();
  if (a.is(Kind::kFloat)) return -compare_numbers(b, a);
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  const double real = b.real();
  if (real >= kLimit) return -1;
  if (real < -kLimit) return 1;
  const double whole = std::floor(real);
  const auto other = static_cast<int64_t>(whole);
  if (a.integer() != other) return a.integer() < other ? -1 : 1;
  return whole < real ? -1 : 0;
}

bool is_nan(const Value& value) { return value.is(Kind::kFloat) && std::isnan(value.real()); }

bool equal_sequences(const Value& a, const Value& b, Calls& calls) {
  const Sequence& x = a.sequence();
  const Sequence& y = b.sequence();
  if (&x == &y) return true;
  if (x.kind != y.kind || x.items.size() != y.items.size()) return false;
  if (x.kind == Sequence::Kind::kGenerator || x.kind == Sequence::Kind::kValues) return false;
  for (size_t i = 0; i < x.items.size(); ++i) {
    if (!equal(x.items[i], y.items[i], calls)) return false;
  }
  return true;
}

bool equal_dicts(const Dict& a, const Dict& b, Calls& calls) {
  if (a.entries().size() != b.entries().size()) return false;
  for (const auto& [key, value] : a.entries()) {
    const Value* other = b.find(key);
    if (!other || !equal(value, *other, calls)) return false;
  }
  return true;
}

bool is_ordered_list(const Value& value) {
  return value.is(Kind::kSequence) && (value.sequence().kind == Sequence::Kind::kList ||
                                       value.sequence().kind == Sequence::Kind::kTuple);
}

// a op b for < <= > >=.
bool ordered(const Value& a, const Value& b, std::string_view op, Calls& calls) {
  calls.budget.step();
  check_defined(a);
  check_defined(b);
  const auto holds = [&](int order) {
    return op == "<" ? order < 0 : op == "<=" ? order <= 0 : op == ">" ? order > 0 : order >= 0;
  };
  if (a.is_number() && b.is_number()) {
    return !is_nan(a) && !is_nan(b) && holds(compare_numbers(a, b));
  }
  if (a.is_text() && b.is_text()) {
    calls.budget.read(std::min(a.text().size(), b.text().size()));
    return holds(a.text().compare(b.text()));
  }
  if (is_ordered_list(a) && is_ordered_list(b) && a.sequence().kind == b.sequence().kind) {
    const Values& x = a.sequence().items;
    const Values& y = b.sequence().items;
    for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
      if (!equal(x[i], y[i], calls)) return ordered(x[i], y[i], op, calls);
    }
    return holds(x.size() < y.size() ? -1 : x.size() > y.size());
  }
  refuse("'", op, "' not supported between instances of '", type_name(a), "' and '", type_name(b),
         "'");
}

}  // namespace

void check_defined(const Value& value) {
  if (!value.is_undefined()) return;
  const auto& why = std::get<Undefined>(value.held).why;
  refuse(why ? *why : "a value is undefined");
}

bool equal(const Value& a, const Value& b, Calls& calls) {
  calls.budget.step();
  if (a.is_number() && b.is_number()) {
    return !is_nan(a) && !is_nan(b) && compare_numbers(a, b) == 0;
  }
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kText:
      calls.budget.read(std::min(a.text().size(), b.text().size()));
      return a.text() == b.text();
    case Kind::kSequence:
      return equal_sequences(a, b, calls);
    case Kind::kDict:
      return &a.dict() == &b.dict() || equal_dicts(a.dict(), b.dict(), calls);
    case Kind::kFunction:
      return a.function().name == b.function().name && !a.function().self && !b.function().self;
    case Kind::kObject:
      return &a.object() == &b.object();
    default:
      return true;
  }
}

bool contains(const Value& container, const Value& item, Calls& calls) {
  if (container.is_text()) {
    if (!item.is_text()) {
      refuse("'in <string>' requires string as left operand, not ", type_name(item));
    }
    calls.budget.read(container.text().size());
    return chat::find_text(container.text(), item.text()) != std::string::npos;
  }
  if (container.is(Kind::kDict)) {
    calls.read(item);
    return container.dict().find(item) != nullptr;
  }
  if (!container.is(Kind::kSequence) && !container.is_undefined()) {
    refuse("argument of type '", type_name(container), "' is not iterable");
  }
  return std::ranges::any_of(iterate(container, calls),
                             [&](const Value& one) { return equal(one, item, calls); });
}

bool compare(const Value& a, const Value& b, std::string_view op, Calls& calls) {
  if (op == "==") return equal(a, b, calls);
  if (op == "!=") return !equal(a, b, calls);
  if (op == "in") return contains(b, a, calls);
  if (op == "not in") return !contains(b, a, calls);
  return ordered(a, b, op, calls);
}

Values iterate(const Value& value, Calls& calls) {
  Values items;
  switch (value.kind()) {
    case Kind::kUndefined:
      return {};
    case Kind::kText: {
      const std::string_view all = value.text();
      for (size_t begin = 0; begin < all.size();) {
        const size_t end = begin + chat::decode_rune(all.substr(begin)).size;
        count_pieces(1, calls.budget);
        items.push_back(text_value(value.marked().substr(begin, end)));
        begin = end;
      }
      return items;
    }
    case Kind::kSequence: {
      const Sequence& sequence = value.sequence();
      const bool is_generator = sequence.kind == Sequence::Kind::kGenerator;
      if (is_generator && std::exchange(sequence.is_spent, true)) return {};
      calls.count(sequence.items.size());
      return sequence.items;
    }
    case Kind::kDict:
      calls.count(value.dict().entries().size());
      for (const auto& [key, member] : value.dict().entries()) items.push_back(key);
      return items;
    default:
      refuse("'", type_name(value), "' object is not iterable");
  }
}

}  // namespace cria::jinja
