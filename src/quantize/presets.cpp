#include "quantize/presets.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "base/error.h"
#include "base/quote.h"

namespace cria::quantize {
namespace {

using ml::DType;

constexpr Preset kPresets[] = {
    {"F32", FileType::kF32, DType::kF32, "32-bit floats"},
    {"BF16", FileType::kBF16, DType::kBF16, "16-bit floats with the range of 32-bit ones"},
    {"F16", FileType::kF16, DType::kF16, "16-bit floats"},
    {"Q8_0", FileType::kQ8_0, DType::kQ8_0, "8.5 bits: hardly any loss"},
    {"Q6_K", FileType::kQ6_K, DType::kQ6_K, "6.6 bits: very small loss"},
    {"Q5_K_M", FileType::kQ5_K_M, DType::kQ5_K, "5.5 bits and more: small loss"},
    {"Q5_K_S", FileType::kQ5_K_S, DType::kQ5_K, "5.5 bits"},
    {"Q5_1", FileType::kQ5_1, DType::kQ5_1, "6 bits, for rows of any multiple of 32"},
    {"Q5_0", FileType::kQ5_0, DType::kQ5_0, "5.5 bits, likewise"},
    {"Q4_K_M", FileType::kQ4_K_M, DType::kQ4_K, "4.5 bits and more: the usual choice"},
    {"Q4_K_S", FileType::kQ4_K_S, DType::kQ4_K, "4.5 bits"},
    {"Q4_1", FileType::kQ4_1, DType::kQ4_1, "5 bits, for rows of any multiple of 32"},
    {"Q4_0", FileType::kQ4_0, DType::kQ4_0, "4.5 bits, likewise"},
    {"IQ4_NL", FileType::kIQ4_NL, DType::kIQ4_NL, "4.5 bits of uneven steps, likewise"},
    {"IQ4_XS", FileType::kIQ4_XS, DType::kIQ4_XS, "4.25 bits of uneven steps"},
    {"MXFP4", FileType::kMXFP4, DType::kMXFP4,
     "4.25 bits, floats: the experts, if there are any, and else all"},
    {"Q3_K_L", FileType::kQ3_K_L, DType::kQ3_K, "3.4 bits and much more"},
    {"Q3_K_M", FileType::kQ3_K_M, DType::kQ3_K, "3.4 bits and more: large loss"},
    {"Q3_K_S", FileType::kQ3_K_S, DType::kQ3_K, "3.4 bits"},
    {"Q2_K", FileType::kQ2_K, DType::kQ2_K, "2.6 bits and more: very large loss"},
};

bool same(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return std::toupper(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, upper, upper);
}

}  // namespace

std::span<const Preset> presets() { return kPresets; }

const Preset& find_preset(std::string_view name) {
  constexpr std::string_view kMedium[] = {"Q3_K", "Q4_K", "Q5_K"};
  std::string wanted(name);
  if (std::ranges::any_of(kMedium, [&](std::string_view known) { return same(name, known); }))
    wanted += "_M";
  std::string known;
  for (const Preset& preset : kPresets) {
    if (same(wanted, preset.name)) return preset;
    known += concat(known.empty() ? "" : ", ", preset.name);
  }
  fail(Error::Code::kInvalidArgument, "unknown type ", quote(name), ", expected one of ", known);
}

ml::DType find_type(std::string_view name) {
  std::string known;
  for (const ml::DTypeInfo& type : ml::dtypes()) {
    if (type.type == DType::kI32) continue;
    if (same(name, type.name)) return type.type;
    known += concat(known.empty() ? "" : ", ", type.name);
  }
  fail(Error::Code::kInvalidArgument, "unknown type of tensors ", quote(name), ", expected one of ",
       known);
}

}  // namespace cria::quantize
