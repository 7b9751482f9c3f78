#pragma once
// The tokens that are still in play, always in ascending order of id: a step that narrows them
// finds the last candidate to keep and drops what comes after it, so nothing is ever sorted and the
// outcome does not depend on a library's algorithms. Linear in the number of candidates.

#include <cstdint>
#include <span>
#include <vector>

#include "sample/random.h"

namespace cria::sample {

// A candidate in the order in which a step prefers them: the smaller key first, between equal keys
// the lower id.
struct Ranked {
  float key;
  int32_t id;
  bool operator<(const Ranked& other) const {
    return key != other.key ? key < other.key : id < other.id;
  }
};

class Candidates {
 public:
  // Starts anew with the k best of the vocabulary, all when k <= 0. What is impossible (logit
  // -infinity) or below `lowest` is left out.
  void start(std::span<const float> logits, int32_t k, float lowest);

  // Sets the weights, which are proportional to the probabilities, the best one's being 1, for a
  // temperature above 0. There must be candidates.
  void weigh(float temperature);
  double total_weight() const;

  void keep_best(size_t count);

  // These go by the weights, and leave `least` candidates or more.
  // The fewest, best first, whose share of all the weight is at least p.
  void top_p(float p, size_t least = 1);
  // The same, but first come those whose information content is closest to the expected one
  // (Meister et al., "Locally typical sampling", 2022).
  void typical_p(float p, size_t least = 1);
  // Those that have at least this share of the best one's probability.
  void min_p(float share, size_t least = 1);
  // Those that weigh at least this much.
  void keep_heavy(float weight, size_t least = 1);
  // Drops all that have at least this probability but the least likely of them ("exclude top
  // choices").
  void drop_top_choices(float threshold, size_t least = 1);

  // One at random, by the weights.
  int32_t draw(Random& random) const;

  // The best ones, best first, by negative logit. Valid until the next call of anything here.
  std::span<const Ranked> best(size_t count);

  std::span<const int32_t> ids() const { return ids_; }
  std::span<const float> logits() const { return logits_; }
  std::span<const float> weights() const { return weights_; }

 private:
  // Fills ranked_, in the order of ids, with those of 0 to size - 1 whose keys come first, `count`
  // of them or fewer, and none with a key of `bar` or above.
  template <class Key>
  void rank_first(size_t size, size_t count, float bar, const Key& key);
  void halve_ranked(size_t count);
  // Those whose keys come first.
  void keep_first(size_t count);
  // The same until their share of the weight is `share`. What weighs too little to be needed has
  // keys from `negligible_from` on.
  void keep_share(double share, float negligible_from, size_t least);
  Ranked last_of_share(double missing);
  double negligible_weight(double share) const;
  void prefer_high_logits();
  template <class Keep>
  void retain(const Keep& keep);

  std::vector<int32_t> ids_;
  std::vector<float> logits_;
  std::vector<float> weights_;
  // Kept between tokens, so that none allocates.
  std::vector<float> keys_;  // the smaller, the longer the candidate stays in the step at hand
  std::vector<Ranked> ranked_, scratch_;
  std::vector<uint32_t> indices_;
};

}  // namespace cria::sample
