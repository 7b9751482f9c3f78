#pragma once
// A regular expression as it is written, and the expressions of rules that it becomes.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/char_set.h"
#include "grammar/rules.h"

namespace cria::grammar {

class Pattern {
 public:
  // InvalidArgument, Unsupported: as of compile_regex.
  Pattern(std::string_view text, const Limits& limits);

  enum class Match {
    kWhole,    // of the whole text
    kAnywhere  // of any part of it
  };
  // How a character of a set is written where texts stand for others, as in JSON strings.
  using Spelling = std::function<Expr(const CharSet&)>;
  // The texts that match. Unsupported: ^ or $ other than at the ends of alternatives of the whole.
  Expr expression(Rules& rules, const Spelling& spelling, Match match) const;

  // Narrows it to texts of so many characters (max may be kUnbounded), as far as repetitions of
  // single characters can; false: not so, and nothing is changed.
  bool limit_length(uint32_t min, uint32_t max, Match match);

 private:
  friend class PatternParser;

  struct Node {
    enum class Kind : uint8_t { kChars, kSequence, kChoice, kRepeat, kStart, kEnd };
    Kind kind;
    CharSet chars = {};
    std::vector<uint32_t> parts = {};  // kRepeat: one
    uint32_t min = 0, max = 0;
    size_t column = 0;
  };
  // Of texts, in characters.
  struct Lengths {
    uint64_t min, max;
  };
  struct Lowering;

  Lengths lengths(uint32_t node) const;

  std::vector<Node> nodes_;
  uint32_t root_ = 0;
};

}  // namespace cria::grammar
