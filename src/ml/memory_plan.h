#pragma once
// Gives the results of a graph places in one arena by liveness: memory is used again once its last
// reader has run.

#include <cstdint>
#include <span>
#include <vector>

namespace cria::ml {

inline constexpr int64_t kArenaAlignment = 64;  // a cache line, and the widest vector

struct Lifetime {
  int64_t bytes = 0;
  int64_t first = 0;  // step that writes it
  int64_t last = 0;   // last step that reads it
};

struct MemoryPlan {
  std::vector<int64_t> offsets;  // one per lifetime; zero bytes get offset 0
  int64_t bytes = 0;             // of the arena

  // Whether values of these lifetimes can use these places: the same steps, and none larger.
  bool fits(std::span<const Lifetime> lifetimes) const;
  std::vector<Lifetime> lifetimes;  // that it was made for
};

MemoryPlan plan_memory(std::span<const Lifetime> lifetimes);

}  // namespace cria::ml
