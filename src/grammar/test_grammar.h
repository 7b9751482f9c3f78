#pragma once
// For tests: whether texts fit a grammar, random walks through it, and masks by trying every token.

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/grammar.h"
#include "grammar/matcher.h"

namespace cria::grammar {

using GrammarPtr = std::shared_ptr<const Grammar>;

inline std::shared_ptr<const TokenTrie> no_tokens() {
  return std::make_shared<TokenTrie>(std::vector<std::string>{}, std::vector<int32_t>{});
}

inline bool fits(const GrammarPtr& grammar, std::string_view text) {
  Matcher matcher(std::make_shared<Constraint>(grammar, no_tokens()));
  return matcher.accept_bytes(text) && matcher.can_end();
}

inline bool begins(const GrammarPtr& grammar, std::string_view text) {
  return Matcher(std::make_shared<Constraint>(grammar, no_tokens())).accept_bytes(text);
}

// All bytes, and pieces as vocabularies have them: of words, of JSON, with spaces, cut characters,
// a few of them long.
// The last token ends a text.
inline std::shared_ptr<const TokenTrie> test_tokens(uint32_t seed, size_t count) {
  const std::vector<std::string> parts{
      "\"",  "{",    "}",    "[",        "]",    ":",        ",",    " ",  "\n",  "  ",
      "a",   "b",    "ab",   "0",        "1",    "12",       "true", "fa", "lse", "\\",
      "\\n", "\\u",  "00",   "d8",       "-",    ".",        "e",    "x",  "xy",  "name",
      "id",  "\xc3", "\xa9", "\xe2\x82", "\xac", "\xf0\x9f", "é",    "€"};
  std::mt19937 random(seed);
  std::vector<std::string> tokens{""};  // as control tokens are
  for (int byte = 0; byte < 256; ++byte) tokens.emplace_back(1, static_cast<char>(byte));
  while (tokens.size() < count) {
    std::string token;
    for (auto i = random() % 16 == 0 ? 14 : random() % 4 + 1; i > 0; --i)
      token += parts[random() % parts.size()];
    tokens.push_back(std::move(token));
  }
  tokens.emplace_back("<end>");
  const auto end = static_cast<int32_t>(tokens.size() - 1);
  return std::make_shared<TokenTrie>(std::move(tokens), std::vector<int32_t>{end});
}

inline std::vector<int32_t> tokens_of(std::span<const uint64_t> mask, size_t tokens) {
  std::vector<int32_t> set;
  for (size_t i = 0; i < tokens; ++i) {
    if (mask[i / 64] >> (i % 64) & 1) set.push_back(static_cast<int32_t>(i));
  }
  return set;
}

inline std::vector<int32_t> allowed(Matcher& matcher, const TokenTrie& trie) {
  std::vector<uint64_t> mask(trie.words(), ~uint64_t{0});
  matcher.mask(mask);
  return tokens_of(mask, trie.size());
}

inline std::vector<int32_t> allowed_by_trying(const Matcher& matcher, const TokenTrie& trie) {
  std::vector<int32_t> set;
  for (size_t i = 0; i < trie.size(); ++i) {
    Matcher copy = matcher;
    if (copy.accept(static_cast<int32_t>(i))) set.push_back(static_cast<int32_t>(i));
  }
  return set;
}

// Tokens at random, the longer ones more often, until the text ends or has so many.
struct Walk {
  std::string text;
  bool ended = false;
};
template <class EachStep>
Walk random_walk(Matcher matcher, const TokenTrie& trie, uint32_t seed, int most,
                 EachStep each_step) {
  std::mt19937 random(seed);
  Walk walk;
  for (int i = 0; i < most && !walk.ended; ++i) {
    const std::vector<int32_t> choices = allowed(matcher, trie);
    each_step(matcher, choices);
    if (choices.empty()) break;
    int32_t token = choices[random() % choices.size()];
    const int32_t other = choices[random() % choices.size()];
    if (trie.bytes(other).size() > trie.bytes(token).size()) token = other;
    if (matcher.can_end() && random() % 4 == 0) token = trie.ends()[0];
    walk.ended = trie.is_end(token);
    if (!walk.ended) walk.text += trie.bytes(token);
    if (!matcher.accept(token)) break;
  }
  return walk;
}

}  // namespace cria::grammar
