#pragma once
// Normalised mean square error: sum((a - b)^2) / sum(b^2). Not a number counts as infinitely wrong.

#include <cmath>
#include <limits>
#include <span>

namespace cria {

inline double nmse(std::span<const float> actual, std::span<const float> expected) {
  if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double error = 0, size = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    error += (double{actual[i]} - double{expected[i]}) * (double{actual[i]} - double{expected[i]});
    size += double{expected[i]} * double{expected[i]};
  }
  const double value = error == 0 ? 0 : error / size;
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

}  // namespace cria
