#pragma once
// Finds which of many byte strings a text begins with, in one walk. Built once; a node's children
// lie side by side, in the order of their bytes.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace cria::tokenizer {

class Trie {
 public:
  using Entry = std::pair<std::string_view, int32_t>;  // a key, and its value, from 0 on

  Trie() : Trie(std::vector<Entry>{}) {}
  // Of equal keys the first counts; empty ones do not.
  explicit Trie(std::vector<Entry> entries);

  // Calls `take(length, value)` for each key that the text begins with, the shortest first.
  template <class Take>
  void for_each_prefix(std::string_view text, const Take& take) const {
    uint32_t node = 0;
    for (size_t length = 1; length <= text.size(); ++length) {
      node = child(nodes_[node], static_cast<unsigned char>(text[length - 1]));
      if (node == 0) return;
      if (nodes_[node].value >= 0) take(length, nodes_[node].value);
    }
  }

 private:
  struct Node {
    uint32_t first_child = 0;
    int32_t value = -1;  // -1: no key ends here
    uint16_t children = 0;
    uint8_t byte = 0;  // that leads here
  };
  // 0, the root, when there is none.
  uint32_t child(const Node& node, unsigned char byte) const;

  std::vector<Node> nodes_;
};

}  // namespace cria::tokenizer
