#include "sample/dry.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "sample/penalties.h"

namespace cria::sample {
namespace {

// For every n, how many tokens before the last n equal the last ones of all: the Z function of the
// reversed text (Gusfield, "Algorithms on Strings, Trees, and Sequences", 1997).
void match_with_end(std::span<const int32_t> tokens, std::vector<int32_t>& matches) {
  const size_t count = tokens.size();
  const auto backwards = [&](size_t i) { return tokens[count - 1 - i]; };
  matches.assign(count, 0);
  size_t begin = 0;  // of the match found so far that reaches furthest back
  size_t end = 0;
  for (size_t n = 1; n < count; ++n) {
    size_t length = 0;
    if (n < end) length = std::min(end - n, static_cast<size_t>(matches[n - begin]));
    while (n + length < count && backwards(length) == backwards(n + length)) ++length;
    matches[n] = static_cast<int32_t>(length);
    if (n + length > end) {
      begin = n;
      end = n + length;
    }
  }
}

}  // namespace

Dry::Dry(const Options& options)
    : multiplier_(options.dry_multiplier),
      base_(options.dry_base),
      allowed_length_(options.dry_allowed_length) {
  for (const std::vector<int32_t>& breaker : options.dry_breakers) {
    if (breaker.size() == 1) {
      breaking_tokens_.insert(breaker.front());
    } else {
      breaking_sequences_.push_back(breaker);
    }
  }
}

size_t Dry::tokens_since_breaker(std::span<const int32_t> tokens) const {
  const auto ends_here = [&](size_t end) {
    if (breaking_tokens_.count(tokens[end - 1])) return true;
    return std::any_of(breaking_sequences_.begin(), breaking_sequences_.end(),
                       [&](const std::vector<int32_t>& breaker) {
                         return breaker.size() <= end &&
                                std::equal(breaker.rbegin(), breaker.rend(),
                                           tokens.first(end).rbegin());
                       });
  };
  size_t end = tokens.size();
  while (end > 0 && !ends_here(end)) --end;
  return tokens.size() - end;
}

float Dry::penalty(int32_t length) const {
  // By multiplications, as the C library's powers differ between platforms.
  double penalty = static_cast<double>(multiplier_);
  constexpr double kMost = std::numeric_limits<float>::max();
  for (; length > allowed_length_ && penalty < kMost; --length) penalty *= base_;
  return static_cast<float>(std::min(penalty, kMost));
}

void Dry::apply(std::span<const int32_t> tokens, std::span<float> logits) {
  if (multiplier_ == 0) return;
  const auto most = static_cast<int32_t>(tokens_since_breaker(tokens));
  if (most < allowed_length_) return;
  longest_.resize(logits.size());
  match_with_end(tokens, matches_);
  for (size_t n = 1; n < tokens.size(); ++n) {
    const int32_t length = std::min(matches_[n], most);
    if (length < allowed_length_) continue;
    const int32_t continuation = tokens[tokens.size() - n];
    CRIA_CHECK(continuation >= 0);
    if (static_cast<size_t>(continuation) >= logits.size()) continue;  // it is read only
    if (breaking_tokens_.count(continuation)) continue;
    int32_t& longest = longest_[static_cast<size_t>(continuation)];
    longest = std::max(longest, length);
  }
  for (const int32_t token : tokens) {
    if (static_cast<size_t>(token) >= logits.size()) continue;
    int32_t& longest = longest_[static_cast<size_t>(token)];
    if (longest == 0) continue;
    float& logit = logits[static_cast<size_t>(token)];
    logit = penalized(logit, penalty(longest));
    longest = 0;
  }
}

}  // namespace cria::sample
