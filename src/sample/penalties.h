#pragma once
// Makes tokens that were there a moment ago less likely.

#include <cstdint>
#include <span>
#include <vector>

namespace cria::sample {

struct Penalties {
  float repeat = 1;    // divides positive logits and multiplies negative ones, once (Keskar et al.,
                       // "CTRL", 2019, with the correction for negative logits that everyone uses)
  float presence = 0;  // taken off once
  float frequency = 0;  // taken off for every time the token was there

  bool any() const { return repeat != 1 || presence != 0 || frequency != 0; }
};

class Penalizer {
 public:
  explicit Penalizer(const Penalties& penalties) : penalties_(penalties) {}

  // Every token must be below the number of logits. An impossible token stays impossible, and no
  // penalty makes an infinity.
  void apply(std::span<const int32_t> tokens, std::span<float> logits);

 private:
  Penalties penalties_;
  std::vector<int32_t> counts_;  // by token, all 0 between calls
};

// The logit less a penalty, as bounded as above.
float penalized(float logit, float penalty);

}  // namespace cria::sample
