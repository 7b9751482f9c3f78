#include "sample/logprobs.h"

#include <limits>

#include "sample/exponential.h"
#include "sample/lanes.h"
#include "sample/logarithm.h"

namespace cria::sample {

Choice Logprobs::of(int32_t token, std::span<const float> logits) {
  const float best = greatest(logits);
  const float* logit = logits.data();
  const double total = sum(
      logits.size(), [=](size_t i) { return static_cast<double>(exponential(logit[i] - best)); });
  const double normalizer = best + logarithm(total);
  const auto logprob = [&](float of) {
    return static_cast<float>(static_cast<double>(of) - normalizer);
  };
  top_.clear();
  if (alternatives_ > 0) {
    candidates_.start(logits, alternatives_, std::numeric_limits<float>::lowest());
    for (const Ranked& each : candidates_.best(static_cast<size_t>(alternatives_))) {
      top_.push_back({each.id, logprob(-each.key)});
    }
  }
  return {.token = token, .logprob = logprob(logits[static_cast<size_t>(token)]), .top = top_};
}

}  // namespace cria::sample
