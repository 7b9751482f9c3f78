#include "fs/safetensors/dtypes.h"

namespace cria::safetensors {
namespace {

struct Row {
  std::string_view dtype;
  uint64_t bits;
};

constexpr Row kTable[] = {
    {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"BOOL", 8},    {"U8", 8},
    {"I8", 8},   {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"I16", 16},
    {"U16", 16}, {"F16", 16},    {"BF16", 16},   {"I32", 32},    {"U32", 32},
    {"F32", 32}, {"I64", 64},    {"U64", 64},    {"F64", 64},    {"C64", 64},
};

}  // namespace

uint64_t bits_of(std::string_view dtype) {
  for (const Row& row : kTable) {
    if (row.dtype == dtype) return row.bits;
  }
  return 0;
}

}  // namespace cria::safetensors
