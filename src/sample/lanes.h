#pragma once
// Sums and maxima over many numbers in interleaved parts, which compilers keep in vector registers.
// The order of additions is part of the code, so that all platforms agree.

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace cria::sample {

inline constexpr size_t kLanes = 8;

// term(0) + ... + term(count - 1)
template <class Term>
double sum(size_t count, const Term& term) {
  std::array<double, kLanes> lanes{};
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += term(i + lane);
  }
  double total = 0;
  for (; i < count; ++i) total += term(i);
  for (const double lane : lanes) total += lane;
  return total;
}

inline double sum(std::span<const float> values) {
  const float* value = values.data();
  return sum(values.size(), [value](size_t i) { return static_cast<double>(value[i]); });
}

// -infinity when there are none.
inline float greatest(std::span<const float> values) {
  const float* value = values.data();
  std::array<float, kLanes> lanes{};
  lanes.fill(-std::numeric_limits<float>::infinity());
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      lanes[lane] = value[i + lane] > lanes[lane] ? value[i + lane] : lanes[lane];
    }
  }
  float best = -std::numeric_limits<float>::infinity();
  for (; i < values.size(); ++i) best = value[i] > best ? value[i] : best;
  for (const float lane : lanes) best = lane > best ? lane : best;
  return best;
}

// The standard deviation of those that are not -infinity, of which there must be one.
inline float standard_deviation(std::span<const float> values) {
  const float* value = values.data();
  const auto counts = [](float x) { return x > -std::numeric_limits<float>::infinity(); };
  const double count = sum(values.size(), [=](size_t i) { return counts(value[i]) ? 1.0 : 0.0; });
  const double mean =
      sum(values.size(), [=](size_t i) { return counts(value[i]) ? double{value[i]} : 0.0; }) /
      count;
  const double squares = sum(values.size(), [=](size_t i) {
    const double difference = counts(value[i]) ? value[i] - mean : 0.0;
    return difference * difference;
  });
  return static_cast<float>(std::sqrt(squares / count));
}

}  // namespace cria::sample
