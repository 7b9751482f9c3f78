#pragma once
// Byte pair encoding's inner loop: joins the best adjacent pair of symbols until no pair can be
// joined, in O(n log n).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

// A stretch of the text on its way to become a token.
struct Symbol {
  uint32_t begin = 0, end = 0;  // bytes of the text; empty once it is joined to its left neighbour
  Id id = -1;                   // -1: no token
  uint32_t previous = 0,
           next = 0;  // indices of the living neighbours; the last one's `next` is the count
};

struct Joined {
  uint32_t rank = 0;  // lower is joined first; of equal ones the leftmost
  Id id = -1;
};

class Merger {
 public:
  void clear() { symbols_.clear(); }
  void add(uint32_t begin, uint32_t end, Id id) {
    const auto index = static_cast<uint32_t>(symbols_.size());
    symbols_.push_back({begin, end, id, index - 1, index + 1});
  }

  // `find(left, right)` says what the two symbols join to, as optional<Joined>.
  template <class Find>
  void merge(const Find& find) {
    queue_.clear();
    for (uint32_t i = 0; i + 1 < symbols_.size(); ++i) consider(i, i + 1, find, Order::kLater);
    std::make_heap(queue_.begin(), queue_.end());
    while (!queue_.empty()) {
      std::pop_heap(queue_.begin(), queue_.end());
      const Candidate best = queue_.back();
      queue_.pop_back();
      Symbol& left = symbols_[best.left()];
      // The pair is stale when either side has been joined to something else meanwhile: then the
      // left one is empty, or its neighbour ends elsewhere.
      if (left.begin == left.end || left.next == symbols_.size()) continue;
      Symbol& right = symbols_[left.next];
      if (right.end != best.end) continue;
      left.end = right.end;
      left.id = best.id;
      left.next = right.next;
      right.begin = right.end;
      if (left.next < symbols_.size()) {
        symbols_[left.next].previous = best.left();
        consider(best.left(), left.next, find, Order::kNow);
      }
      if (best.left() > 0) consider(left.previous, best.left(), find, Order::kNow);
    }
  }

  // Calls `take(symbol)` for what is left, from left to right.
  template <class Take>
  void for_each(const Take& take) const {
    for (uint32_t i = 0; i < symbols_.size(); i = symbols_[i].next) take(symbols_[i]);
  }

 private:
  enum class Order { kNow, kLater };

  struct Candidate {
    uint64_t priority = 0;  // rank, then position
    uint32_t end = 0;       // of the right symbol as it was
    Id id = -1;
    uint32_t left() const { return static_cast<uint32_t>(priority); }
    bool operator<(const Candidate& other) const { return priority > other.priority; }
  };

  template <class Find>
  void consider(uint32_t left, uint32_t right, const Find& find, Order order) {
    const std::optional<Joined> joined = find(symbols_[left], symbols_[right]);
    if (!joined) return;
    queue_.push_back({uint64_t{joined->rank} << 32 | left, symbols_[right].end, joined->id});
    if (order == Order::kNow) std::push_heap(queue_.begin(), queue_.end());
  }

  std::vector<Symbol> symbols_;
  std::vector<Candidate> queue_;  // a heap, best first
};

}  // namespace cria::tokenizer
