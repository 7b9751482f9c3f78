#include "grammar/schema/numbers.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/schema/json_text.h"

namespace cria::grammar {
namespace {

constexpr int64_t kLargest = 999'999'999'999'999'999;  // 18 digits

Expr digit(Rules& rules, char first, char last) {
  return rules.chars(CharSet({{static_cast<char32_t>(first), static_cast<char32_t>(last)}}));
}
Expr any_digits(Rules& rules, size_t least, size_t most) {
  return rules.repeat(digit(rules, '0', '9'), static_cast<uint32_t>(least),
                      static_cast<uint32_t>(most));
}

// As many digits as the bounds have, between them; a bound that was left behind is missing.
Expr same_length(Rules& rules, std::optional<std::string_view> low,
                 std::optional<std::string_view> high, size_t length) {
  if (length == 0) return rules.bytes("");
  if (!low && !high) return any_digits(rules, length, length);
  const char first = low ? (*low)[0] : '0', last = high ? (*high)[0] : '9';
  const auto rest = [](std::optional<std::string_view> bound) {
    return bound ? std::optional(bound->substr(1)) : bound;
  };
  const auto from = [&](char c, bool at_low, bool at_high) {
    return rules.sequence(
        {digit(rules, c, c), same_length(rules, at_low ? rest(low) : std::nullopt,
                                         at_high ? rest(high) : std::nullopt, length - 1)});
  };
  if (first > last) return rules.choice({});
  if (first == last) return from(first, low.has_value(), high.has_value());
  std::vector<Expr> parts;
  const char after = low ? static_cast<char>(first + 1) : first;
  const char before = high ? static_cast<char>(last - 1) : last;
  if (low) parts.push_back(from(first, true, false));
  if (after <= before) {
    parts.push_back(
        rules.sequence({digit(rules, after, before), any_digits(rules, length - 1, length - 1)}));
  }
  if (high) parts.push_back(from(last, false, true));
  return rules.choice(parts);
}

// Whole numbers from low to high, neither negative.
Expr from_to(Rules& rules, const std::string& low, const std::string& high) {
  std::vector<Expr> parts;
  for (size_t length = low.size(); length <= high.size(); ++length) {
    std::string least(length, '0');
    least.front() = '1';
    const std::string most(length, '9');
    parts.push_back(same_length(rules, length == low.size() ? low : least,
                                length == high.size() ? high : most, length));
  }
  return rules.choice(parts);
}

// Digits behind the point, of bounds whose digits before it are used up.
struct FractionBound {
  std::string_view digits;
  bool open;
};

struct Fractions {
  Rules& rules;

  // What follows the digits so far. A bound that was left behind is missing.
  Expr digits(std::optional<FractionBound> low, std::optional<FractionBound> high, size_t most,
              bool may_stop) {
    const bool above_low = !low || (low->digits.empty() && !low->open);
    const bool below_high = !high || !high->digits.empty() || !high->open;
    std::vector<Expr> parts;
    if (may_stop && above_low && below_high) parts.push_back(rules.bytes(""));
    if (!low && !high) return any_digits(rules, may_stop ? 0 : 1, most);
    const auto first_of = [](const FractionBound& bound) {
      return bound.digits.empty() ? '0' : bound.digits[0];
    };
    const char first = low ? first_of(*low) : '0', last = high ? first_of(*high) : '9';
    for (char c = first; c <= last && most > 0; ++c) {
      const bool at_low = low && c == first, at_high = high && c == last;
      parts.push_back(rules.sequence(
          {digit(rules, c, c),
           digits(at_low ? rest(*low) : std::optional<FractionBound>(),
                  at_high ? rest(*high) : std::optional<FractionBound>(), most - 1, true)}));
    }
    return rules.choice(parts);
  }
  static std::optional<FractionBound> rest(const FractionBound& bound) {
    return FractionBound{bound.digits.substr(bound.digits.empty() ? 0 : 1), bound.open};
  }

  Expr between(std::optional<FractionBound> low, std::optional<FractionBound> high) {
    size_t most = kMostDigits;
    for (const auto& bound : {low, high}) {
      if (bound) most = std::max(most, bound->digits.size() + 1);
    }
    const bool none = (!low || (low->digits.empty() && !low->open)) &&
                      (!high || !high->digits.empty() || !high->open);
    std::vector<Expr> parts;
    if (none) parts.push_back(rules.bytes(""));
    parts.push_back(rules.sequence({rules.bytes("."), digits(low, high, most, false)}));
    return rules.choice(parts);
  }
};

std::string plus_one(std::string digits) {
  for (size_t i = digits.size(); i-- > 0;) {
    if (digits[i]++ != '9') return digits;
    digits[i] = '0';
  }
  return "1" + digits;
}
std::string minus_one(std::string digits) {  // of a positive number
  for (size_t i = digits.size(); i-- > 0;) {
    if (digits[i]-- != '0') break;
    digits[i] = '9';
  }
  if (digits.size() > 1 && digits[0] == '0') digits.erase(0, 1);
  return digits;
}
bool less(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// Numbers from low on, neither negative.
Expr magnitudes(Rules& rules, const Bound& low, const std::optional<Bound>& high) {
  Fractions fractions{rules};
  const FractionBound from{low.value.fraction, low.open};
  std::optional<FractionBound> to;
  std::string last(std::max<size_t>(kMostDigits, low.value.whole.size()), '9');
  if (high) {
    to = FractionBound{high->value.fraction, high->open};
    last = high->value.whole;
  }
  const std::string& first = low.value.whole;
  if (less(last, first)) return rules.choice({});
  if (first == last) {
    return rules.sequence({rules.bytes(first), fractions.between(from, to)});
  }
  std::vector<Expr> parts{rules.sequence({rules.bytes(first), fractions.between(from, {})})};
  const std::string second = plus_one(first), last_but_one = high ? minus_one(last) : last;
  if (!less(last_but_one, second)) {
    parts.push_back(
        rules.sequence({from_to(rules, second, last_but_one), fractions.between({}, {})}));
  }
  if (high) parts.push_back(rules.sequence({rules.bytes(last), fractions.between({}, to)}));
  return rules.choice(parts);
}

std::optional<Bound> negated(std::optional<Bound> bound) {
  if (bound) bound->value.negative = !bound->value.negative;
  return bound;
}

bool is_below_zero(const Bound& bound) { return bound.value.negative && !bound.value.is_zero(); }

}  // namespace

Expr numbers_between(Rules& rules, const Range& range) {
  std::vector<Expr> parts;
  const bool some_above = !range.high || !is_below_zero(*range.high);
  if (some_above) {
    const bool from_zero = !range.low || is_below_zero(*range.low);
    parts.push_back(magnitudes(rules, from_zero ? Bound{} : *range.low, range.high));
  }
  const bool some_below = !range.low || is_below_zero(*range.low);
  if (some_below) {
    const bool to_zero = !range.high || !is_below_zero(*range.high);
    const Bound low = to_zero ? Bound{.value = {}, .open = true} : *negated(range.high);
    parts.push_back(rules.sequence({rules.bytes("-"), magnitudes(rules, low, negated(range.low))}));
  }
  return rules.choice(parts);
}

std::optional<WholeRange> whole_range(const Range& range) {
  constexpr int64_t kUsual = 9'999'999'999'999'999;  // kMostDigits
  const auto whole = [](const Bound& bound, bool is_low) -> int64_t {
    if (bound.value.whole.size() > 18) return bound.value.negative ? -kLargest - 1 : kLargest + 1;
    const int64_t magnitude = std::stoll(bound.value.whole);
    int64_t value = bound.value.negative ? -magnitude : magnitude;
    const bool exact = bound.value.is_whole();
    if (is_low && ((exact && bound.open) || (!exact && !bound.value.negative))) ++value;
    if (!is_low && ((exact && bound.open) || (!exact && bound.value.negative))) --value;
    return value;
  };
  WholeRange result{-kUsual, kUsual};
  if (range.low) result.low = whole(*range.low, true);
  if (range.high) result.high = whole(*range.high, false);
  if (!range.low) result.low = std::min(result.low, std::max(-kLargest, result.high - 1));
  if (!range.high) result.high = std::max(result.high, std::min(kLargest, result.low + 1));
  if (result.low > kLargest || result.high < -kLargest || result.low > result.high) {
    return std::nullopt;
  }
  return WholeRange{std::max(result.low, -kLargest), std::min(result.high, kLargest)};
}

Expr integers_between(Rules& rules, const WholeRange& range) {
  std::vector<Expr> parts;
  if (range.high >= 0) {
    parts.push_back(from_to(rules, std::to_string(std::max<int64_t>(0, range.low)),
                            std::to_string(range.high)));
  }
  if (range.low < 0) {
    parts.push_back(rules.sequence(
        {rules.bytes("-"), from_to(rules, std::to_string(std::max<int64_t>(1, -range.high)),
                                   std::to_string(-range.low))}));
  }
  return rules.choice(parts);
}

namespace {

// Digits by the remainder of those before them.
class Multiples {
 public:
  Multiples(Rules& rules, const Divisor& divisor) : rules_(rules), divisor_(divisor) {
    for (size_t d = 0; d < 10; ++d) {
      const char c = static_cast<char>('0' + d);
      digits_[d] = digit(rules, c, c);
    }
  }

  Expr all() {
    const Row fraction = fractions();
    const auto point = [&](size_t r) -> std::optional<Expr> {
      if (divisor_.places == 0) return std::nullopt;
      return rules_.sequence({rules_.bytes("."), fraction[r]});
    };
    Row next;  // with one digit less to come
    for (uint32_t left = 0; left < kMostDigits; ++left) {
      next = row([&](size_t r) {
        std::vector<Expr> parts = ends(r, divisor_.places);
        if (const auto behind = point(r)) parts.push_back(*behind);
        if (left > 0) add_digits(r, next, 0, parts);
        return parts;
      });
    }
    std::vector<Expr> positive;
    add_digits(0, next, 1, positive);
    if (const auto behind = point(0)) {
      positive.push_back(rules_.sequence({rules_.bytes("0"), *behind}));
    }
    return rules_.choice({rules_.bytes("0"), rules_.sequence({rules_.optional(rules_.bytes("-")),
                                                              rules_.choice(positive)})});
  }

 private:
  using Row = std::vector<Expr>;

  // A rule for each remainder.
  template <class Parts>
  Row row(Parts parts_of) {
    Row made;
    for (size_t r = 0; r < static_cast<size_t>(divisor_.digits); ++r) {
      const std::vector<Expr> parts = parts_of(r);
      const Rule rule = rules_.declare("multiple");
      rules_.define(rule, rules_.choice(parts));
      made.push_back(rules_.rule(rule));
    }
    return made;
  }
  // Nothing more, if zeros in so many places make it a multiple.
  std::vector<Expr> ends(size_t r, uint32_t places) {
    for (uint32_t i = 0; i < places; ++i) r = after(r, 0);
    return r == 0 ? std::vector{rules_.bytes("")} : std::vector<Expr>{};
  }
  void add_digits(size_t r, const Row& next, size_t first, std::vector<Expr>& to) {
    for (size_t d = first; d < 10; ++d) {
      to.push_back(rules_.sequence({digits_[d], next[after(r, d)]}));
    }
  }
  size_t after(size_t r, size_t digit) const {
    return (r * 10 + digit) % static_cast<size_t>(divisor_.digits);
  }

  // At least one digit behind the point.
  Row fractions() {
    Row next = row([&](size_t r) { return ends(r, 0); }), first;
    for (uint32_t left = 1; left <= divisor_.places; ++left) {
      first = row([&](size_t r) {
        std::vector<Expr> parts;
        add_digits(r, next, 0, parts);
        return parts;
      });
      next = row([&](size_t r) {
        std::vector<Expr> parts = ends(r, left);
        parts.push_back(first[r]);
        return parts;
      });
    }
    return first;
  }

  Rules& rules_;
  const Divisor divisor_;
  std::array<Expr, 10> digits_{};
};

}  // namespace

Expr multiples_of(Rules& rules, const Divisor& divisor) { return Multiples(rules, divisor).all(); }

}  // namespace cria::grammar
