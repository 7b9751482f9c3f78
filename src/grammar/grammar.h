#pragma once
// A compiled grammar: for each rule a nondeterministic automaton over bytes that may call other
// rules. Immutable; an Automaton (automaton.h) runs it.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "grammar/rules.h"

namespace cria::grammar {

using StateId = uint32_t;

// The end of every rule, and what follows the end of the whole text.
constexpr StateId kEndOfRule = 0, kEndOfText = 1;
// Where no text fits.
constexpr StateId kNoState = UINT32_MAX;

struct State {
  enum class Kind : uint8_t {
    kEnd,
    kBytes,  // `count` edges from `first`, any of which may be taken
    kSplit,  // `count` targets from `first`, each of which is gone on to
    kCall,   // rule `first`, then state `count`
    kTest,   // loop `first`: goes to its body while the count allows it, and to what is behind it
    kCount   // one more time through loop `first`, then to its test
  };
  Kind kind = Kind::kEnd;
  uint32_t first = 0, count = 0;
  uint32_t loop = 0;  // whose body it is in; 0: none
};

struct Edge {
  uint8_t first, last;  // bytes
  StateId target;
};

// A part of a rule that is repeated `min` to `max` times, which are counted.
struct Loop {
  uint32_t min = 0, max = 0;
  StateId test = 0, body = 0, exit = 0;
};

class Grammar {
 public:
  const State& state(StateId id) const { return states_[id]; }
  std::span<const Edge> edges(const State& s) const {
    return std::span(edges_).subspan(s.first, s.count);
  }
  std::span<const StateId> targets(const State& s) const {
    return std::span(targets_).subspan(s.first, s.count);
  }
  const Loop& loop(uint32_t id) const { return loops_[id]; }
  StateId start(Rule rule) const { return starts_[rule]; }
  Rule root() const { return root_; }

  // Bytes of one class are never told apart; the classes ascend with the bytes.
  size_t classes() const { return size_t{class_of_.back()} + 1; }
  uint8_t class_of(uint8_t byte) const { return class_of_[byte]; }

  size_t states() const { return states_.size(); }
  size_t memory() const;  // bytes

 private:
  friend class Compiler;
  friend class Composer;
  void find_classes();

  std::vector<State> states_;
  std::vector<Edge> edges_;
  std::vector<StateId> targets_;
  std::vector<Loop> loops_;
  std::vector<StateId> starts_;
  Rule root_ = 0;
  std::array<uint8_t, 256> class_of_{};
};

// All rules must be defined. InvalidArgument: nothing fits the root, or it is larger than the
// limits allow. Unsupported: a rule begins with itself; something that may be empty is repeated
// very often.
std::shared_ptr<const Grammar> compile(const Rules& rules, Rule root);

}  // namespace cria::grammar
