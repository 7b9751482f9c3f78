#pragma once
// Chooses the next token from logits.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace cria::sample {

struct Bias {
  int32_t token;
  float bias;  // added to the logit; -infinity bans the token
};

// The steps apply in the order of sampler.cpp. What is off changes nothing.
struct Options {
  float temperature = 0.8f;           // 0: greedy, nothing but bans and penalties matters
  int32_t top_k = 40;                 // <= 0: all
  float top_p = 0.9f;                 // 1: off
  float min_p = 0;                    // 0: off
  float repeat_penalty = 1;           // 1: off
  int32_t repeat_last_n = 64;         // tokens that the penalties look back; 0: off, -1: all
  std::optional<uint64_t> seed = {};  // none: a random one

  float presence_penalty = 0;   // taken off the logit of a token that was there; 0: off
  float frequency_penalty = 0;  // the same for each time that it was there; 0: off
  float typical_p = 1;          // 1: off
  float top_n_sigma = 0;        // 0: off
  float xtc_probability = 0;    // 0: off
  float xtc_threshold = 0.1f;
  int32_t min_keep = 1;  // the fewest candidates that typical_p, top_p, min_p and XTC leave

  float dry_multiplier = 0;  // 0: off
  float dry_base = 1.75f;
  int32_t dry_allowed_length = 2;                    // repetitions below this length are free
  int32_t dry_penalty_last_n = -1;                   // tokens looked back; 0: off, -1: all
  std::vector<std::vector<int32_t>> dry_breakers{};  // token sequences that no repetition spans

  int32_t mirostat = 0;  // version 1 or 2, in the place of the steps that narrow the choice; 0: off
  float mirostat_tau = 5;
  float mirostat_eta = 0.1f;

  std::vector<Bias> logit_bias{};
  std::optional<int32_t> logprobs = {};  // report this many alternatives; none: no logprobs at all

  // InvalidArgument naming the option, the value and its range, also where two contradict.
  void check() const;
};

struct Alternative {
  int32_t token;
  float logprob;
};

struct Choice {
  int32_t token = -1;
  // With Options::logprobs only: natural logarithms of the probabilities that the model gave,
  // before every step here; the best first. Valid until the sampler's next choice.
  float logprob = 0;
  std::span<const Alternative> top{};
};

class Sampler {
 public:
  explicit Sampler(const Options& options);
  ~Sampler();

  // Tells a token of the prompt, for the penalties.
  void accept(int32_t token);

  // The next token; it is accepted too. `allowed` has a bit per token, the lowest of each word
  // first, that says whether it may be chosen; empty: all may. Internal when the logits hold NaN.
  // InvalidArgument when a bias is for no token, or bias and mask leave none.
  Choice sample(std::span<const float> logits, std::span<const uint64_t> allowed = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cria::sample
