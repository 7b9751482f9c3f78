#pragma once
// Logarithms in nothing but IEEE operations, for the same reason as exponential.h.

#include <bit>
#include <cstdint>

namespace cria::sample {

inline constexpr double kLn2 = 0.693147180559945309417;

// ln x of a normal x above 0. Absolute error below 1e-15 times 1 + |ln x|.
inline double logarithm(double x) {
  constexpr uint64_t kFraction = (uint64_t{1} << 52) - 1;
  constexpr uint64_t kOne = uint64_t{1023} << 52;
  constexpr double kSqrt2 = 1.41421356237309504880;
  const auto bits = std::bit_cast<uint64_t>(x);
  auto exponent = static_cast<int64_t>(bits >> 52) - 1023;
  auto mantissa = std::bit_cast<double>((bits & kFraction) | kOne);
  if (mantissa > kSqrt2) {
    mantissa /= 2;
    ++exponent;
  }
  // ln m = 2 artanh s, |s| < 0.172: the first term left out is below 0.172^23.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  double series = 0;
  for (int n = 21; n >= 1; n -= 2) series = series * square + 1.0 / n;
  return static_cast<double>(exponent) * kLn2 + 2 * s * series;
}

}  // namespace cria::sample
