#pragma once
// Mirostat (Basu et al., "Mirostat: a neural text decoding algorithm that directly controls
// perplexity", 2021): cuts the choice so that the surprise of the tokens drawn stays around tau
// bits. Surprise is that under the model's distribution, before the cut.

#include <cstdint>

#include "sample/candidates.h"
#include "sample/random.h"

namespace cria::sample {

class Mirostat {
 public:
  // Version 1 estimates from the best tokens how many to keep, version 2 drops those that would
  // surprise too much.
  Mirostat(int32_t version, float tau, float eta)
      : version_(version), tau_(tau), eta_(eta), most_(2 * static_cast<double>(tau)) {}

  // Cuts and draws. `candidates` are weighed for this temperature.
  int32_t draw(Candidates& candidates, float temperature, Random& random);

 private:
  size_t count_to_keep(Candidates& candidates, float temperature) const;

  const int32_t version_;
  const double tau_, eta_;  // the target in bits, the rate of learning
  double most_;             // the surprise in bits that is still let through; "mu" in the paper
};

}  // namespace cria::sample
