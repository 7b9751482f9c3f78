#include "server/inference/engine_size.h"

#include <algorithm>

#include "serving/memory.h"

namespace cria::server {
namespace {

constexpr int64_t kLeastContext = 4096, kMostByItself = 32768;
constexpr int64_t kUsualLength = 4096;  // of a conversation

}  // namespace

int64_t usual_context(int64_t largest) {
  return largest > 0 ? std::min(largest, kMostByItself) : kLeastContext;
}

serving::EngineSize engine_size(const model::LoadedModel& loaded,
                                const serving::ComputeOptions& compute, const SizeWishes& wishes) {
  const int64_t share = wishes.available / 4;
  const auto bytes_of = [&](int64_t context, int64_t tokens) {
    const serving::EngineSize size{
        .context = context, .sequences = wishes.sequences, .tokens = tokens};
    return serving::cache_bytes(loaded, serving::executor_options(compute, size).cache);
  };
  const int64_t largest = serving::context_length(loaded);
  int64_t context = wishes.context;
  if (context == 0) {
    context = usual_context(largest);
    while (context > kLeastContext && bytes_of(context, context) > share) {
      context = std::max(kLeastContext, context / 2);
    }
  }
  if (largest > 0) context = std::min(context, largest);
  int64_t tokens = std::max(context, std::min(context, kUsualLength) * wishes.sequences);
  while (tokens > context && bytes_of(context, tokens) > share) {
    tokens = std::max(context, tokens * 3 / 4);
  }
  return {.context = context,
          .sequences = wishes.sequences,
          .tokens = tokens,
          .most_waiting = wishes.most_waiting};
}

}  // namespace cria::server
