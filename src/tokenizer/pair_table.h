#pragma once
// What two adjacent tokens join to. Open addressing, because encoding spends most of its time in
// this look-up.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tokenizer/merge.h"

namespace cria::tokenizer {

class PairTable {
 public:
  explicit PairTable(size_t pairs = 0) {
    size_t size = 2;
    while (size < 2 * pairs) size *= 2;
    entries_.resize(size);
  }

  // At most as many as announced. A pair that is there already keeps what it has.
  void add(Id left, Id right, Joined joined) {
    Entry& entry = entries_[slot(left, right)];
    if (entry.joined.id < 0) entry = {left, right, joined};
  }

  std::optional<Joined> find(Id left, Id right) const {
    const Entry& entry = entries_[slot(left, right)];
    if (entry.joined.id < 0) return std::nullopt;
    return entry.joined;
  }

 private:
  struct Entry {
    Id left = -1, right = -1;
    Joined joined;  // id -1: the entry is free
  };

  // Where the pair is or would be.
  size_t slot(Id left, Id right) const {
    const uint64_t key = uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
    const size_t mask = entries_.size() - 1;
    size_t index = (key * 0x9e3779b97f4a7c15u) >> 32 & mask;  // 2^64 / the golden ratio
    while (entries_[index].joined.id >= 0 &&
           (entries_[index].left != left || entries_[index].right != right)) {
      index = (index + 1) & mask;
    }
    return index;
  }

  std::vector<Entry> entries_;  // a power of two of them, at most half full
};

}  // namespace cria::tokenizer
