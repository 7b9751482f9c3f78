#pragma once
// Follows a grammar over the single bytes as tokens: always the first that is allowed. Whatever has
// begun can go on or end.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "grammar/matcher.h"

namespace cria::grammar {

inline std::shared_ptr<const TokenTrie> bytes_and_end() {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) tokens.emplace_back(1, static_cast<char>(byte));
  tokens.emplace_back("<end>");
  return std::make_shared<TokenTrie>(std::move(tokens), std::vector<int32_t>{256});
}

inline void follow(const std::shared_ptr<const Grammar>& grammar) {
  static const std::shared_ptr<const TokenTrie> trie = bytes_and_end();
  const MatchLimits limits{.memory = size_t{1} << 20, .work = 100'000, .depth = 100};
  Matcher matcher(std::make_shared<Constraint>(grammar, trie, limits));
  std::vector<uint64_t> mask(trie->words());
  for (int i = 0; i < 100; ++i) {
    matcher.mask(mask);
    int32_t token = 0;
    while (token < 257 && !(mask[static_cast<size_t>(token) / 64] >> (token % 64) & 1)) ++token;
    CRIA_CHECK(token < 257);
    CRIA_CHECK(matcher.accept(token));
    if (token == 256) return;
  }
}

}  // namespace cria::grammar
