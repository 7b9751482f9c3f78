#include "sample/penalties.h"

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace cria::sample {

void Window::add(int32_t token) {
  CRIA_CHECK(token >= 0);
  if (size_ == 0) return;
  if (size_ < 0 || static_cast<int64_t>(tokens_.size()) < size_) {
    tokens_.push_back(token);
    return;
  }
  tokens_[oldest_] = token;
  oldest_ = (oldest_ + 1) % tokens_.size();
}

void penalize_repeats(std::span<const int32_t> tokens, float penalty,
                      std::span<const float> original, std::span<float> logits) {
  constexpr float kMost = std::numeric_limits<float>::max();
  for (const int32_t token : tokens) {
    CRIA_CHECK(static_cast<size_t>(token) < logits.size());
    const float logit = original[static_cast<size_t>(token)];
    if (logit < -kMost) continue;  // impossible stays impossible
    // Always from the original, so that a second time changes nothing; bounded, so that no penalty
    // makes an infinity.
    const float penalized = logit > 0 ? logit / penalty : logit * penalty;
    logits[static_cast<size_t>(token)] = std::clamp(penalized, -kMost, kMost);
  }
}

}  // namespace cria::sample
