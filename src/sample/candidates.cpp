// The narrowing steps. The loops over everything use plain pointers and no branches, which
// compilers turn into vector code.

#include "sample/candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "sample/exponential.h"
#include "sample/lanes.h"
#include "sample/logarithm.h"

namespace cria::sample {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

size_t count_from(std::span<const float> values, float lowest) {
  const float* value = values.data();
  int32_t count = 0;  // as wide as the values, for vector code
  for (size_t i = 0; i < values.size(); ++i) count += static_cast<int32_t>(value[i] >= lowest);
  return static_cast<size_t>(count);
}

}  // namespace

template <class Keep>
void Candidates::retain(const Keep& keep) {
  int32_t* id = ids_.data();
  float* logit = logits_.data();
  float* weight = weights_.data();
  const size_t count = ids_.size();
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!keep(i)) continue;
    id[kept] = id[i];
    logit[kept] = logit[i];
    weight[kept] = weight[i];
    ++kept;
  }
  ids_.resize(kept);
  logits_.resize(kept);
  weights_.resize(kept);
}

template <class Key>
void Candidates::rank_first(size_t size, size_t count, float bar, const Key& key) {
  // Collects what is before the bar and halves when full: each candidate dropped costs a constant
  // share of one halving.
  constexpr size_t kLeast = 64;
  const size_t full = std::min(count + std::max(count, kLeast), size + 1);
  ranked_.clear();
  for (size_t i = 0; i < size; ++i) {
    if (!(key(i) < bar)) continue;
    ranked_.push_back({key(i), static_cast<int32_t>(i)});
    if (ranked_.size() < full) continue;
    halve_ranked(count);
    // Later ids lose a tie, so only what is strictly before the last one can still enter.
    bar = std::max_element(ranked_.begin(), ranked_.end())->key;
  }
  halve_ranked(count);
}

void Candidates::halve_ranked(size_t count) {
  if (ranked_.size() <= count) return;
  scratch_ = ranked_;
  const auto last = scratch_.begin() + static_cast<std::ptrdiff_t>(count) - 1;
  std::nth_element(scratch_.begin(), last, scratch_.end());
  std::erase_if(ranked_, [&](const Ranked& each) { return *last < each; });
}

void Candidates::start(std::span<const float> logits, int32_t k, float lowest) {
  const float* logit = logits.data();
  lowest = std::max(lowest, std::numeric_limits<float>::lowest());
  const bool limited = k > 0 && static_cast<size_t>(k) < logits.size();
  if (limited) {
    rank_first(logits.size(), static_cast<size_t>(k), std::nextafter(-lowest, kInfinity),
               [logit](size_t i) { return -logit[i]; });
    ids_.resize(ranked_.size());
    std::transform(ranked_.begin(), ranked_.end(), ids_.begin(),
                   [](const Ranked& each) { return each.id; });
  } else {
    ids_.resize(logits.size());
    size_t kept = 0;
    for (size_t i = 0; i < logits.size(); ++i) {
      ids_[kept] = static_cast<int32_t>(i);
      kept += logit[i] >= lowest;
    }
    ids_.resize(kept);
  }
  logits_.resize(ids_.size());
  weights_.resize(ids_.size());
  std::transform(ids_.begin(), ids_.end(), logits_.begin(),
                 [logit](int32_t id) { return logit[id]; });
}

void Candidates::weigh(float temperature) {
  CRIA_CHECK(!ids_.empty());
  const float best = greatest(logits_);
  const float* logit = logits_.data();
  float* weight = weights_.data();
  const size_t count = logits_.size();
  for (size_t i = 0; i < count; ++i) weight[i] = exponential((logit[i] - best) / temperature);
}

double Candidates::total_weight() const { return sum(weights_); }

void Candidates::prefer_high_logits() {
  keys_.resize(logits_.size());
  std::transform(logits_.begin(), logits_.end(), keys_.begin(), std::negate<>());
}

void Candidates::keep_best(size_t count) {
  prefer_high_logits();
  keep_first(count);
}

void Candidates::keep_first(size_t count) {
  if (ids_.size() <= count) return;
  rank_first(ids_.size(), count, kInfinity, [key = keys_.data()](size_t i) { return key[i]; });
  size_t next = 0;
  retain([&](size_t i) {
    const bool stays = next < ranked_.size() && ranked_[next].id == static_cast<int32_t>(i);
    next += stays;
    return stays;
  });
}

// All that weigh less than this weigh less together than what is beyond the share.
double Candidates::negligible_weight(double share) const {
  return (1 - share) * total_weight() / static_cast<double>(ids_.size());
}

void Candidates::keep_share(double share, float negligible_from, size_t least) {
  const double total = total_weight();
  const auto negligible = static_cast<float>(negligible_weight(share));
  const float* weight = weights_.data();
  indices_.resize(ids_.size());
  size_t count = 0;
  for (size_t i = 0; i < ids_.size(); ++i) {
    if (weight[i] >= negligible) indices_[count++] = static_cast<uint32_t>(i);
  }
  indices_.resize(count);
  Ranked last = last_of_share(share * total);
  if (!(last.key < negligible_from)) {
    indices_.resize(ids_.size());
    std::iota(indices_.begin(), indices_.end(), 0u);
    last = last_of_share(share * total);
  }
  const auto stays = [key = keys_.data(), last](size_t i) {
    return !(last < Ranked{key[i], static_cast<int32_t>(i)});
  };
  size_t kept = 0;
  for (size_t i = 0; i < ids_.size() && kept < least; ++i) kept += stays(i);
  if (kept < least) return keep_first(least);
  retain(stays);
}

// Where the weight of what comes before, and of itself, reaches `missing`: halves what is in
// question, and continues in the half in which that happens, as quickselect does. Of indices_.
Ranked Candidates::last_of_share(double missing) {
  const auto ranked = [this](uint32_t i) { return Ranked{keys_[i], static_cast<int32_t>(i)}; };
  auto first = indices_.begin();
  auto last = indices_.end();
  while (last - first > 1) {
    const auto middle = first + (last - first) / 2;
    std::nth_element(first, middle, last,
                     [&](uint32_t a, uint32_t b) { return ranked(a) < ranked(b); });
    double upper = 0;
    for (auto each = first; each != middle; ++each) upper += static_cast<double>(weights_[*each]);
    if (upper >= missing) {
      last = middle;
    } else {
      missing -= upper;
      first = middle;
    }
  }
  return first == last ? Ranked{kInfinity, 0} : ranked(*first);
}

void Candidates::top_p(float p, size_t least) {
  prefer_high_logits();
  keep_share(p, kInfinity, least);
}

void Candidates::typical_p(float p, size_t least) {
  // With d the distance of a logit below the best one, the information content is d plus the same
  // constant for all, and the entropy the mean of d plus that constant.
  const float best = greatest(logits_);
  const float* logit = logits_.data();
  const float* weight = weights_.data();
  const double products = sum(logits_.size(), [=](size_t i) {
    // What is far off has no weight, and might overflow.
    return weight[i] > 0 ? static_cast<double>(weight[i]) * (best - logit[i]) : 0.0;
  });
  const auto mean = static_cast<float>(products / total_weight());
  keys_.resize(logits_.size());
  float* key = keys_.data();
  for (size_t i = 0; i < keys_.size(); ++i) key[i] = std::fabs((best - logit[i]) - mean);
  // The negligible are further from the best one than this, as long as anything is negligible.
  const double negligible = negligible_weight(p);
  constexpr double kRounding = 1e-3;
  const double furthest = negligible > 0 ? -logarithm(negligible) - kRounding : 0;
  keep_share(p, static_cast<float>(furthest) - mean, least);
}

void Candidates::min_p(float share, size_t least) { keep_heavy(share * greatest(weights_), least); }

void Candidates::keep_heavy(float weight, size_t least) {
  if (count_from(weights_, weight) < least) return keep_best(least);
  retain([own = weights_.data(), weight](size_t i) { return own[i] >= weight; });
}

void Candidates::drop_top_choices(float threshold, size_t least) {
  const auto enough = static_cast<float>(threshold * total_weight());
  const size_t choices = count_from(weights_, enough);
  if (choices < 2 || ids_.size() - (choices - 1) < least) return;
  Ranked worst{-kInfinity, -1};
  for (size_t i = 0; i < ids_.size(); ++i) {
    if (weights_[i] >= enough) worst = std::max(worst, Ranked{-logits_[i], ids_[i]});
  }
  retain([logit = logits_.data(), id = ids_.data(), worst](size_t i) {
    return !(Ranked{-logit[i], id[i]} < worst);
  });
}

int32_t Candidates::draw(Random& random) const {
  constexpr size_t kBlock = 1024;  // skipped as a whole where the number drawn is beyond it
  double left = random.uniform() * total_weight();
  int32_t drawn = -1;  // the last one of any weight, should rounding leave something
  for (size_t begin = 0; begin < weights_.size(); begin += kBlock) {
    const size_t count = std::min(kBlock, weights_.size() - begin);
    const double mass = sum(std::span(weights_).subspan(begin, count));
    const bool is_last = begin + count == weights_.size();
    if (left >= mass && !is_last) {
      left -= mass;
      continue;
    }
    for (size_t i = begin; i < begin + count; ++i) {
      if (weights_[i] == 0) continue;
      drawn = ids_[i];
      if (left < weights_[i]) return drawn;
      left -= weights_[i];
    }
  }
  return drawn;
}

std::span<const Ranked> Candidates::best(size_t count) {
  prefer_high_logits();
  rank_first(ids_.size(), count, kInfinity, [key = keys_.data()](size_t i) { return key[i]; });
  for (Ranked& each : ranked_) each.id = ids_[static_cast<size_t>(each.id)];
  std::sort(ranked_.begin(), ranked_.end());
  return ranked_;
}

}  // namespace cria::sample
