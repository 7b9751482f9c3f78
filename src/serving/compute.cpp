#include "serving/compute.h"

#include <tuple>

#include "base/error.h"

namespace cria::serving {

std::pair<ml::DType, ml::DType> cache_types(std::string_view text) {
  const auto type = [](std::string_view name) {
    constexpr ml::DType kTypes[] = {ml::DType::kF32, ml::DType::kF16, ml::DType::kBF16,
                                    ml::DType::kQ8_0};
    for (const ml::DType known : kTypes) {
      if (ml::info(known).name == name) return known;
    }
    fail(Error::Code::kInvalidArgument, "a cache of type \"", name,
         "\", expected f32, f16, bf16 or q8_0");
  };
  const size_t comma = text.find(',');
  const ml::DType keys = type(text.substr(0, comma));
  return {keys, comma == text.npos ? keys : type(text.substr(comma + 1))};
}

model::ExecutorOptions executor_options(const ComputeOptions& compute) {
  model::ExecutorOptions options;
  options.backend = compute.backend;
  options.backend_options.threads = compute.threads;
  std::tie(options.cache.key_type, options.cache.value_type) = cache_types(compute.cache_type);
  return options;
}

}  // namespace cria::serving
