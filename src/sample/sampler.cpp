// The chain: mask, logit bias, repeat, presence and frequency penalties, DRY; then top_n_sigma,
// top_k, typical_p, top_p, min_p, XTC, temperature, or in their place temperature and Mirostat; the
// draw. It is llama.cpp's order: the cuts see the probabilities before the temperature, those that
// the cut before has left, renormalised. Steps that change the logits of single tokens work on all
// logits and stand before top_k; steps that narrow the choice work on the candidates it leaves.

#include "sample/sampler.h"

#include <algorithm>
#include <limits>
#include <random>

#include "base/error.h"
#include "sample/candidates.h"
#include "sample/dry.h"
#include "sample/history.h"
#include "sample/lanes.h"
#include "sample/logprobs.h"
#include "sample/mirostat.h"
#include "sample/penalties.h"

namespace cria::sample {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

uint64_t random_seed() {
  std::random_device device;
  return (static_cast<uint64_t>(device()) << 32) | device();
}

// NaN fails the comparison too.
void check_logits(std::span<const float> logits) {
  int wrong = 0;
  for (const float logit : logits) {
    wrong |= static_cast<int>(!(logit <= std::numeric_limits<float>::max()));
  }
  if (wrong == 0) return;
  const bool nan =
      std::any_of(logits.begin(), logits.end(), [](float logit) { return logit != logit; });
  fail(Error::Code::kInternal, "model output contains ", nan ? "NaN" : "infinity");
}

void apply_mask(std::span<const uint64_t> allowed, std::span<float> logits) {
  if (allowed.empty()) return;
  constexpr size_t kBits = 64;
  CRIA_CHECK(allowed.size() == (logits.size() + kBits - 1) / kBits);
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!(allowed[i / kBits] >> (i % kBits) & 1)) logits[i] = -kInfinity;
  }
}

void apply_bias(std::span<const Bias> biases, std::span<float> logits) {
  for (const auto& [token, bias] : biases) {
    if (static_cast<size_t>(token) >= logits.size()) {
      fail(Error::Code::kInvalidArgument, "option logit_bias is for token ", token,
           ", expected a token below ", logits.size());
    }
    float& logit = logits[static_cast<size_t>(token)];
    logit = bias == -kInfinity ? bias : penalized(logit, -bias);
  }
}

Reach furthest_reach(const Options& options, const Penalties& penalties) {
  return longer(penalties.any() ? options.repeat_last_n : 0,
                options.dry_multiplier > 0 ? options.dry_penalty_last_n : 0);
}

}  // namespace

struct Sampler::State {
  explicit State(const Options& given);

  int32_t choose(std::span<const float> original, std::span<const uint64_t> allowed);
  void adjust(std::span<const float> original, std::span<const uint64_t> allowed);
  void narrow(float best);

  const Options options;
  const Penalties penalties{options.repeat_penalty, options.presence_penalty,
                            options.frequency_penalty};
  History history{furthest_reach(options, penalties)};
  Penalizer penalizer{penalties};
  Dry dry{options};
  Mirostat mirostat{options.mirostat, options.mirostat_tau, options.mirostat_eta};
  Logprobs logprobs{options.logprobs.value_or(0)};
  Random random;
  std::vector<float> logits;  // of this token, after the steps that change single ones
  Candidates candidates;
};

Sampler::State::State(const Options& given)
    : options(given), random(given.seed ? *given.seed : random_seed()) {}

void Sampler::State::adjust(std::span<const float> original, std::span<const uint64_t> allowed) {
  logits.assign(original.begin(), original.end());
  apply_mask(allowed, logits);
  apply_bias(options.logit_bias, logits);
  penalizer.apply(history.last(options.repeat_last_n), logits);
  dry.apply(history.last(options.dry_penalty_last_n), logits);
}

void Sampler::State::narrow(float best) {
  const auto least = static_cast<size_t>(std::max(options.min_keep, 1));
  float lowest = std::numeric_limits<float>::lowest();
  if (options.top_n_sigma > 0) {
    lowest = best - options.top_n_sigma * standard_deviation(logits);
  }
  candidates.start(logits, options.top_k, lowest);
  if (options.typical_p == 1 && options.top_p == 1 && options.min_p == 0 &&
      options.xtc_probability == 0) {
    return candidates.weigh(options.temperature);
  }
  candidates.weigh(1);
  if (options.typical_p < 1) candidates.typical_p(options.typical_p, least);
  if (options.top_p < 1) candidates.top_p(options.top_p, least);
  if (options.min_p > 0) candidates.min_p(options.min_p, least);
  if (options.xtc_probability > 0 && random.uniform() < options.xtc_probability) {
    candidates.drop_top_choices(options.xtc_threshold, least);
  }
  if (options.temperature != 1) candidates.weigh(options.temperature);
}

int32_t Sampler::State::choose(std::span<const float> original, std::span<const uint64_t> allowed) {
  check_logits(original);
  adjust(original, allowed);
  const float best = greatest(logits);
  if (best == -kInfinity) {
    const bool excluded = !allowed.empty() || !options.logit_bias.empty();
    fail(excluded ? Error::Code::kInvalidArgument : Error::Code::kInternal,
         "sample: no token is possible", excluded ? " after the bans" : "");
  }
  if (options.temperature == 0) {
    return static_cast<int32_t>(std::find(logits.begin(), logits.end(), best) - logits.begin());
  }
  if (options.mirostat == 0) {
    narrow(best);
    return candidates.draw(random);
  }
  candidates.start(logits, 0, std::numeric_limits<float>::lowest());
  candidates.weigh(options.temperature);
  return mirostat.draw(candidates, options.temperature, random);
}

Sampler::Sampler(const Options& options) {
  options.check();
  state_ = std::make_unique<State>(options);
}

Sampler::~Sampler() = default;

void Sampler::accept(int32_t token) { state_->history.add(token); }

Choice Sampler::sample(std::span<const float> logits, std::span<const uint64_t> allowed) {
  CRIA_CHECK(!logits.empty());
  const int32_t token = state_->choose(logits, allowed);
  accept(token);
  if (!state_->options.logprobs) return {.token = token};
  return state_->logprobs.of(token, logits);
}

}  // namespace cria::sample
