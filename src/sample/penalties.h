#pragma once
// Makes tokens that were there a moment ago less likely.

#include <cstdint>
#include <span>
#include <vector>

namespace cria::sample {

// The last tokens of a text.
class Window {
 public:
  // Looks back `size` tokens, to the start when it is negative. Memory grows with the tokens seen,
  // not with `size`.
  explicit Window(int32_t size) : size_(size) {}

  void add(int32_t token);
  // In no particular order; a token that came twice is there twice.
  std::span<const int32_t> tokens() const { return tokens_; }

 private:
  int64_t size_;
  std::vector<int32_t> tokens_;
  size_t oldest_ = 0;  // once the window is full
};

// Divides the positive and multiplies the negative logits of the tokens, each once however often it
// is there (Keskar et al., "CTRL", 2019, with the correction for negative logits that everyone
// uses). `original` are the logits before.
void penalize_repeats(std::span<const int32_t> tokens, float penalty,
                      std::span<const float> original, std::span<float> logits);

}  // namespace cria::sample
