#include "ml/formats.h"

#include "base/error.h"
#include "ml/format_families.h"

namespace cria::ml {
namespace {

const Format* find(DType type) {
  for (const auto family : {plain_formats(), scaled_formats(), table_formats(), k_formats()}) {
    for (const Format& format : family) {
      if (format.type == type) return &format;
    }
  }
  return nullptr;
}

}  // namespace

void dequantize(DType type, const std::byte* row, std::span<float> out) {
  CRIA_CHECK(static_cast<int64_t>(out.size()) % info(type).block_elements == 0);
  const Format* format = find(type);
  if (!format) fail(Error::Code::kUnsupported, info(type).name, ": cannot be read");
  format->dequantize(row, out);
}

void quantize(DType type, std::span<const float> x, std::byte* row,
              std::span<const float> importance) {
  CRIA_CHECK(static_cast<int64_t>(x.size()) % info(type).block_elements == 0);
  CRIA_CHECK(importance.empty() || importance.size() == x.size());
  const Format* format = find(type);
  if (!format || !format->quantize) {
    fail(Error::Code::kUnsupported, info(type).name, ": cannot be written");
  }
  format->quantize(x, importance, row);
}

}  // namespace cria::ml
