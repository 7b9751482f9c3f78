// Numbers from one type to another.
#include "convert/cast.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace cria::convert {
namespace {

template <class Out, class In>
std::vector<Out> casted(std::string_view dtype, const std::vector<In>& in, OutputType type) {
  std::vector<Out> out(in.size());
  EXPECT_FALSE(
      cast(dtype, std::as_bytes(std::span(in)), type, std::as_writable_bytes(std::span(out))));
  return out;
}

TEST(Cast, RoundsToTheNearestAndTiesToEven) {
  // bf16 keeps 8 bits of a number: 256 is one, 257 is between two, 258 is the next.
  EXPECT_EQ(casted<uint16_t>("F32", std::vector<float>{1, 257, 257.0001f, 259}, OutputType::kBf16),
            (std::vector<uint16_t>{0x3f80, 0x4380, 0x4381, 0x4382}));
  // f16 keeps 11: 2049 is between 2048 and 2050.
  EXPECT_EQ(casted<uint16_t>("F32", std::vector<float>{1, 2049, 2051, 65504}, OutputType::kF16),
            (std::vector<uint16_t>{0x3c00, 0x6800, 0x6802, 0x7bff}));
  EXPECT_EQ(casted<float>("F64", std::vector<double>{0.1, 1e-50}, OutputType::kF32),
            (std::vector<float>{0.1f, 0}));
}

TEST(Cast, KeepsBitsOfTheSameType) {
  const std::vector<uint16_t> bits{0x7fff, 0x0001, 0xfc00, 0x8000};
  EXPECT_EQ(casted<uint16_t>("F16", bits, OutputType::kF16), bits);
  EXPECT_EQ(casted<uint16_t>("BF16", bits, OutputType::kBf16), bits);
  const std::vector<float> floats{-0.f, std::numeric_limits<float>::denorm_min()};
  EXPECT_EQ(casted<float>("F32", floats, OutputType::kF32), floats);
}

TEST(Cast, WidensExactly) {
  EXPECT_EQ(casted<float>("BF16", std::vector<uint16_t>{0x3f80, 0xc040}, OutputType::kF32),
            (std::vector<float>{1, -3}));
  EXPECT_EQ(casted<float>("F16", std::vector<uint16_t>{0x3c00, 0x0001}, OutputType::kF32),
            (std::vector<float>{1, 0x1p-24f}));
}

TEST(Cast, TellsTheFirstNumberThatBecameInfinite) {
  const auto lost = [](std::string_view dtype, const auto& in, OutputType type) {
    std::vector<uint16_t> out(in.size());
    return cast(dtype, std::as_bytes(std::span(in)), type, std::as_writable_bytes(std::span(out)));
  };
  EXPECT_EQ(lost("F32", std::vector<float>{1, -65520, 1e9f}, OutputType::kF16), -65520);
  EXPECT_EQ(lost("F32", std::vector<float>{65519}, OutputType::kF16), std::nullopt);
  EXPECT_EQ(lost("BF16", std::vector<uint16_t>{0x7f00}, OutputType::kF16), 0x1p127);
  EXPECT_EQ(lost("F32", std::vector<float>{3.4e38f}, OutputType::kBf16), 3.4e38f);
  // Infinity is no loss where it was infinity before.
  EXPECT_EQ(lost("F32", std::vector<float>{INFINITY, NAN}, OutputType::kF16), std::nullopt);
}

}  // namespace
}  // namespace cria::convert
