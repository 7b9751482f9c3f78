#include "tokenizer/trie.h"

#include <algorithm>

namespace cria::tokenizer {

Trie::Trie(std::vector<Entry> entries) : nodes_(1) {
  std::erase_if(entries, [](const Entry& entry) { return entry.first.empty(); });
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  struct Range {
    size_t begin, end;  // the entries below a node
    size_t depth;
  };
  std::vector<Range> ranges = {{0, entries.size(), 0}};  // of the nodes, in their order
  for (size_t node = 0; node < nodes_.size(); ++node) {
    auto [begin, end, depth] = ranges[node];
    if (depth > 0 && entries[begin].first.size() == depth)
      nodes_[node].value = entries[begin].second;
    while (begin < end && entries[begin].first.size() == depth) ++begin;
    nodes_[node].first_child = static_cast<uint32_t>(nodes_.size());
    while (begin < end) {
      const char byte = entries[begin].first[depth];
      size_t next = begin;
      while (next < end && entries[next].first[depth] == byte) ++next;
      nodes_.push_back({.byte = static_cast<uint8_t>(byte)});
      ranges.push_back({begin, next, depth + 1});
      ++nodes_[node].children;
      begin = next;
    }
  }
}

uint32_t Trie::child(const Node& node, unsigned char byte) const {
  const auto first = nodes_.begin() + node.first_child;
  const auto last = first + node.children;
  const auto found = std::lower_bound(
      first, last, byte, [](const Node& each, unsigned char wanted) { return each.byte < wanted; });
  const bool is_there = found != last && found->byte == byte;
  return is_there ? static_cast<uint32_t>(found - nodes_.begin()) : 0;
}

}  // namespace cria::tokenizer
