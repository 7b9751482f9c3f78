#pragma once
// Floats of one byte, as safetensors files hold them: F8_E4M3 has one sign bit, four of the
// exponent, three of the mantissa, and so on.

#include <cstdint>

namespace cria::safetensors {

// OCP 8-bit floating point specification 1.0: E5M2 has infinities as IEEE types do, E4M3 has none
// and one NaN of each sign. The variants called FNUZ have neither infinities nor a negative zero,
// whose place their only NaN takes, and a bias larger by one. E8M0 is a power of two, without sign.
float float8_e4m3(uint8_t bits);
float float8_e5m2(uint8_t bits);
float float8_e4m3fnuz(uint8_t bits);
float float8_e5m2fnuz(uint8_t bits);
float float8_e8m0(uint8_t bits);

}  // namespace cria::safetensors
