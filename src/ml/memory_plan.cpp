#include "ml/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace cria::ml {
namespace {

bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

MemoryPlan plan_memory(std::span<const Lifetime> lifetimes) {
  MemoryPlan plan;
  plan.offsets.assign(lifetimes.size(), 0);
  plan.lifetimes.assign(lifetimes.begin(), lifetimes.end());

  // Large values first: small ones fill the gaps that these leave.
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });

  std::vector<size_t> placed;  // ascending by offset
  for (size_t i : order) {
    const int64_t bytes =
        (lifetimes[i].bytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
    if (bytes == 0) continue;
    int64_t offset = 0;
    for (size_t other : placed) {
      if (!overlap(lifetimes[i], lifetimes[other])) continue;
      if (plan.offsets[other] >= offset + bytes) break;  // the gap before it is large enough
      const int64_t end = plan.offsets[other] + lifetimes[other].bytes;
      offset = std::max(offset, (end + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment);
    }
    plan.offsets[i] = offset;
    plan.bytes = std::max(plan.bytes, offset + bytes);
    const auto after = std::find_if(placed.begin(), placed.end(),
                                    [&](size_t other) { return plan.offsets[other] > offset; });
    placed.insert(after, i);
  }
  return plan;
}

bool MemoryPlan::fits(std::span<const Lifetime> other) const {
  return std::equal(other.begin(), other.end(), lifetimes.begin(), lifetimes.end(),
                    [](const Lifetime& a, const Lifetime& b) {
                      return a.first == b.first && a.last == b.last && a.bytes <= b.bytes;
                    });
}

}  // namespace cria::ml
