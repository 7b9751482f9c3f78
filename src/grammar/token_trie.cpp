#include "grammar/token_trie.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"

namespace cria::grammar {

TokenTrie::TokenTrie(std::vector<std::string> tokens, std::vector<int32_t> ends)
    : tokens_(std::move(tokens)), ends_(std::move(ends)) {
  std::ranges::sort(ends_);
  for (const int32_t end : ends_) {
    if (end < 0 || static_cast<size_t>(end) >= tokens_.size()) {
      fail(Error::Code::kInvalidArgument, "grammar: token ", end,
           " ends a text but does not exist, expected an id below ", tokens_.size());
    }
  }
  // A node knows its depth in 16 bits; no vocabulary has tokens of such a length.
  constexpr size_t kLongest = std::numeric_limits<uint16_t>::max();
  for (size_t id = 0; id < tokens_.size(); ++id) {
    const auto token = static_cast<int32_t>(id);
    if (is_end(token)) continue;
    if (tokens_[id].empty() || tokens_[id].size() > kLongest) continue;
    order_.push_back(token);
  }
  std::ranges::sort(order_, [&](int32_t a, int32_t b) {
    return std::pair(bytes(a), a) < std::pair(bytes(b), b);
  });
  add_nodes();
}

bool TokenTrie::is_end(int32_t token) const { return std::ranges::binary_search(ends_, token); }

void TokenTrie::add_nodes() {
  std::vector<uint32_t> path{0};  // the nodes of the prefixes of the last token
  nodes_.emplace_back();
  const auto close = [&](size_t depth) {
    for (; path.size() > depth + 1; path.pop_back()) {
      nodes_[path.back()].end = static_cast<uint32_t>(nodes_.size());
    }
  };
  std::string_view last;
  for (uint32_t i = 0; i < order_.size(); ++i) {
    const std::string_view token = bytes(order_[i]);
    const auto [different, unused] = std::ranges::mismatch(token, last);
    close(static_cast<size_t>(different - token.begin()));
    while (path.size() <= token.size()) {
      const auto depth = static_cast<uint16_t>(path.size());
      path.push_back(static_cast<uint32_t>(nodes_.size()));
      nodes_.push_back({.depth = depth, .byte = static_cast<uint8_t>(token[depth - 1u])});
    }
    Node& node = nodes_[path.back()];
    if (node.count++ == 0) node.first = i;
    longest_ = std::max(longest_, static_cast<uint32_t>(token.size()));
    last = token;
  }
  close(0);
  nodes_[0].end = static_cast<uint32_t>(nodes_.size());
}

}  // namespace cria::grammar
