#pragma once
// A set of tokens that takes little memory when it has few.

#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace cria::grammar {

constexpr size_t kWordBits = 64;

inline void set_bit(std::span<uint64_t> mask, int32_t token) {
  const auto id = static_cast<size_t>(token);
  mask[id / kWordBits] |= uint64_t{1} << (id % kWordBits);
}

class TokenSet {
 public:
  TokenSet() = default;
  explicit TokenSet(std::span<const uint64_t> mask) {
    size_t count = 0;
    for (const uint64_t word : mask) count += static_cast<size_t>(std::popcount(word));
    if (count * sizeof(int32_t) >= mask.size_bytes()) {
      words_.assign(mask.begin(), mask.end());
      return;
    }
    for (size_t i = 0; i < mask.size(); ++i) {
      for (uint64_t word = mask[i]; word != 0; word &= word - 1) {
        tokens_.push_back(static_cast<int32_t>(i * kWordBits) + std::countr_zero(word));
      }
    }
  }

  // Of a vocabulary whose masks have so many words.
  TokenSet(std::vector<int32_t> tokens, size_t words) {
    if (tokens.size() * sizeof(int32_t) < words * sizeof(uint64_t)) {
      tokens_ = std::move(tokens);
      tokens_.shrink_to_fit();
      return;
    }
    words_.resize(words);
    for (const int32_t token : tokens) set_bit(words_, token);
  }

  void add_to(std::span<uint64_t> mask) const {
    for (size_t i = 0; i < words_.size(); ++i) mask[i] |= words_[i];
    for (const int32_t token : tokens_) set_bit(mask, token);
  }
  size_t memory() const {
    return words_.size() * sizeof(uint64_t) + tokens_.size() * sizeof(int32_t);
  }

 private:
  std::vector<uint64_t> words_;  // a bit per token, or
  std::vector<int32_t> tokens_;
};

}  // namespace cria::grammar
