#pragma once
// e^x for x <= 0 in nothing but IEEE additions and multiplications: the C library's differs between
// platforms, and with it the tokens of a seed would. Vectorises, unlike a call.

#include <bit>
#include <cstdint>

namespace cria::sample {

// Relative error below 2e-7; below -87, where a normal float ends, 0. Takes -infinity.
inline float exponential(float x) {
  constexpr float kLowest = -87;
  constexpr float kLog2E = 1.44269504f;
  constexpr float kLn2High =
      0x1.62e4p-1f;  // few bits, so that its product with the exponent is exact
  constexpr float kLn2Low = 1.42860677e-6f;
  constexpr float kRounder = 0x1.8p23f;  // adding and subtracting it rounds to an integer
  const float clamped = x > kLowest ? x : kLowest;
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
  const auto scale = std::bit_cast<float>((static_cast<int32_t>(exponent) + 127) << 23);
  return x > kLowest ? sum * scale : 0;
}

}  // namespace cria::sample
