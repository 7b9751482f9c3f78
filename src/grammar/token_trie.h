#pragma once
// The tokens of a vocabulary by their bytes, so that all that begin alike are looked at once. Made
// once per model; immutable.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cria::grammar {

class TokenTrie {
 public:
  // A prefix of tokens. Those that go on from it come right after it, up to `end`.
  struct Node {
    uint32_t end = 0;
    uint32_t first = 0, count = 0;  // in tokens_at(): tokens that are this prefix
    uint16_t depth = 0;             // bytes
    uint8_t byte = 0;               // the last one
  };

  // The bytes of each token by its id; empty: never allowed (control tokens and the like). Those of
  // `ends` end a text, whatever their bytes. InvalidArgument: an end that is no token.
  TokenTrie(std::vector<std::string> tokens, std::vector<int32_t> ends);

  size_t size() const { return tokens_.size(); }
  size_t words() const { return (tokens_.size() + 63) / 64; }  // of a mask
  std::string_view bytes(int32_t token) const { return tokens_[static_cast<size_t>(token)]; }
  std::span<const int32_t> ends() const { return ends_; }
  bool is_end(int32_t token) const;

  // The first is the empty prefix; in the order of their bytes.
  std::span<const Node> nodes() const { return nodes_; }
  std::span<const int32_t> tokens_at(const Node& node) const {
    return std::span(order_).subspan(node.first, node.count);
  }
  uint32_t longest() const { return longest_; }  // bytes of a token

 private:
  void add_nodes();

  std::vector<std::string> tokens_;
  std::vector<int32_t> ends_;
  std::vector<int32_t> order_;  // tokens with bytes, by these
  std::vector<Node> nodes_;
  uint32_t longest_ = 0;
};

}  // namespace cria::grammar
