#include "convert/cast.h"

#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/half.h"

namespace cria::convert {
namespace {

// One reader per stored type and one writer per type of the file, for `each`.
struct FromF64 {
  using Raw = double;
  static double read(Raw raw) { return raw; }
};
struct FromF32 {
  using Raw = float;
  static float read(Raw raw) { return raw; }
};
struct FromF16 {
  using Raw = uint16_t;
  static float read(Raw raw) { return half_to_float(raw); }
};
struct FromBf16 {
  using Raw = uint16_t;
  static float read(Raw raw) { return bfloat16_to_float(raw); }
};

struct ToF32 {
  using Raw = float;
  static Raw write(double value) { return static_cast<float>(value); }
  static Raw write(float value) { return value; }
  static bool is_infinite(Raw raw) { return std::isinf(raw); }
};
struct ToF16 {
  using Raw = uint16_t;
  static Raw write(float value) { return float_to_half(value); }
  // By way of float a number may be rounded twice; kept, because no weights are stored so.
  static Raw write(double value) { return write(static_cast<float>(value)); }
  static bool is_infinite(Raw raw) { return (raw & 0x7fff) == 0x7c00; }
};
struct ToBf16 {
  using Raw = uint16_t;
  static Raw write(float value) { return float_to_bfloat16(value); }
  static Raw write(double value) { return write(static_cast<float>(value)); }
  static bool is_infinite(Raw raw) { return (raw & 0x7fff) == 0x7f80; }
};

template <class From, class To>
std::optional<double> each(std::span<const std::byte> in, std::span<std::byte> out) {
  using Raw = typename From::Raw;
  using Result = typename To::Raw;
  const size_t count = in.size() / sizeof(Raw);
  bool overflows = false;
  for (size_t i = 0; i < count; ++i) {
    Raw raw;
    std::memcpy(&raw, in.data() + i * sizeof(Raw), sizeof(Raw));
    const auto value = From::read(raw);
    const Result result = To::write(value);
    overflows |= To::is_infinite(result) && std::isfinite(value);
    std::memcpy(out.data() + i * sizeof(Result), &result, sizeof(Result));
  }
  if (!overflows) return std::nullopt;
  for (size_t i = 0;; ++i) {
    Raw raw;
    std::memcpy(&raw, in.data() + i * sizeof(Raw), sizeof(Raw));
    const auto value = From::read(raw);
    if (To::is_infinite(To::write(value)) && std::isfinite(value)) return value;
  }
}

template <class From>
std::optional<double> to(OutputType type, std::span<const std::byte> in, std::span<std::byte> out) {
  switch (type) {
    case OutputType::kF32:
      return each<From, ToF32>(in, out);
    case OutputType::kF16:
      return each<From, ToF16>(in, out);
    case OutputType::kBf16:
      return each<From, ToBf16>(in, out);
    case OutputType::kMxfp4:
      break;  // is copied, never made
  }
  CRIA_CHECK(!"a type to cast to");
  return std::nullopt;
}

}  // namespace

std::string_view name_of(OutputType type) {
  switch (type) {
    case OutputType::kF32:
      return "f32";
    case OutputType::kF16:
      return "f16";
    case OutputType::kBf16:
      return "bf16";
    default:
      return "mxfp4";
  }
}

size_t bytes_of(OutputType type) { return type == OutputType::kF32 ? 4 : 2; }

bool can_cast(std::string_view dtype) {
  return dtype == "F64" || dtype == "F32" || dtype == "F16" || dtype == "BF16";
}

OutputType nearest_type(std::string_view dtype) {
  if (dtype == "MXFP4") return OutputType::kMxfp4;
  return dtype == "F16" ? OutputType::kF16 : dtype == "BF16" ? OutputType::kBf16 : OutputType::kF32;
}

std::optional<double> cast(std::string_view dtype, std::span<const std::byte> in, OutputType type,
                           std::span<std::byte> out) {
  const bool is_same = nearest_type(dtype) == type && dtype != "F64";
  if (is_same) {
    std::memcpy(out.data(), in.data(), in.size());
    return std::nullopt;
  }
  if (dtype == "F64") return to<FromF64>(type, in, out);
  if (dtype == "F32") return to<FromF32>(type, in, out);
  if (dtype == "F16") return to<FromF16>(type, in, out);
  CRIA_CHECK(dtype == "BF16");
  return to<FromBf16>(type, in, out);
}

}  // namespace cria::convert
