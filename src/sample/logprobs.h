#pragma once
// The probabilities that a model gave, as logarithms.

#include <cstdint>
#include <span>
#include <vector>

#include "sample/candidates.h"
#include "sample/sampler.h"

namespace cria::sample {

class Logprobs {
 public:
  explicit Logprobs(int32_t alternatives) : alternatives_(alternatives) {}

  // That of the token, and the best ones. There must be a finite logit.
  Choice of(int32_t token, std::span<const float> logits);

 private:
  const int32_t alternatives_;
  Candidates candidates_;
  std::vector<Alternative> top_;
};

}  // namespace cria::sample
