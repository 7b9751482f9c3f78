#include "cmd/divergence.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace cria::cmd {

void Mean::add(double sample) {
  ++count_;
  sum_ += sample;
  squares_ += sample * sample;
}

double Mean::value() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0; }

double Mean::error() const {
  if (count_ < 2) return 0;
  const double variance = squares_ / static_cast<double>(count_) - value() * value();
  return std::sqrt(std::max(0.0, variance) / static_cast<double>(count_ - 1));
}

double log_normalizer(std::span<const float> logits) {
  const float greatest = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float logit : logits) sum += static_cast<double>(std::exp(logit - greatest));
  return greatest + std::log(sum);
}

void Divergence::add(std::span<const float> log_probabilities, std::span<const float> base,
                     int32_t token) {
  CRIA_CHECK(log_probabilities.size() == base.size());
  double divergence = 0;
  for (size_t i = 0; i < base.size(); ++i)
    divergence += static_cast<double>(std::exp(base[i]) * (base[i] - log_probabilities[i]));
  kl_.add(divergence);
  divergences_.push_back(static_cast<float>(divergence));
  const auto at = static_cast<size_t>(token);
  log_ratio_.add(double{base[at]} - double{log_probabilities[at]});
  const double change = std::exp(double{log_probabilities[at]}) - std::exp(double{base[at]});
  change_.add(change);
  change_squared_.add(change * change);
  const auto top = [](std::span<const float> p) { return std::ranges::max_element(p) - p.begin(); };
  same_top_.add(top(log_probabilities) == top(base) ? 1 : 0);
}

double Divergence::change_rms() const { return std::sqrt(change_squared_.value()); }

double Divergence::quantile(double part) const {
  if (divergences_.empty()) return 0;
  std::vector<float> sorted = divergences_;
  std::ranges::sort(sorted);
  const double place = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const double between = place - static_cast<double>(below);
  return (1 - between) * double{sorted[below]} + between * double{sorted[above]};
}

}  // namespace cria::cmd
