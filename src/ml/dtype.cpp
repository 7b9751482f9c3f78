#include "ml/dtype.h"

#include <algorithm>

#include "base/error.h"

namespace cria::ml {
namespace {

constexpr DTypeInfo kTable[] = {
#define DTYPE(enumerator, name, elements, bytes, gguf_id) \
  {DType::k##enumerator, name, elements, bytes, gguf_id},
#include "ml/dtypes.def"
#undef DTYPE
};

template <class Predicate>
std::optional<DType> find(Predicate matches) {
  const auto* row = std::find_if(std::begin(kTable), std::end(kTable), matches);
  return row == std::end(kTable) ? std::nullopt : std::optional(row->type);
}

}  // namespace

std::span<const DTypeInfo> dtypes() { return kTable; }

const DTypeInfo& info(DType type) { return kTable[static_cast<size_t>(type)]; }

std::optional<DType> dtype_from_gguf(uint32_t id) {
  return find([&](const DTypeInfo& row) { return row.gguf_id == static_cast<int64_t>(id); });
}

std::optional<DType> dtype_from_name(std::string_view name) {
  return find([&](const DTypeInfo& row) { return row.name == name; });
}

int64_t row_bytes(DType type, int64_t n) {
  const DTypeInfo& row = info(type);
  CRIA_CHECK(n % row.block_elements == 0);
  return n / row.block_elements * row.block_bytes;
}

}  // namespace cria::ml
