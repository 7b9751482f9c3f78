// The ranges of the sampling options.

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "sample/sampler.h"

namespace cria::sample {
namespace {

constexpr size_t kLongestBreaker = 32;  // tokens

// Written so that NaN, which fails every comparison, is refused.
template <class T>
void expect(bool in_range, const char* name, T value, const char* range) {
  if (in_range) return;
  fail(Error::Code::kInvalidArgument, "option ", name, " is ", value, ", expected ", range);
}

void expect_reach(const char* name, int32_t value) {
  expect(value >= -1, name, value, "-1 (all), 0 (off) or more");
}

void check_cuts(const Options& o) {
  expect(o.top_p > 0 && o.top_p <= 1, "top_p", o.top_p, "above 0 and at most 1");
  expect(o.min_p >= 0 && o.min_p < 1, "min_p", o.min_p, "from 0 to below 1");
  expect(o.typical_p > 0 && o.typical_p <= 1, "typical_p", o.typical_p, "above 0 and at most 1");
  expect(o.top_n_sigma >= 0 && std::isfinite(o.top_n_sigma), "top_n_sigma", o.top_n_sigma,
         "a finite number from 0 (off)");
  expect(o.xtc_probability >= 0 && o.xtc_probability <= 1, "xtc_probability", o.xtc_probability,
         "from 0 to 1");
  // Above a half no two tokens can have as much.
  expect(o.xtc_threshold > 0 && o.xtc_threshold <= 0.5f, "xtc_threshold", o.xtc_threshold,
         "above 0 and at most 0.5");
  expect(o.min_keep >= 0, "min_keep", o.min_keep, "0 or more");
}

void check_penalties(const Options& o) {
  expect(o.repeat_penalty > 0 && std::isfinite(o.repeat_penalty), "repeat_penalty",
         o.repeat_penalty, "a finite number above 0");
  expect(std::isfinite(o.presence_penalty), "presence_penalty", o.presence_penalty,
         "a finite number");
  expect(std::isfinite(o.frequency_penalty), "frequency_penalty", o.frequency_penalty,
         "a finite number");
  expect_reach("repeat_last_n", o.repeat_last_n);
}

void check_dry(const Options& o) {
  expect(o.dry_multiplier >= 0 && std::isfinite(o.dry_multiplier), "dry_multiplier",
         o.dry_multiplier, "a finite number from 0 (off)");
  expect(o.dry_base >= 1 && std::isfinite(o.dry_base), "dry_base", o.dry_base,
         "a finite number from 1");
  expect(o.dry_allowed_length >= 1, "dry_allowed_length", o.dry_allowed_length, "1 or more");
  expect_reach("dry_penalty_last_n", o.dry_penalty_last_n);
  for (const std::vector<int32_t>& breaker : o.dry_breakers) {
    if (breaker.empty() || breaker.size() > kLongestBreaker) {
      fail(Error::Code::kInvalidArgument, "option dry_breakers holds a sequence of ",
           breaker.size(), " tokens, expected 1 to ", kLongestBreaker);
    }
    for (const int32_t token : breaker) {
      expect(token >= 0, "dry_breakers", token, "tokens from 0");
    }
  }
}

void check_mirostat(const Options& o) {
  expect(o.mirostat >= 0 && o.mirostat <= 2, "mirostat", o.mirostat, "0 (off), 1 or 2");
  expect(o.mirostat_tau > 0 && std::isfinite(o.mirostat_tau), "mirostat_tau", o.mirostat_tau,
         "a finite number above 0");
  expect(o.mirostat_eta > 0 && std::isfinite(o.mirostat_eta), "mirostat_eta", o.mirostat_eta,
         "a finite number above 0");
  if (o.mirostat == 0) return;
  // It stands in the place of the cuts. Those that are on by default may be left alone.
  const Options defaults;
  const auto expect_free = [&](bool free, const char* name, auto value) {
    expect(free, name, value, "to be off with mirostat, which replaces it");
  };
  expect_free(o.top_k <= 0 || o.top_k == defaults.top_k, "top_k", o.top_k);
  expect_free(o.top_p == 1 || o.top_p == defaults.top_p, "top_p", o.top_p);
  expect_free(o.min_p == 0, "min_p", o.min_p);
  expect_free(o.typical_p == 1, "typical_p", o.typical_p);
  expect_free(o.top_n_sigma == 0, "top_n_sigma", o.top_n_sigma);
  expect_free(o.xtc_probability == 0, "xtc_probability", o.xtc_probability);
}

void check_bias(const Options& o) {
  std::vector<int32_t> tokens;
  for (const auto& [token, bias] : o.logit_bias) {
    expect(token >= 0, "logit_bias", token, "tokens from 0");
    if (!(bias <= std::numeric_limits<float>::max())) {
      fail(Error::Code::kInvalidArgument, "option logit_bias of token ", token, " is ", bias,
           ", expected a finite number or -infinity");
    }
    tokens.push_back(token);
  }
  std::sort(tokens.begin(), tokens.end());
  const auto twice = std::adjacent_find(tokens.begin(), tokens.end());
  if (twice != tokens.end()) {
    fail(Error::Code::kInvalidArgument, "option logit_bias has token ", *twice,
         " twice, expected one bias for each");
  }
}

}  // namespace

void Options::check() const {
  expect(temperature >= 0 && std::isfinite(temperature), "temperature", temperature,
         "a finite number from 0");
  check_cuts(*this);
  check_penalties(*this);
  check_dry(*this);
  check_mirostat(*this);
  check_bias(*this);
  expect(logprobs.value_or(0) >= 0, "logprobs", logprobs.value_or(0), "0 or more");
}

}  // namespace cria::sample
