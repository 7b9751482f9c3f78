#pragma once
// The tokens that are still in play, always in ascending order of id: a step that narrows them
// finds the worst candidate to keep and drops what is worse, so nothing is ever sorted and the
// outcome does not depend on a library's algorithms.

#include <cstdint>
#include <span>
#include <vector>

#include "sample/random.h"

namespace cria::sample {

struct Candidate {
  int32_t id;
  float logit;
  float weight;  // proportional to the probability; of the best one 1. Set by Candidates::weigh
};

// A strict order: between equal logits the lower id is better.
inline bool better(const Candidate& a, const Candidate& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
}

class Candidates {
 public:
  // Starts anew with the k best of the vocabulary, all when k <= 0. What is impossible (logit
  // -infinity) is left out. Linear in the size of the vocabulary for every k.
  void top_k(std::span<const float> logits, int32_t k);

  // Sets the weights for a temperature above 0. Internal when nothing is left.
  void weigh(float temperature);

  // These go by the weights. Keeps the fewest, best first, whose share of all the weight is at
  // least p.
  void top_p(float p);
  // Keeps those with at least `share` of the best one's probability.
  void min_p(float share);

  // One at random, by the weights.
  int32_t draw(Random& random) const;

  std::span<const Candidate> all() const { return kept_; }

 private:
  void keep_best(size_t count);
  void drop_worse_than(const Candidate& worst);

  std::vector<Candidate> kept_;
  std::vector<Candidate> scratch_;  // kept between tokens, so that none allocates
};

}  // namespace cria::sample
