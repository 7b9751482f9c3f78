#include "ml/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cria::ml {
namespace {

// The pair, as a real number, that turns so often within the original context.
double pair_of_turns(const RopeOptions& o, double turns) {
  const double context = static_cast<double>(o.yarn.original_context);
  return static_cast<double>(o.dims) * std::log(context / (turns * 2 * std::numbers::pi)) /
         (2 * std::log(double{o.base}));
}

// How much of its own frequency each pair keeps: 1 up to one limit, 0 from another one on.
class YarnRamp {
 public:
  explicit YarnRamp(const RopeOptions& o)
      : first_(pair_of_turns(o, double{o.yarn.fast_turns})),
        last_(pair_of_turns(o, double{o.yarn.slow_turns})) {
    if (o.yarn.whole_pairs) {
      first_ = std::floor(first_);
      last_ = std::ceil(last_);
    }
    first_ = std::max(first_, 0.0);
    last_ = std::min(last_, static_cast<double>(o.dims - 1));
    if (first_ == last_) last_ += 0.001;  // a step instead of a division by zero
  }
  double operator()(int64_t pair) const {
    return 1 - std::clamp((static_cast<double>(pair) - first_) / (last_ - first_), 0.0, 1.0);
  }

 private:
  double first_, last_;
};

}  // namespace

std::vector<double> rope_frequencies(const RopeOptions& o, std::span<const float> divisors) {
  std::vector<double> frequencies;
  for (int64_t i = 0; i < o.dims / 2; ++i) {
    double frequency =
        std::pow(double{o.base}, -2.0 * static_cast<double>(i) / static_cast<double>(o.dims));
    if (!divisors.empty()) frequency /= double{divisors[static_cast<size_t>(i)]};
    double kept = 0;
    if (o.yarn.original_context > 0) kept = YarnRamp(o)(i);
    frequencies.push_back(frequency * (kept + (1 - kept) * double{o.scale}));
  }
  return frequencies;
}

}  // namespace cria::ml
