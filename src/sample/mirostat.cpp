#include "sample/mirostat.h"

#include <algorithm>

#include "sample/exponential.h"
#include "sample/logarithm.h"

namespace cria::sample {
namespace {

double power_of_two(double exponent) { return exponential(exponent * kLn2); }

double weight_of(const Candidates& candidates, int32_t id) {
  const auto found = std::lower_bound(candidates.ids().begin(), candidates.ids().end(), id);
  return candidates.weights()[static_cast<size_t>(found - candidates.ids().begin())];
}

// The exponent s of Zipf's law, p(i) ~ i^-s, that fits the best tokens.
double zipf_exponent(std::span<const Ranked> best, float temperature) {
  double products = 0;
  double squares = 0;
  for (size_t i = 0; i + 1 < best.size(); ++i) {
    const double steps = logarithm(static_cast<double>(i + 2) / static_cast<double>(i + 1));
    const double drop = (static_cast<double>(best[i + 1].key) - best[i].key) / temperature;
    products += steps * std::min(drop, 100.0);  // beyond, the next one has no weight
    squares += steps * steps;
  }
  return squares > 0 ? products / squares : 0;
}

}  // namespace

size_t Mirostat::count_to_keep(Candidates& candidates, float temperature) const {
  constexpr size_t kFitted = 100;
  if (candidates.ids().size() == 1) return 1;
  const auto all = static_cast<double>(candidates.ids().size());
  // Close to 0 and to 1 the formula divides by nothing.
  const double s = std::max(zipf_exponent(candidates.best(kFitted), temperature), 1e-3);
  double excess = s - 1;
  if (excess > -1e-6 && excess < 1e-6) excess = 1e-6;
  // ((s - 1) 2^mu / (1 - n^(1 - s)))^(1 / s), by logarithms. Numerator and denominator have the
  // same sign.
  const double ratio = excess / (1 - exponential(-excess * logarithm(all)));
  const double count = exponential((logarithm(ratio) + most_ * kLn2) / s);
  return static_cast<size_t>(std::clamp(count, 1.0, all));
}

int32_t Mirostat::draw(Candidates& candidates, float temperature, Random& random) {
  const double total = candidates.total_weight();
  if (version_ == 1) {
    candidates.keep_best(count_to_keep(candidates, temperature));
  } else {
    candidates.keep_heavy(static_cast<float>(std::min(total * power_of_two(-most_), 1.0)));
  }
  const int32_t id = candidates.draw(random);
  const double surprise = logarithm(total / weight_of(candidates, id)) / kLn2;
  most_ -= eta_ * (surprise - tau_);
  return id;
}

}  // namespace cria::sample
