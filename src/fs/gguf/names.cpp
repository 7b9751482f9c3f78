#include "fs/gguf/names.h"

#include <array>
#include <string_view>

#include "base/error.h"
#include "fs/gguf/tensor_types.h"

namespace cria::gguf {
namespace {

// Gaps are numbers that were given up; 4 is that of the first files of gpt-oss.
constexpr std::array<std::string_view, 39> kFileTypes{
    "F32",    "F16",    "Q4_0",  "Q4_1",    "MXFP4",  "",       "",       "Q8_0",
    "Q5_0",   "Q5_1",   "Q2_K",  "Q3_K_S",  "Q3_K_M", "Q3_K_L", "Q4_K_S", "Q4_K_M",
    "Q5_K_S", "Q5_K_M", "Q6_K",  "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS",
    "IQ1_S",  "IQ4_NL", "IQ3_S", "IQ3_M",   "IQ2_S",  "IQ2_M",  "IQ4_XS", "IQ1_M",
    "BF16",   "",       "",      "",        "TQ1_0",  "TQ2_0",  "MXFP4"};

}  // namespace

std::string tensor_type_name(uint32_t type) {
  const TensorType* known = find_tensor_type(type);
  return known ? std::string(known->name) : concat("type ", type);
}

std::string file_type_name(int64_t type) {
  const bool known = type >= 0 && type < static_cast<int64_t>(kFileTypes.size());
  return known ? std::string(kFileTypes[static_cast<size_t>(type)]) : "";
}

}  // namespace cria::gguf
