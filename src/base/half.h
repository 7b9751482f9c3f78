#pragma once
// IEEE half precision and bfloat16 as bit patterns: conversions to and from float, rounding to
// nearest, ties to even.

#include <bit>
#include <cstdint>

namespace cria {

inline float half_to_float(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16;
  const uint32_t magnitude = half & 0x7fffu;
  uint32_t bits = magnitude << 13;
  if (magnitude < 0x0400) {
    bits = std::bit_cast<uint32_t>(static_cast<float>(magnitude) * 0x1p-24f);  // subnormal: exact
  } else {
    bits += (127 - 15) << 23;                           // the other bias of the exponent
    if (magnitude >= 0x7c00) bits += (127 - 15) << 23;  // infinity and NaN: exponent 31 becomes 255
  }
  return std::bit_cast<float>(sign | bits);
}

// Values from 65520 on, the middle between the largest half and the next power of two, become
// infinite.
inline uint16_t float_to_half(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000);
  const uint32_t magnitude = bits & 0x7fffffff;
  const auto with_sign = [sign](uint32_t half) { return static_cast<uint16_t>(sign | half); };
  if (magnitude > 0x7f800000) {
    const uint32_t payload = (magnitude >> 13) & 0x03ff;
    return with_sign(0x7c00 | (payload != 0 ? payload : 0x0200));  // stays a NaN
  }
  if (magnitude >= std::bit_cast<uint32_t>(65520.0f)) return with_sign(0x7c00);
  if (magnitude < std::bit_cast<uint32_t>(0x1p-14f)) {
    // A unit in the last place of 0.5f is 2^-24, as of subnormal halves, so the addition rounds as
    // they do.
    const float rounded = std::bit_cast<float>(magnitude) + 0.5f;
    return with_sign(std::bit_cast<uint32_t>(rounded) - std::bit_cast<uint32_t>(0.5f));
  }
  const uint32_t odd = (magnitude >> 13) & 1;
  return with_sign((magnitude - ((127 - 15) << 23) + 0x0fff + odd) >> 13);
}

inline float bfloat16_to_float(uint16_t value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value) << 16);
}

inline uint16_t float_to_bfloat16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffff) > 0x7f800000) {
    const uint32_t payload = (bits >> 16) & 0x007f;
    return static_cast<uint16_t>((bits >> 16) | (payload != 0 ? 0 : 0x0040));  // stays a NaN
  }
  const uint32_t odd = (bits >> 16) & 1;
  return static_cast<uint16_t>((bits + 0x7fff + odd) >> 16);
}

}  // namespace cria
