#pragma once
// Control tokens in grammars: where one is wanted, its text spelled by other tokens is not what a
// model was taught. In bytes that grammars match it is its text behind a byte that no text has.

#include <string>
#include <string_view>
#include <vector>

namespace cria::grammar {

class ControlTokens {
 public:
  ControlTokens() = default;
  // The texts of those that the vocabulary has.
  explicit ControlTokens(std::vector<std::string> texts);

  // A token's bytes in a TokenTrie.
  static std::string bytes(std::string_view text);
  // A text's bytes in a grammar: where the text of a control token begins, the longest if there are
  // several, that token is.
  std::string mark(std::string_view text) const;

 private:
  std::vector<std::string> texts_;  // the longest first
};

}  // namespace cria::grammar
