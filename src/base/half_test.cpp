#include "base/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace cria {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// From the definition: (-1)^s * 2^(e-15) * (1 + m/1024), and 2^-14 * m/1024 for e = 0.
double value_of(uint32_t half) {
  const uint32_t exponent = (half >> 10) & 31, mantissa = half & 1023;
  const double sign = half & 0x8000 ? -1 : 1;
  if (exponent == 31) return mantissa ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, static_cast<int>(exponent) - 25);
}

bool is_nan(uint32_t half) { return (half & 0x7fff) > 0x7c00; }

TEST(Half, ConvertsAllPatternsByTheDefinitionAndBack) {
  for (uint32_t i = 0; i < 65536; ++i) {
    const auto half = static_cast<uint16_t>(i);
    const float value = half_to_float(half);
    if (is_nan(i)) {
      EXPECT_TRUE(std::isnan(value)) << i;
    } else {
      EXPECT_EQ(value, value_of(i)) << i;
      EXPECT_EQ(std::signbit(value), (i & 0x8000) != 0) << i;
    }
    EXPECT_EQ(float_to_half(value), half) << i;
  }
}

TEST(Half, RoundsToNearestAndTiesToEven) {
  for (uint32_t i = 0; i < 0x7bff; ++i) {
    const auto low = static_cast<uint16_t>(i), high = static_cast<uint16_t>(i + 1);
    const float middle = (half_to_float(low) + half_to_float(high)) / 2;  // exact in float
    ASSERT_EQ(float_to_half(middle), i % 2 ? high : low) << i;
    ASSERT_EQ(float_to_half(std::nextafter(middle, 0.0f)), low) << i;
    ASSERT_EQ(float_to_half(std::nextafter(middle, kInfinity)), high) << i;
    ASSERT_EQ(float_to_half(-middle), (i % 2 ? high : low) | 0x8000) << i;
  }
}

TEST(Half, OverflowsToInfinity) {
  EXPECT_EQ(float_to_half(65504.0f), 0x7bff);
  EXPECT_EQ(float_to_half(std::nextafter(65520.0f, 0.0f)), 0x7bff);
  EXPECT_EQ(float_to_half(65520.0f), 0x7c00);
  EXPECT_EQ(float_to_half(-1e30f), 0xfc00);
  EXPECT_EQ(float_to_half(kInfinity), 0x7c00);
}

TEST(Half, KeepsNan) {
  EXPECT_TRUE(
      is_nan(float_to_half(std::bit_cast<float>(0x7f800001u))));  // its payload does not fit
  EXPECT_TRUE(is_nan(float_to_half(std::nanf(""))));
}

TEST(Half, UnderflowsToSignedZero) {
  EXPECT_EQ(float_to_half(0x1p-25f), 0x0000);
  EXPECT_EQ(float_to_half(std::nextafter(0x1p-25f, 1.0f)), 0x0001);
  EXPECT_EQ(float_to_half(-1e-30f), 0x8000);
}

TEST(BFloat16, ConvertsAllPatternsAndBack) {
  for (uint32_t i = 0; i < 65536; ++i) {
    const auto pattern = static_cast<uint16_t>(i);
    const float value = bfloat16_to_float(pattern);
    EXPECT_EQ(std::bit_cast<uint32_t>(value), i << 16);
    EXPECT_EQ(float_to_bfloat16(value), pattern) << i;
  }
}

TEST(BFloat16, RoundsToNearestAndTiesToEven) {
  for (uint32_t i = 0; i < 0x7f80; ++i) {
    const uint32_t middle = (i << 16) + 0x8000;
    const uint32_t even = i + i % 2;
    ASSERT_EQ(float_to_bfloat16(std::bit_cast<float>(middle)), even) << i;
    ASSERT_EQ(float_to_bfloat16(std::bit_cast<float>(middle - 1)), i) << i;
    ASSERT_EQ(float_to_bfloat16(std::bit_cast<float>(middle + 1)), i + 1) << i;
  }
}

TEST(BFloat16, OverflowsToInfinityAndKeepsNan) {
  EXPECT_EQ(float_to_bfloat16(std::numeric_limits<float>::max()), 0x7f80);
  EXPECT_EQ(float_to_bfloat16(-kInfinity), 0xff80);
  EXPECT_TRUE(std::isnan(bfloat16_to_float(float_to_bfloat16(std::bit_cast<float>(0x7f800001u)))));
}

}  // namespace
}  // namespace cria
