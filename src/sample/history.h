#pragma once
// The last tokens of a text, in order.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"

namespace cria::sample {

// How far an option looks back: this many tokens, to the start when it is negative.
using Reach = int32_t;

class History {
 public:
  // Remembers as many as asked for. Memory grows with the tokens seen, up to twice as many as
  // remembered.
  explicit History(Reach reach) : reach_(reach) {}

  void add(int32_t token) {
    CRIA_CHECK(token >= 0);
    if (reach_ == 0) return;
    tokens_.push_back(token);
    if (reach_ < 0 || tokens_.size() / 2 < static_cast<size_t>(reach_)) return;
    tokens_.erase(tokens_.begin(), tokens_.end() - reach_);
  }

  // The last one at the end; fewer than `reach` when there were not so many.
  std::span<const int32_t> last(Reach reach) const {
    const std::span<const int32_t> all = tokens_;
    return reach < 0 ? all : all.last(std::min(all.size(), static_cast<size_t>(reach)));
  }

 private:
  Reach reach_;
  std::vector<int32_t> tokens_;
};

// The one that sees further.
inline Reach longer(Reach a, Reach b) { return a < 0 || b < 0 ? -1 : std::max(a, b); }

}  // namespace cria::sample
