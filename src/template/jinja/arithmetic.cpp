// + - * / // % ** and signs.
#include <algorithm>
#include <cmath>
#include <limits>

#include "template/jinja/formats.h"
#include "template/jinja/operators.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

[[noreturn]] void too_large() { refuse_unsupported("an integer beyond 64 bits"); }

bool is_same_list(const Value& a, const Value& b) {
  if (!a.is(Kind::kSequence) || !b.is(Kind::kSequence)) return false;
  const Sequence::Kind kind = a.sequence().kind;
  return kind == b.sequence().kind &&
         (kind == Sequence::Kind::kList || kind == Sequence::Kind::kTuple);
}

bool is_repeatable(const Value& value) { return value.is_text() || is_same_list(value, value); }

Value repeat(const Value& value, int64_t count, Calls& calls) {
  count = std::max<int64_t>(count, 0);
  const size_t size = value.is_text() ? value.text().size() : value.sequence().items.size();
  constexpr int64_t kMost = int64_t{1} << 40;
  if (size > 0 && count > kMost / static_cast<int64_t>(size)) {
    refuse_unsupported("a text or list of ", count, " times ", size);
  }
  const size_t all = size * static_cast<size_t>(count);
  if (value.is_text()) {
    calls.budget.text(all);
    return text_value(repeated(value.marked(), count));
  }
  calls.count(all);
  Values items;
  for (int64_t i = 0; size > 0 && i < count; ++i) {
    items.insert(items.end(), value.sequence().items.begin(), value.sequence().items.end());
  }
  return sequence_value(value.sequence().kind, std::move(items));
}

int64_t floor_divided(int64_t a, int64_t b) {
  if (b == 0) refuse("integer division or modulo by zero");
  if (a == std::numeric_limits<int64_t>::min() && b == -1) too_large();
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

int64_t remainder(int64_t a, int64_t b) {
  if (b == 0) refuse("integer modulo by zero");
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

double remainder(double a, double b) {
  if (b == 0) refuse("float modulo by zero");
  const double rest = std::fmod(a, b);
  if (rest == 0) return std::copysign(0.0, b);
  return (rest < 0) != (b < 0) ? rest + b : rest;
}

double floor_divided(double a, double b) {
  if (b == 0) refuse("float floor division by zero");
  const double whole = (a - remainder(a, b)) / b;
  if (whole == 0) return std::copysign(0.0, a / b);
  const double down = std::floor(whole);
  return whole - down > 0.5 ? down + 1 : down;
}

Value power(int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) refuse("0.0 cannot be raised to a negative power");
    return float_value(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  int64_t result = 1;
  if (base == 0 || base == 1) return int_value(exponent == 0 ? 1 : base);
  if (base == -1) return int_value(exponent % 2 == 0 ? 1 : -1);
  for (int64_t i = 0; i < exponent; ++i) {
    if (__builtin_mul_overflow(result, base, &result)) too_large();
  }
  return int_value(result);
}

Value power(double base, double exponent) {
  if (base == 0 && exponent < 0) refuse("0.0 cannot be raised to a negative power");
  if (base < 0 && std::isfinite(base) && std::isfinite(exponent) &&
      std::trunc(exponent) != exponent) {
    refuse_unsupported("a complex number");
  }
  const double result = std::pow(base, exponent);
  if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent)) {
    refuse("(34, 'Numerical result out of range')");
  }
  return float_value(result);
}

Value of_integers(std::string_view op, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflows = false;
  if (op == "+") {
    overflows = __builtin_add_overflow(a, b, &result);
  } else if (op == "-") {
    overflows = __builtin_sub_overflow(a, b, &result);
  } else if (op == "*") {
    overflows = __builtin_mul_overflow(a, b, &result);
  } else if (op == "//") {
    result = floor_divided(a, b);
  } else if (op == "%") {
    result = remainder(a, b);
  } else if (op == "**") {
    return power(a, b);
  } else {
    if (b == 0) refuse("division by zero");
    return float_value(static_cast<double>(a) / static_cast<double>(b));
  }
  if (overflows) too_large();
  return int_value(result);
}

Value of_floats(std::string_view op, double a, double b) {
  if (op == "+") return float_value(a + b);
  if (op == "-") return float_value(a - b);
  if (op == "*") return float_value(a * b);
  if (op == "//") return float_value(floor_divided(a, b));
  if (op == "%") return float_value(remainder(a, b));
  if (op == "**") return power(a, b);
  if (b == 0) refuse("float division by zero");
  return float_value(a / b);
}

Value of_numbers(std::string_view op, const Value& a, const Value& b) {
  Value result = a.is_whole() && b.is_whole() ? of_integers(op, a.integer(), b.integer())
                                              : of_floats(op, a.real(), b.real());
  result.special = a.special && b.special;
  return result;
}

}  // namespace

Value arithmetic(std::string_view op, const Value& a, const Value& b, Calls& calls) {
  if (a.is_text() && op == "%") return text_value(percent_format(a.marked(), b, calls));
  check_defined(a);
  check_defined(b);
  if (a.is_number() && b.is_number()) return of_numbers(op, a, b);
  if (op == "+" && a.is_text() && b.is_text()) {
    calls.budget.text(a.text().size() + b.text().size());
    MarkedText both = a.marked();
    both.append(b.marked());
    return text_value(std::move(both));
  }
  if (op == "+" && is_same_list(a, b)) {
    calls.count(a.sequence().items.size() + b.sequence().items.size());
    Values items = a.sequence().items;
    items.insert(items.end(), b.sequence().items.begin(), b.sequence().items.end());
    return sequence_value(a.sequence().kind, std::move(items));
  }
  if (op == "*" && is_repeatable(a) && b.is_whole()) return repeat(a, b.integer(), calls);
  if (op == "*" && is_repeatable(b) && a.is_whole()) return repeat(b, a.integer(), calls);
  refuse("unsupported operand type(s) for ", op, ": '", type_name(a), "' and '", type_name(b), "'");
}

Value with_sign(std::string_view sign, const Value& value) {
  check_defined(value);
  if (!value.is_number()) refuse("bad operand type for unary ", sign, ": '", type_name(value), "'");
  Value result;
  if (value.is(Kind::kFloat)) {
    result = float_value(sign == "-" ? -value.real() : value.real());
  } else {
    if (value.integer() == std::numeric_limits<int64_t>::min()) too_large();
    result = int_value(sign == "-" ? -value.integer() : value.integer());
  }
  result.special = value.special;
  return result;
}

}  // namespace cria::jinja
