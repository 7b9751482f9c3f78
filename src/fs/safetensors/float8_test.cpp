// Values from the tables of the OCP specification.
#include "fs/safetensors/float8.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cria::safetensors {
namespace {

int count(float (*decode)(uint8_t), bool (*is)(float)) {
  int found = 0;
  for (int bits = 0; bits < 256; ++bits) found += is(decode(static_cast<uint8_t>(bits)));
  return found;
}
bool is_nan(float x) { return std::isnan(x); }
bool is_infinite(float x) { return std::isinf(x); }

TEST(Float8, E4m3HasNoInfinitiesAndReaches448) {
  EXPECT_EQ(float8_e4m3(0x38), 1.f);
  EXPECT_EQ(float8_e4m3(0xc4), -3.f);
  EXPECT_EQ(float8_e4m3(0x7e), 448.f);
  EXPECT_EQ(float8_e4m3(0x01), 0x1p-9f);  // the smallest subnormal
  EXPECT_EQ(float8_e4m3(0x08), 0x1p-6f);  // the smallest normal
  EXPECT_TRUE(std::signbit(float8_e4m3(0x80)));
  EXPECT_EQ(count(float8_e4m3, is_nan), 2);
  EXPECT_EQ(count(float8_e4m3, is_infinite), 0);
}

TEST(Float8, E5m2HasInfinitiesAndReaches57344) {
  EXPECT_EQ(float8_e5m2(0x3c), 1.f);
  EXPECT_EQ(float8_e5m2(0xc2), -3.f);
  EXPECT_EQ(float8_e5m2(0x7b), 57344.f);
  EXPECT_EQ(float8_e5m2(0x01), 0x1p-16f);
  EXPECT_EQ(float8_e5m2(0xfc), -INFINITY);
  EXPECT_EQ(count(float8_e5m2, is_nan), 6);
  EXPECT_EQ(count(float8_e5m2, is_infinite), 2);
}

TEST(Float8, FnuzHasOneNanWhereNegativeZeroWouldBe) {
  EXPECT_EQ(float8_e4m3fnuz(0x40), 1.f);
  EXPECT_EQ(float8_e4m3fnuz(0x7f), 240.f);
  EXPECT_EQ(float8_e5m2fnuz(0x40), 1.f);
  EXPECT_EQ(float8_e5m2fnuz(0xff), -57344.f);
  for (const auto decode : {float8_e4m3fnuz, float8_e5m2fnuz}) {
    EXPECT_TRUE(std::isnan(decode(0x80)));
    EXPECT_EQ(count(decode, is_nan), 1);
    EXPECT_EQ(count(decode, is_infinite), 0);
  }
}

TEST(Float8, E8m0IsAPowerOfTwo) {
  EXPECT_EQ(float8_e8m0(127), 1.f);
  EXPECT_EQ(float8_e8m0(0), 0x1p-127f);
  EXPECT_EQ(float8_e8m0(254), 0x1p127f);
  EXPECT_EQ(count(float8_e8m0, is_nan), 1);
}

}  // namespace
}  // namespace cria::safetensors
