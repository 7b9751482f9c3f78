#pragma once
// How well a model predicts a text, and how far its predictions are from another model's.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cria::cmd {

// The mean of independent samples, and its standard error.
class Mean {
 public:
  void add(double sample);
  size_t count() const { return count_; }
  double value() const;
  double error() const;  // 0 for less than two samples

 private:
  size_t count_ = 0;
  double sum_ = 0, squares_ = 0;
};

// The logarithms of the probabilities that logits stand for: each logit minus this.
double log_normalizer(std::span<const float> logits);

class Divergence {
 public:
  // A prediction: the logarithms of its probabilities and of the base's, and the token that came.
  void add(std::span<const float> log_probabilities, std::span<const float> base, int32_t token);

  const Mean& log_ratio() const { return log_ratio_; }  // ln PPL - ln PPL(base)
  const Mean& kl() const { return kl_; }                // KL(base || model), in nats
  const Mean& same_top() const { return same_top_; }    // 1 where the most probable token agrees
  const Mean& change() const { return change_; }        // of the probability of the token
  double change_rms() const;
  // Of the KL divergences, the one below which this part lies, interpolated.
  double quantile(double part) const;

 private:
  Mean log_ratio_, kl_, same_top_, change_, change_squared_;
  std::vector<float> divergences_;
};

}  // namespace cria::cmd
