#pragma once
// The tokens of a vocabulary by their bytes, so that all that begin alike are looked at once. Made
// once per model; immutable.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/char_kinds.h"

namespace cria::grammar {

class TokenTrie {
 public:
  // A token of few characters, all of kinds that grammars seldom tell apart.
  struct Plain {
    int32_t token;
    CharKinds kinds;
  };
  // A prefix of tokens. Those that go on from it come right after it, up to `end`.
  struct Node {
    uint32_t end = 0;
    uint32_t first = 0, count = 0;  // tokens that are this prefix, by their bytes
    uint16_t depth = 0;             // bytes
    uint8_t byte = 0;               // the last one
    // Of the tokens that begin with it: all kinds of characters, and the most characters.
    CharKinds kinds = 0;
    uint16_t longest = 0;
  };

  // The bytes of each token by its id; empty: never allowed (control tokens and the like). Those of
  // `ends` end a text, whatever their bytes. InvalidArgument: an end that is no token.
  TokenTrie(std::vector<std::string> tokens, std::vector<int32_t> ends);

  size_t size() const { return tokens_.size(); }
  size_t words() const { return (tokens_.size() + 63) / 64; }  // of a mask
  std::string_view bytes(int32_t token) const { return tokens_[static_cast<size_t>(token)]; }
  std::span<const int32_t> ends() const { return ends_; }
  bool is_end(int32_t token) const;

  // Two tries one behind the other, each in the order of its bytes: plain tokens, which are often
  // allowed together and then not looked at, and the others.
  std::span<const Node> nodes() const { return nodes_; }
  std::array<uint32_t, 2> roots() const { return {0, other_root_}; }  // the empty prefixes
  std::span<const int32_t> tokens_at(const Node& node) const {
    return std::span(order_).subspan(node.first, node.count);
  }
  // Those of so many characters, in the order of their ids.
  std::span<const Plain> plain(size_t chars) const { return plain_[chars]; }  // up to kMostPlain
  uint32_t longest() const { return longest_; }                               // bytes of a token

 private:
  void sort_tokens();
  void add_nodes(uint32_t first, uint32_t last);

  std::vector<std::string> tokens_;
  std::vector<int32_t> ends_;
  std::vector<int32_t> order_;  // tokens with bytes: plain ones, then others, each by their bytes
  std::vector<std::vector<Plain>> plain_ = std::vector<std::vector<Plain>>(kMostPlain + 1);
  std::vector<Node> nodes_;
  uint32_t other_root_ = 0;
  uint32_t longest_ = 0;
};

}  // namespace cria::grammar
