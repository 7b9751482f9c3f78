#include "sample/penalties.h"

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace cria::sample {
namespace {

constexpr float kMost = std::numeric_limits<float>::max();

// Ids beyond the logits are read only, such as those that stand for pictures.
bool is_said(int32_t token, std::span<const float> logits) {
  CRIA_CHECK(token >= 0);
  return static_cast<size_t>(token) < logits.size();
}

}  // namespace

float penalized(float logit, float penalty) {
  return logit < -kMost ? logit : std::clamp(logit - penalty, -kMost, kMost);
}

void Penalizer::apply(std::span<const int32_t> tokens, std::span<float> logits) {
  if (!penalties_.any()) return;
  counts_.resize(logits.size());
  for (const int32_t token : tokens) {
    if (is_said(token, logits)) ++counts_[static_cast<size_t>(token)];
  }
  for (const int32_t token : tokens) {
    if (!is_said(token, logits)) continue;
    int32_t& count = counts_[static_cast<size_t>(token)];
    if (count == 0) continue;  // done already
    float& logit = logits[static_cast<size_t>(token)];
    if (logit < -kMost) {
      count = 0;
      continue;
    }
    logit = logit > 0 ? logit / penalties_.repeat : logit * penalties_.repeat;
    logit = std::clamp(logit, -kMost, kMost);
    logit = penalized(logit, penalties_.presence);
    const double often = static_cast<double>(count) * static_cast<double>(penalties_.frequency);
    logit = penalized(logit, static_cast<float>(std::clamp<double>(often, -kMost, kMost)));
    count = 0;
  }
}

}  // namespace cria::sample
