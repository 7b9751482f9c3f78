#pragma once
// Numbers within bounds, as expressions over their digits.

#include <cstdint>
#include <optional>

#include "grammar/rules.h"
#include "grammar/schema/decimal.h"

namespace cria::grammar {

struct Bound {
  Decimal value;
  bool open = false;  // the bound itself does not belong to it
};

struct Range {
  std::optional<Bound> low, high;
};

// Decimal numbers without exponent, the bounds' own digits or kMostDigits behind the point. An
// expression that nothing fits, if nothing lies between the bounds.
Expr numbers_between(Rules& rules, const Range& range);

struct WholeRange {
  int64_t low, high;
};
// The whole numbers within a range; what is not bounded ends after kMostDigits digits. Nothing:
// there are none, or they are too large.
std::optional<WholeRange> whole_range(const Range& range);
Expr integers_between(Rules& rules, const WholeRange& range);

// 25 and 2 places are 0.25.
struct Divisor {
  int64_t digits;
  uint32_t places;
};
// Multiples of a number of at most kMostDivisor, with at most its places behind the point.
constexpr int64_t kMostDivisor = 250;
Expr multiples_of(Rules& rules, const Divisor& divisor);

}  // namespace cria::grammar
