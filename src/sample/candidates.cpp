// The narrowing steps. top_p needs the best candidates up to a mass, which is found as in
// quickselect: halve what is in question, and continue in the half in which the mass is reached.

#include "sample/candidates.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "sample/exponential.h"

namespace cria::sample {
namespace {

double mass(std::span<const Candidate> candidates) {
  double sum = 0;
  for (const Candidate& c : candidates) sum += c.weight;
  return sum;
}

}  // namespace

void Candidates::top_k(std::span<const float> logits, int32_t k) {
  const bool limited = k > 0 && static_cast<size_t>(k) < logits.size();
  const size_t count = limited ? static_cast<size_t>(k) : logits.size();
  // Collects what beats the bar and halves when full: each candidate dropped costs a constant share
  // of one halving.
  constexpr size_t kLeast = 64;
  const size_t full = limited ? count + std::max(count, kLeast) : logits.size() + 1;
  float bar = -std::numeric_limits<float>::infinity();
  kept_.clear();
  for (size_t id = 0; id < logits.size(); ++id) {
    if (!(logits[id] > bar)) continue;
    kept_.push_back({static_cast<int32_t>(id), logits[id], 0});
    if (kept_.size() < full) continue;
    keep_best(count);
    // Later ids lose a tie, so only what is strictly greater than the worst one kept can still
    // enter.
    bar = kept_.front().logit;
    for (const Candidate& c : kept_) bar = std::min(bar, c.logit);
  }
  if (kept_.size() > count) keep_best(count);
}

void Candidates::keep_best(size_t count) {
  scratch_ = kept_;
  const auto worst = scratch_.begin() + static_cast<std::ptrdiff_t>(count) - 1;
  std::nth_element(scratch_.begin(), worst, scratch_.end(), better);
  drop_worse_than(*worst);
}

void Candidates::drop_worse_than(const Candidate& worst) {
  std::erase_if(kept_, [&](const Candidate& c) { return better(worst, c); });
}

void Candidates::weigh(float temperature) {
  if (kept_.empty()) fail(Error::Code::kInternal, "sample: no token is possible");
  float best = kept_.front().logit;
  for (const Candidate& c : kept_) best = std::max(best, c.logit);
  for (Candidate& c : kept_) c.weight = exponential((c.logit - best) / temperature);
}

void Candidates::top_p(float p) {
  const double total = mass(kept_);
  // All that are lighter than this weigh less than (1 - p) together, so the best ones reach p
  // without them.
  const double least = (1 - static_cast<double>(p)) * total / static_cast<double>(kept_.size());
  scratch_.clear();
  for (const Candidate& c : kept_) {
    if (c.weight >= least) scratch_.push_back(c);
  }
  if (scratch_.empty()) return;  // only by rounding
  double missing = p * total;
  auto first = scratch_.begin();
  auto last = scratch_.end();
  while (last - first > 1) {
    const auto middle = first + (last - first) / 2;
    std::nth_element(first, middle, last, better);
    const double upper = mass({first, middle});
    if (upper >= missing) {
      last = middle;
    } else {
      missing -= upper;
      first = middle;
    }
  }
  drop_worse_than(*first);
}

void Candidates::min_p(float share) {
  std::erase_if(kept_, [&](const Candidate& c) { return c.weight < share; });
}

int32_t Candidates::draw(Random& random) const {
  double left = random.uniform() * mass(kept_);
  int32_t drawn = -1;
  for (const Candidate& c : kept_) {
    if (c.weight == 0) continue;
    drawn = c.id;
    if (left < c.weight) break;
    left -= c.weight;
  }
  return drawn;
}

}  // namespace cria::sample
