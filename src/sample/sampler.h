#pragma once
// Chooses the next token from logits.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace cria::sample {

struct Options {
  float temperature = 0.8f;           // 0: greedy
  int32_t top_k = 40;                 // <= 0: all
  float top_p = 0.9f;                 // 1: off
  float min_p = 0;                    // 0: off
  float repeat_penalty = 1.1f;        // 1: off
  int32_t repeat_last_n = 64;         // tokens looked back; 0: off, -1: all
  std::optional<uint64_t> seed = {};  // none: a random one

  void check() const;  // InvalidArgument naming the option, the value and its range
};

class Sampler {
 public:
  explicit Sampler(const Options& options);
  ~Sampler();

  // Tells a token of the prompt, for the penalties.
  void accept(int32_t token);

  // The next token; it is accepted too. Internal when the logits hold NaN.
  int32_t sample(std::span<const float> logits);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cria::sample
