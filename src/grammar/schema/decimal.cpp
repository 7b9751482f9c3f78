#include "grammar/schema/decimal.h"

#include <algorithm>

#include "base/quote.h"

namespace cria::grammar {
namespace {

constexpr int kMostDigits = 400;

int compare_magnitudes(const Decimal& a, const Decimal& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() < b.whole.size() ? -1 : 1;
  if (const int order = a.whole.compare(b.whole); order != 0) return order;
  return a.fraction.compare(b.fraction);
}

}  // namespace

int Decimal::compare(const Decimal& a, const Decimal& b) {
  if (a.is_zero() && b.is_zero()) return 0;
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  return a.negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

std::optional<Decimal> decimal_of(const Json& number) {
  if (!number.is_number()) return std::nullopt;
  std::string text = number.dump();  // the shortest that is read as the same number
  Decimal decimal;
  if (text.starts_with('-')) {
    decimal.negative = true;
    text.erase(0, 1);
  }
  int exponent = 0;
  if (const size_t e = text.find('e'); e != text.npos) {
    exponent = std::stoi(text.substr(e + 1));
    text.erase(e);
  }
  std::string digits = text;
  int point = static_cast<int>(text.size());
  if (const size_t dot = text.find('.'); dot != text.npos) {
    digits.erase(dot, 1);
    point = static_cast<int>(dot);
  }
  point += exponent;
  if (std::abs(point) > kMostDigits) return std::nullopt;
  if (point < 0) {
    digits.insert(0, static_cast<size_t>(-point), '0');
    point = 0;
  }
  const auto places = static_cast<size_t>(point);
  if (digits.size() < places) digits.append(places - digits.size(), '0');
  decimal.whole = digits.substr(0, places);
  decimal.whole.erase(0, std::min(decimal.whole.find_first_not_of('0'), decimal.whole.size()));
  if (decimal.whole.empty()) decimal.whole.assign(1, '0');
  decimal.fraction = digits.substr(places);
  decimal.fraction.erase(decimal.fraction.find_last_not_of('0') + 1);
  return decimal;
}

Decimal decimal_in(const Json& value, std::string_view keyword, const std::string& pointer) {
  if (const auto decimal = decimal_of(value)) return *decimal;
  fail_at(pointer, Error::Code::kInvalidArgument, keyword, " is ", quote(value.dump()),
          ", expected a number of at most ", kMostDigits, " digits");
}

}  // namespace cria::grammar
