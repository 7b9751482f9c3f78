// Any bytes are loaded as a model or refused with an Error; what was loaded gets a cache and a plan
// on the reference backend, or is refused then.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "fs/gguf/gguf.h"
#include "model/executor.h"
#include "model/loading.h"

namespace cria::model {
namespace {

void plan(const LoadedModel& loaded) {
  ExecutorOptions options;
  options.backend = "reference";
  options.backend_options.threads = 1;
  options.cache.tokens = options.cache.context = 32;
  options.max_tokens = 2;
  const Executor executor(*loaded.model, loaded.weight_list(), options);
}

}  // namespace
}  // namespace cria::model

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto bytes = std::as_bytes(std::span(data, size));
    cria::model::plan(cria::model::load(cria::gguf::File::parse(bytes, "fuzz")));
  } catch (const cria::Error&) {
    // Refused, as most inputs are.
  }
  return 0;
}
