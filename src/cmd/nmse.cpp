#include "cmd/nmse.h"

#include <cstddef>
#include <limits>

#include "base/error.h"

namespace cria::cmd {

double nmse(std::span<const float> a, std::span<const float> b) {
  CRIA_CHECK(a.size() == b.size());
  double difference = 0, power = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double expected = b[i], d = static_cast<double>(a[i]) - expected;
    difference += d * d;
    power += expected * expected;
  }
  if (power == 0 && difference == 0) return 0;
  if (power == 0) return difference * std::numeric_limits<double>::infinity();
  return difference / power;
}

}  // namespace cria::cmd
