#pragma once
// Element types. Quantised types store blocks of consecutive elements of a row.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cria::ml {

enum class DType : uint8_t {
#define DTYPE(enumerator, ...) k##enumerator,
#include "ml/dtypes.def"
#undef DTYPE
};

inline constexpr size_t kDTypes = 0
#define DTYPE(...) +1
#include "ml/dtypes.def"
#undef DTYPE
    ;

struct DTypeInfo {
  DType type;
  std::string_view name;
  int64_t block_elements;
  int64_t block_bytes;
  int gguf_id;
};

std::span<const DTypeInfo> dtypes();
const DTypeInfo& info(DType type);
std::optional<DType> dtype_from_gguf(uint32_t id);
std::optional<DType> dtype_from_name(std::string_view name);

// Bytes of a row of n elements; n must be a multiple of the block.
int64_t row_bytes(DType type, int64_t n);
inline bool is_quantized(DType type) { return info(type).block_elements > 1; }

}  // namespace cria::ml
