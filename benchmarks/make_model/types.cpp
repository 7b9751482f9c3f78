#include "make_model/types.h"

#include <array>

#include "base/error.h"

namespace cria::benchmarks {
namespace {

using ml::DType;

struct Mixture {
  std::string_view name;
  DType base, better;
};

constexpr std::array kMixtures = std::to_array<Mixture>({{"q3_k_m", DType::kQ3_K, DType::kQ5_K},
                                                         {"q4_k_m", DType::kQ4_K, DType::kQ6_K},
                                                         {"q5_k_m", DType::kQ5_K, DType::kQ6_K}});

DType with_small_blocks(DType type) {
  switch (type) {
    case DType::kQ2_K:
    case DType::kQ3_K:
    case DType::kIQ4_XS:
      return DType::kIQ4_NL;
    case DType::kQ4_K:
      return DType::kQ5_0;
    case DType::kQ5_K:
      return DType::kQ5_1;
    case DType::kQ6_K:
      return DType::kQ8_0;
    default:
      return DType::kF16;
  }
}

// The first and last eighths of the blocks, and every third between them.
bool is_sensitive(int64_t block, int64_t blocks) {
  return block < blocks / 8 || block >= 7 * blocks / 8 || (block - blocks / 8) % 3 == 2;
}

}  // namespace

FileType::FileType(std::string_view name) {
  std::string names;
  for (const Mixture& mixture : kMixtures) {
    base_ = mixture.base, better_ = mixture.better;
    if (mixture.name == name) return;
    names += concat(mixture.name, ", ");
  }
  for (const ml::DTypeInfo& info : ml::dtypes()) {
    if (info.type == DType::kI32) continue;
    base_ = better_ = info.type;
    if (info.name == name) return;
    names += concat(info.name, ", ");
  }
  names.resize(names.size() - 2);
  fail(Error::Code::kInvalidArgument, "type \"", name, "\", expected one of ", names);
}

DType FileType::of(const std::string& weight, const ml::Shape& shape, int64_t block,
                   int64_t blocks) const {
  if (shape.rank() < 2 || weight.find("ffn_gate_inp") != std::string::npos) return DType::kF32;
  DType type = base_;
  const bool floats = ml::info(base_).block_elements == 1;
  if (block < 0) {
    if (!floats && weight == "output.weight") type = DType::kQ6_K;
  } else if (weight.find("attn_v.") != std::string::npos ||
             weight.find("ffn_down") != std::string::npos) {
    if (is_sensitive(block, blocks)) type = better_;
  }
  while (shape[-1] % ml::info(type).block_elements != 0) type = with_small_blocks(type);
  return type;
}

}  // namespace cria::benchmarks
