#pragma once
// The kinds of files that a model can be quantised to. Each has a type for most matrices, and a mix
// of others for those that suffer most.

#include <cstdint>
#include <span>
#include <string_view>

#include "ml/dtype.h"

namespace cria::quantize {

// Values of general.file_type, as llama.cpp numbers them.
enum class FileType : uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ8_0 = 7,
  kQ5_0 = 8,
  kQ5_1 = 9,
  kQ2_K = 10,
  kQ3_K_S = 11,
  kQ3_K_M = 12,
  kQ3_K_L = 13,
  kQ4_K_S = 14,
  kQ4_K_M = 15,
  kQ5_K_S = 16,
  kQ5_K_M = 17,
  kQ6_K = 18,
  kIQ4_NL = 25,
  kIQ4_XS = 30,
  kBF16 = 32,
  kMXFP4 = 38,
};

struct Preset {
  std::string_view name;  // "Q4_K_M"
  FileType file_type;
  ml::DType type;  // of most matrices
  std::string_view description;
};

std::span<const Preset> presets();  // the most exact first
// Whatever the case of letters; "Q4_K" is Q4_K_M and so on. InvalidArgument with the names there
// are.
const Preset& find_preset(std::string_view name);
// Likewise, the type of a tensor: "Q4_K".
ml::DType find_type(std::string_view name);

}  // namespace cria::quantize
