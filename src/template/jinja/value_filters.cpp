// Filters of numbers, and of values of any kind.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "template/jinja/filters.h"
#include "template/jinja/items.h"
#include "template/jinja/literals.h"
#include "template/jinja/operators.h"
#include "template/jinja/printer.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

Value like(const Value& of, Value value) {
  value.special = of.is_text() ? of.marked().special() : of.special;
  return value;
}

Value absolute(const Value& value, const Arguments& arguments, Calls&) {
  const Bound bound("abs", arguments, {});
  check_defined(value);
  if (!value.is_number()) refuse("bad operand type for abs(): '", type_name(value), "'");
  if (value.is(Kind::kFloat)) return like(value, float_value(std::fabs(value.real())));
  return value.integer() < 0 ? with_sign("-", value) : with_sign("+", value);
}

Value attr(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("attr", arguments, {"name"}, 1);
  const MarkedText* name = bound.text(0);
  if (!name) refuse("attr: expected a name");
  Value found = attribute(value, name->text());
  // Keys are no attributes.
  const bool is_key =
      value.is(Kind::kDict) && value.dict().find(name->text()) && !is_method(value, name->text());
  calls.count(1);
  return is_key ? undefined(concat("'dict object' has no attribute '", name->text(), "'")) : found;
}

Value preset(const Value& value, const Arguments& arguments, Calls&) {
  const Bound bound("default", arguments, {"default_value", "boolean"});
  const bool is_missing = value.is_undefined() || (bound.flag(1) && !truth(value));
  return is_missing ? bound.at_or(0, special_text("")) : value;
}

Value length_filter(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("length", arguments, {});
  if (value.is_undefined()) return int_value(0);
  if (value.is(Kind::kDict)) return int_value(static_cast<int64_t>(value.dict().entries().size()));
  const bool has_length = value.is_text() || (value.is(Kind::kSequence) &&
                                              value.sequence().kind != Sequence::Kind::kGenerator);
  if (has_length && value.is_text()) {
    calls.budget.read(value.text().size() * 8);
    return int_value(length(value.text()));
  }
  if (has_length) return int_value(static_cast<int64_t>(value.sequence().items.size()));
  if (value.is(Kind::kObject)) {
    const Value loop_length = attribute(value, "length");
    if (!loop_length.is_undefined()) return loop_length;
  }
  refuse("object of type '", type_name(value), "' has no len()");
}

Value to_whole(const Value& value, double real) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (real >= kLimit || real < -kLimit) refuse_unsupported("an integer beyond 64 bits");
  return like(value, int_value(static_cast<int64_t>(real)));
}

Value int_filter(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("int", arguments, {"default", "base"});
  if (value.is_text()) calls.budget.read(value.text().size() * 16);
  const Value otherwise = bound.at_or(0, int_value(0));
  check_defined(value);
  if (value.is_whole()) return like(value, int_value(value.integer()));
  if (value.is(Kind::kFloat)) {
    return std::isfinite(value.real()) ? to_whole(value, value.real()) : otherwise;
  }
  if (!value.is_text()) return otherwise;
  const int64_t base = bound.integer(1, 10);
  if (const auto whole = to_integer(value.text(), base)) return like(value, int_value(*whole));
  if (is_integer(value.text(), base)) refuse_unsupported("an integer beyond 64 bits");
  const auto real = to_float(value.text());
  return real && std::isfinite(*real) ? to_whole(value, *real) : otherwise;
}

Value float_filter(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("float", arguments, {"default"});
  if (value.is_text()) calls.budget.read(value.text().size() * 16);
  check_defined(value);
  if (value.is_number()) return like(value, float_value(value.real()));
  const auto real = value.is_text() ? to_float(value.text()) : std::nullopt;
  return real ? like(value, float_value(*real)) : bound.at_or(0, float_value(0));
}

// To the nearest of so many decimals, halves to the even one.
double rounded(double number, int64_t precision) {
  constexpr int64_t kMost = 300;
  if (precision > kMost || !std::isfinite(number)) return number;
  if (precision < -kMost) return std::copysign(0.0, number);
  if (precision < 0) {
    const double unit = std::pow(10.0, static_cast<double>(-precision));
    return std::nearbyint(number / unit) * unit;
  }
  std::array<char, 700> text;
  std::snprintf(text.data(), text.size(), "%.*f", static_cast<int>(precision), number);
  return std::strtod(text.data(), nullptr);
}

Value round(const Value& value, const Arguments& arguments, Calls&) {
  const Bound bound("round", arguments, {"precision", "method"});
  const std::string method = bound.text(1) ? bound.text(1)->text() : "common";
  const int64_t precision = bound.integer(0, 0);
  check_defined(value);
  if (!value.is_number()) refuse("round: expected a number, not ", type_name(value));
  if (method == "common") {
    if (value.is(Kind::kFloat)) return like(value, float_value(rounded(value.real(), precision)));
    if (precision >= 0) return like(value, int_value(value.integer()));
    return to_whole(value, rounded(value.real(), precision));
  }
  if (method != "ceil" && method != "floor") refuse("method must be common, ceil or floor");
  const double unit = std::pow(10.0, static_cast<double>(precision));
  const double scaled = value.real() * unit;
  return like(value,
              float_value((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / unit));
}

Value filesizeformat(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("filesizeformat", arguments, {"binary"});
  const Value number = float_filter(value, {}, calls);
  const double base = bound.flag(0) ? 1024 : 1000, bytes = number.real();
  if (bytes == 1) return special_text("1 Byte");
  if (bytes < base) return special_text(concat(to_whole(number, bytes).integer(), " Bytes"));
  constexpr std::string_view kPrefixes = "kMGTPEZY";
  double unit = base;
  size_t i = 0;
  while (i + 1 < kPrefixes.size() && bytes >= unit * base) {
    unit *= base;
    ++i;
  }
  std::array<char, 400> text;
  std::snprintf(text.data(), text.size(), "%.1f ", bytes / unit);
  const char prefix = bound.flag(0) && i == 0 ? 'K' : kPrefixes[i];
  return special_text(concat(text.data(), prefix, bound.flag(0) ? "iB" : "B"));
}

Value wordcount(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("wordcount", arguments, {});
  const MarkedText text = to_text(value, calls);
  calls.budget.read(text.size() * 8);
  int64_t count = 0;
  bool in_word = false;
  for (std::string_view rest = text.text(); !rest.empty();) {
    const chat::Rune rune = chat::decode_rune(rest);
    const bool is_word = rune.code == '_' || chat::is_letter_or_digit(rune.code);
    count += is_word && !in_word;
    in_word = is_word;
    rest.remove_prefix(rune.size);
  }
  return int_value(count);
}

constexpr std::array<Filter, 11> kFilters = {{{"abs", absolute},
                                              {"attr", attr},
                                              {"count", length_filter},
                                              {"d", preset},
                                              {"default", preset},
                                              {"filesizeformat", filesizeformat},
                                              {"float", float_filter},
                                              {"int", int_filter},
                                              {"length", length_filter},
                                              {"round", round},
                                              {"wordcount", wordcount}}};

}  // namespace

const Filter* find_value_filter(std::string_view name) {
  const auto found = std::ranges::find(kFilters, name, &Filter::name);
  return found == kFilters.end() ? nullptr : &*found;
}

}  // namespace cria::jinja
