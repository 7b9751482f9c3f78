#pragma once
// Byte pair encoding's inner loop: joins the best adjacent pair of symbols until no pair can be
// joined, in O(n log n).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tokenizer/candidate_queue.h"
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
  // Before many are added: growing by doubling would take twice the memory.
  void reserve(size_t symbols) { symbols_.reserve(symbols); }
  void add(uint32_t begin, uint32_t end, Id id) {
    const auto index = static_cast<uint32_t>(symbols_.size());
    symbols_.push_back({begin, end, id, index - 1, index + 1});
  }

  // `find(left, right)` says what the two symbols join to, as optional<Joined>.
  template <class Find>
  void merge(const Find& find) {
    for (uint32_t i = 0; i + 1 < symbols_.size(); ++i) consider(i, i + 1, find);
    while (!queue_.empty()) {
      const Candidate best = queue_.pop();
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
        consider(best.left(), left.next, find);
      }
      if (best.left() > 0) consider(left.previous, best.left(), find);
    }
  }

  // Calls `take(symbol)` for what is left, from left to right.
  template <class Take>
  void for_each(const Take& take) const {
    for (uint32_t i = 0; i < symbols_.size(); i = symbols_[i].next) take(symbols_[i]);
  }

 private:
  template <class Find>
  void consider(uint32_t left, uint32_t right, const Find& find) {
    const std::optional<Joined> joined = find(symbols_[left], symbols_[right]);
    if (!joined) return;
    queue_.push({uint64_t{joined->rank} << 32 | left, symbols_[right].end, joined->id});
  }

  std::vector<Symbol> symbols_;
  CandidateQueue queue_;
};

}  // namespace cria::tokenizer
