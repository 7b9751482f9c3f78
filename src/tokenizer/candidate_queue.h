#pragma once
// The pairs of symbols that may be joined, best first. Long runs of one character bring candidates
// in order, so a few sorted queues take what fits behind their ends, without a heap's log n steps
// that miss the cache; only the rest needs the heap.

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

struct Candidate {
  uint64_t priority = 0;  // rank, then position
  uint32_t end = 0;       // of the right symbol as it was
  Id id = -1;
  uint32_t left() const { return static_cast<uint32_t>(priority); }
  bool operator<(const Candidate& other) const { return priority > other.priority; }
};

class CandidateQueue {
 public:
  bool empty() const {
    return heap_.empty() && std::all_of(sorted_.begin(), sorted_.end(),
                                        [](const auto& queue) { return queue.empty(); });
  }

  void push(const Candidate& candidate) {
    for (auto& queue : sorted_) {
      if (queue.empty() || queue.back().priority <= candidate.priority) {
        return queue.push_back(candidate);
      }
    }
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end());
  }

  // Not of an empty one.
  Candidate pop() {
    std::deque<Candidate>* first = nullptr;
    for (auto& queue : sorted_) {
      if (!queue.empty() && (!first || queue.front().priority < first->front().priority)) {
        first = &queue;
      }
    }
    if (first && (heap_.empty() || first->front().priority <= heap_.front().priority)) {
      const Candidate best = first->front();
      first->pop_front();
      return best;
    }
    std::pop_heap(heap_.begin(), heap_.end());
    const Candidate best = heap_.back();
    heap_.pop_back();
    return best;
  }

 private:
  std::array<std::deque<Candidate>, 4> sorted_;  // deques give memory back as they are consumed
  std::vector<Candidate> heap_;                  // best first
};

}  // namespace cria::tokenizer
