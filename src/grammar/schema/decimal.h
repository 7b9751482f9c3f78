#pragma once
// Bounds of numbers as they are written, so that no digit is lost.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "grammar/schema/document.h"

namespace cria::grammar {

struct Decimal {
  bool negative = false;
  std::string whole = "0";  // digits without leading zeros, or "0"
  std::string fraction{};   // without trailing zeros

  bool is_whole() const { return fraction.empty(); }
  bool is_zero() const { return whole == "0" && fraction.empty(); }
  // Below zero when a < b, above when a > b.
  static int compare(const Decimal& a, const Decimal& b);
};

// Nothing: it is no number, or has more than 400 digits.
std::optional<Decimal> decimal_of(const Json& number);

// InvalidArgument: as above.
Decimal decimal_in(const Json& value, std::string_view keyword, const std::string& pointer);

}  // namespace cria::grammar
