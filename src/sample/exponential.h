#pragma once
// e^x for x <= 0 in nothing but IEEE additions and multiplications: the C library's differs between
// platforms, and with it the tokens of a seed would. Vectorises, unlike a call.

#include <algorithm>
#include <bit>
#include <cstdint>

namespace cria::sample {

// Relative error below 2e-7; from -87 down, close to where a normal float ends, 0. Takes -infinity.
inline float exponential(float x) {
  constexpr float kFurthest = 87;
  constexpr float kLog2E = 1.44269504f;
  constexpr float kLn2High =
      0x1.62e4p-1f;  // few bits, so that its product with the exponent is exact
  constexpr float kLn2Low = 1.42860677e-6f;
  constexpr float kRounder = 0x1.8p23f;  // adding and subtracting it rounds to an integer
  // As integers: of a comparison of floats compilers make a branch, and no vector code.
  const auto distance =
      std::min(std::bit_cast<int32_t>(x) & 0x7fffffff, std::bit_cast<int32_t>(kFurthest));
  const float clamped = -std::bit_cast<float>(distance);
  const float exponent = (clamped * kLog2E + kRounder) - kRounder;
  const float r = (clamped - exponent * kLn2High) - exponent * kLn2Low;  // |r| <= ln 2 / 2
  // Taylor's series: the first term left out is below 0.347^8 / 8! = 5.2e-9.
  float sum = 1.0f / 5040;
  sum = sum * r + 1.0f / 720;
  sum = sum * r + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  sum = sum * r + 1.0f / 2;
  sum = sum * r + 1;
  sum = sum * r + 1;
  // Half the scale, whose bits are all 0 at the lowest exponent.
  const auto half = std::bit_cast<float>((static_cast<int32_t>(exponent) + 126) << 23);
  return 2 * sum * half;
}

// The same for any x, with a relative error below 1e-14 and within the range of normal numbers.
inline double exponential(double x) {
  constexpr double kMost = 708;
  constexpr double kLog2E = 1.44269504088896340736;
  constexpr double kLn2High = 0x1.62e42fefa3800p-1;  // few bits, as above
  constexpr double kLn2Low = 0x1.ef35793c76730p-45;
  constexpr double kRounder = 0x1.8p52;
  const double clamped = x < -kMost ? -kMost : x > kMost ? kMost : x;
  const double exponent = (clamped * kLog2E + kRounder) - kRounder;
  const double r = (clamped - exponent * kLn2High) - exponent * kLn2Low;
  double sum = 1;  // Taylor's series: the first term left out is below 0.347^14 / 14! = 4.2e-18
  for (int n = 13; n >= 1; --n) sum = sum * r / n + 1;
  const auto scale = static_cast<uint64_t>(static_cast<int64_t>(exponent) + 1023) << 52;
  return sum * std::bit_cast<double>(scale);
}

}  // namespace cria::sample
