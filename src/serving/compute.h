#pragma once
// How a model is computed.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/binder.h"
#include "model/executor.h"

namespace cria::serving {

struct ComputeOptions {
  std::string backend = "auto";
  int threads = 0;                 // 0: as many as this process may use
  std::string cache_type = "f16";  // of keys and values, or KEYS,VALUES
  std::vector<model::AdapterChoice> adapters{};
};

// The types of cached keys and of values that TYPE or KEYS,VALUES names. InvalidArgument.
std::pair<ml::DType, ml::DType> cache_types(std::string_view text);

model::ExecutorOptions executor_options(const ComputeOptions& compute);

}  // namespace cria::serving
