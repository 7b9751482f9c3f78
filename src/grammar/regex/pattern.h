#pragma once
// A regular expression as it is written, and the expressions of rules that it becomes.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/char_set.h"
#include "grammar/regex/languages.h"
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
  Expr expression(Rules& rules, const Spelling& spelling, Match match) const {
    Languages::Work work;
    return expression(rules, spelling, match, work);
  }
  // As one of several, which look ahead only so much together.
  Expr expression(Rules& rules, const Spelling& spelling, Match match, Languages::Work& work) const;

  // Narrows it to texts of so many characters (max may be kUnbounded), as far as repetitions of
  // single characters can; false: not so, and nothing is changed.
  bool limit_length(uint32_t min, uint32_t max, Match match);

  // The texts that match, to be combined with others. Unsupported: as above, and large patterns.
  Languages::Id language(Languages& languages, Match match) const;

 private:
  friend class PatternParser;

  struct Node {
    enum class Kind : uint8_t {
      kChars,
      kSequence,
      kChoice,
      kRepeat,
      kStart,
      kEnd,
      kAhead,
      kNotAhead
    };
    Kind kind;
    CharSet chars = {};
    std::vector<uint32_t> parts = {};  // kRepeat, kAhead, kNotAhead: one
    uint32_t min = 0, max = 0;
    size_t column = 0;
    bool has_place = false;  // it, or a part, depends on where in the text it stands
  };
  // Of texts, in characters.
  struct Lengths {
    uint64_t min, max;
  };
  struct Lowering;
  struct Meaning;

  Lengths lengths(uint32_t node) const;

  std::vector<Node> nodes_;  // parts before what they are parts of
  uint32_t root_ = 0;
  bool looks_ahead_ = false;
};

}  // namespace cria::grammar
