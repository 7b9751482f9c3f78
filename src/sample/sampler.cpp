// The chain: penalties, top_k, top_p, min_p, temperature, draw, in this order, which is that of
// llama.cpp and of Ollama's runner over it: the cuts see the probabilities before the temperature.
// Steps that change the logits of single tokens work on all logits and stand before top_k; steps
// that narrow the choice work on the candidates it leaves.

#include "sample/sampler.h"

#include <algorithm>
#include <limits>
#include <random>

#include "base/error.h"
#include "sample/candidates.h"
#include "sample/penalties.h"

namespace cria::sample {
namespace {

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

// The lowest id of the greatest logit.
int32_t greatest(std::span<const float> logits) {
  const auto best = std::max_element(logits.begin(), logits.end());
  if (*best < std::numeric_limits<float>::lowest()) {
    fail(Error::Code::kInternal, "sample: no token is possible");
  }
  return static_cast<int32_t>(best - logits.begin());
}

}  // namespace

struct Sampler::State {
  explicit State(const Options& given)
      : options(given),
        window(given.repeat_penalty == 1 ? 0 : given.repeat_last_n),
        random(given.seed ? *given.seed : random_seed()) {}

  int32_t choose(std::span<const float> original);

  const Options options;
  Window window;
  Random random;
  std::vector<float> logits;  // of this token, after the penalties
  Candidates candidates;
};

int32_t Sampler::State::choose(std::span<const float> original) {
  check_logits(original);
  logits.assign(original.begin(), original.end());
  penalize_repeats(window.tokens(), options.repeat_penalty, original, logits);
  if (options.temperature == 0) return greatest(logits);

  candidates.top_k(logits, options.top_k);
  if (options.top_p < 1 || options.min_p > 0) candidates.weigh(1);
  if (options.top_p < 1) candidates.top_p(options.top_p);
  if (options.min_p > 0) candidates.min_p(options.min_p);
  candidates.weigh(options.temperature);
  return candidates.draw(random);
}

Sampler::Sampler(const Options& options) {
  options.check();
  state_ = std::make_unique<State>(options);
}

Sampler::~Sampler() = default;

void Sampler::accept(int32_t token) { state_->window.add(token); }

int32_t Sampler::sample(std::span<const float> logits) {
  CRIA_CHECK(!logits.empty());
  const int32_t token = state_->choose(logits);
  accept(token);
  return token;
}

}  // namespace cria::sample
