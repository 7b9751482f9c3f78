#pragma once
// Where any characters of some kinds lead to: most tokens are made of such, and need not be
// followed one by one.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "grammar/automaton.h"
#include "grammar/char_kinds.h"

namespace cria::grammar {

// Any characters of `kinds` lead from one set to the same, again and again, and those of `dead` to
// nothing, wherever they come between these.
struct Run {
  CharKinds kinds = 0, dead = 0;
  std::vector<SetId> counts{};  // [n]: Automaton::counts() after n of `kinds`

  size_t length() const { return counts.size() - 1; }
  // Whether it tells all of texts of some kinds, and whether it allows them.
  bool covers(CharKinds of, size_t chars) const {
    return (of & ~(kinds | dead)) == 0 && chars <= length();
  }
  bool allows(CharKinds of) const { return (of & ~kinds) == 0; }
};

class Runs {
 public:
  explicit Runs(Automaton& automaton) : automaton_(automaton) {}

  const Run& from(SetId set);
  size_t memory() const;  // bytes, about

 private:
  // One character.
  struct Step {
    CharKinds kinds = 0, dead = 0;
    SetId to = kDead;  // of `kinds`
  };

  const Step& step(SetId from);
  SetId target(SetId from, size_t kind);
  SetId target(SetId from, const ByteSequence& sequence, size_t index);

  Automaton& automaton_;
  std::unordered_map<SetId, Step> steps_;
  std::unordered_map<SetId, Run> runs_;
};

}  // namespace cria::grammar
