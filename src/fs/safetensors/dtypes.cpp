#include "fs/safetensors/dtypes.h"

namespace cria::safetensors {
namespace {

constexpr Dtype kTable[] = {
    {"BOOL", 8},        {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},
    {"I8", 8},          {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
    {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16},    {"BF16", 16},
    {"I32", 32},        {"U32", 32},    {"F32", 32},    {"C64", 64},    {"F64", 64},
    {"I64", 64},        {"U64", 64},
};

}  // namespace

std::span<const Dtype> dtypes() { return kTable; }

std::optional<size_t> find_dtype(std::string_view name) {
  for (size_t i = 0; i < std::size(kTable); ++i) {
    if (kTable[i].name == name) return i;
  }
  return std::nullopt;
}

uint64_t bits_of(std::string_view name) {
  const std::optional<size_t> index = find_dtype(name);
  return index ? kTable[*index].bits : 0;
}

}  // namespace cria::safetensors
