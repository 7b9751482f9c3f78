#pragma once
// Finds the tokens that are taken as a whole before any other tokenisation, with one walk down a
// trie per position.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

class SpecialTokens {
 public:
  explicit SpecialTokens(const Vocabulary& vocabulary);

  // Whether one can begin with this byte: most do not, and most bytes of a text need no more than
  // this.
  bool may_begin(char c) const { return first_[static_cast<unsigned char>(c)] != 0; }

  struct Match {
    Id id = -1;  // -1: none
    size_t end = 0;
  };
  // The longest special token at `position`. Control tokens count only where they end at
  // `trusted_end` or before.
  Match longest(std::string_view text, size_t position, size_t trusted_end) const;

 private:
  struct Node {
    std::vector<std::pair<unsigned char, uint32_t>>
        children;  // few; 0 is the root and never a child
    Id id = -1;
    bool control = false;
  };
  uint32_t child(const Node& node, unsigned char byte) const;
  void add(std::string_view text, Id id, bool control);

  std::vector<Node> nodes_{1};
  std::array<uint32_t, 256> first_{};  // the root's children by byte; 0: none
};

}  // namespace cria::tokenizer
