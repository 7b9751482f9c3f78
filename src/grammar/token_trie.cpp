#include "grammar/token_trie.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"
#include "grammar/utf8.h"

namespace cria::grammar {
namespace {

struct Look {
  CharKinds kinds = 0;
  uint16_t chars = 0;  // without kNever
};

Look look_at(std::string_view token) {
  Look look;
  for (; !token.empty() && (look.kinds & kNever) == 0; ++look.chars) {
    const auto c = take_utf8(token);
    look.kinds |= c ? kind_of(*c) : kNever;
  }
  return look;
}

}  // namespace

TokenTrie::TokenTrie(std::vector<std::string> tokens, std::vector<int32_t> ends)
    : tokens_(std::move(tokens)), ends_(std::move(ends)) {
  std::ranges::sort(ends_);
  for (const int32_t end : ends_) {
    if (end < 0 || static_cast<size_t>(end) >= tokens_.size()) {
      fail(Error::Code::kInvalidArgument, "grammar: token ", end,
           " ends a text but does not exist, expected an id below ", tokens_.size());
    }
  }
  sort_tokens();
}

bool TokenTrie::is_end(int32_t token) const { return std::ranges::binary_search(ends_, token); }

void TokenTrie::sort_tokens() {
  // A node knows its depth in 16 bits; no vocabulary has tokens of such a length.
  constexpr size_t kLongest = std::numeric_limits<uint16_t>::max();
  std::vector<int32_t> others;
  for (size_t id = 0; id < tokens_.size(); ++id) {
    const auto token = static_cast<int32_t>(id);
    if (is_end(token)) continue;
    if (tokens_[id].empty() || tokens_[id].size() > kLongest) continue;
    const auto [kinds, chars] = look_at(tokens_[id]);
    const bool is_plain = (kinds & kNever) == 0 && chars <= kMostPlain;
    if (is_plain) plain_[chars].push_back({token, kinds});
    (is_plain ? order_ : others).push_back(token);
  }
  const auto by_bytes = [&](int32_t a, int32_t b) {
    return std::pair(bytes(a), a) < std::pair(bytes(b), b);
  };
  std::ranges::sort(order_, by_bytes);
  std::ranges::sort(others, by_bytes);
  const auto first_other = static_cast<uint32_t>(order_.size());
  order_.insert(order_.end(), others.begin(), others.end());
  add_nodes(0, first_other);
  other_root_ = static_cast<uint32_t>(nodes_.size());
  add_nodes(first_other, static_cast<uint32_t>(order_.size()));
}

// Those of order_ from `first` to `last`.
void TokenTrie::add_nodes(uint32_t first, uint32_t last) {
  std::vector<uint32_t> path{static_cast<uint32_t>(nodes_.size())};  // the last token's prefixes
  nodes_.push_back({.first = first});
  const auto close = [&](size_t depth) {
    for (; path.size() > depth; path.pop_back()) {
      nodes_[path.back()].end = static_cast<uint32_t>(nodes_.size());
    }
  };
  std::string_view before;
  for (uint32_t i = first; i < last; ++i) {
    const std::string_view token = bytes(order_[i]);
    const auto [different, unused] = std::ranges::mismatch(token, before);
    close(static_cast<size_t>(different - token.begin()) + 1);
    while (path.size() <= token.size()) {
      const auto depth = static_cast<uint16_t>(path.size());
      path.push_back(static_cast<uint32_t>(nodes_.size()));
      nodes_.push_back(
          {.first = i, .depth = depth, .byte = static_cast<uint8_t>(token[depth - 1u])});
    }
    ++nodes_[path.back()].count;
    const auto [kinds, chars] = look_at(token);
    for (const uint32_t node : path) {
      nodes_[node].kinds |= kinds;
      nodes_[node].longest = std::max(nodes_[node].longest, chars);
    }
    longest_ = std::max(longest_, static_cast<uint32_t>(token.size()));
    before = token;
  }
  close(0);
}

}  // namespace cria::grammar
