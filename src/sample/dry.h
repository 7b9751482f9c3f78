#pragma once
// The DRY penalty ("don't repeat yourself", p-e-w, text-generation-webui, 2024): makes tokens less
// likely that would continue a repetition, the more so the longer it is already.

#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

#include "sample/sampler.h"

namespace cria::sample {

class Dry {
 public:
  explicit Dry(const Options& options);

  // `tokens` are the last of the text, each below the number of logits. Linear in their number.
  void apply(std::span<const int32_t> tokens, std::span<float> logits);

 private:
  size_t tokens_since_breaker(std::span<const int32_t> tokens) const;
  float penalty(int32_t length) const;

  const float multiplier_, base_;
  const int32_t allowed_length_;
  std::unordered_set<int32_t> breaking_tokens_;
  std::vector<std::vector<int32_t>> breaking_sequences_;  // of two and more
  // Kept between tokens, so that none allocates.
  std::vector<int32_t> matches_;
  std::vector<int32_t> longest_;  // by token, all 0 between calls
};

}  // namespace cria::sample
