#include "fs/safetensors/float8.h"

#include <cmath>
#include <limits>

namespace cria::safetensors {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Sign, exponent and mantissa from the highest bit to the lowest; what is special is not looked at.
float decode(uint8_t bits, int mantissa_bits, int bias) {
  const int mantissa = bits & ((1 << mantissa_bits) - 1);
  const int exponent = (bits & 0x7f) >> mantissa_bits;
  const float size = exponent == 0
                         ? std::ldexp(static_cast<float>(mantissa), 1 - bias - mantissa_bits)
                         : std::ldexp(static_cast<float>(mantissa + (1 << mantissa_bits)),
                                      exponent - bias - mantissa_bits);
  return (bits & 0x80) != 0 ? -size : size;
}

}  // namespace

float float8_e4m3(uint8_t bits) { return (bits & 0x7f) == 0x7f ? kNan : decode(bits, 3, 7); }

float float8_e5m2(uint8_t bits) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if ((bits & 0x7f) > 0x7c) return kNan;
  if ((bits & 0x7f) == 0x7c) return bits == 0x7c ? kInfinity : -kInfinity;
  return decode(bits, 2, 15);
}

float float8_e4m3fnuz(uint8_t bits) { return bits == 0x80 ? kNan : decode(bits, 3, 8); }
float float8_e5m2fnuz(uint8_t bits) { return bits == 0x80 ? kNan : decode(bits, 2, 16); }
float float8_e8m0(uint8_t bits) { return bits == 0xff ? kNan : std::ldexp(1.f, bits - 127); }

}  // namespace cria::safetensors
