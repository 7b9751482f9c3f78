#pragma once
// How much memory a model will take, before it takes any.

#include <cstdint>

#include "model/executor.h"
#include "model/loading.h"

namespace cria::serving {

// Bytes of an executor with these options: weights, as the backend keeps them, the cache, and what
// passes need meanwhile.
int64_t predicted_bytes(const model::LoadedModel& loaded, const model::ExecutorOptions& options);

// Of the cache alone.
int64_t cache_bytes(const model::LoadedModel& loaded, const kvcache::Options& options);

}  // namespace cria::serving
