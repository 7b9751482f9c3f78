#include "grammar/compose.h"

#include <array>
#include <map>
#include <string_view>

#include "base/error.h"

namespace cria::grammar {
namespace {

constexpr StateId kFirstOwn = kEndOfText + 1;  // the states before are those of every grammar
constexpr int kMostSpace = 16;

// [i]: the longest proper prefix of the first i bytes that also ends them (Knuth, Morris, Pratt).
std::vector<size_t> borders(std::string_view text) {
  std::vector<size_t> of(text.size() + 1);
  for (size_t i = 1; i < text.size(); ++i) {
    size_t border = of[i];
    while (border > 0 && text[border] != text[i]) border = of[border];
    of[i + 1] = text[border] == text[i] ? border + 1 : 0;
  }
  return of;
}

}  // namespace

class Composer {
 public:
  explicit Composer(const Limits& limits) : limits_(limits), made_(std::make_shared<Grammar>()) {
    made_->states_.resize(kFirstOwn);
    made_->loops_.resize(1);
  }

  std::shared_ptr<const Grammar> one_of(std::span<const Sequence> sequences) {
    std::vector<StateId> starts;
    for (const Sequence& sequence : sequences) {
      StateId next = kEndOfRule;
      for (size_t i = sequence.size(); i-- > 0;) {
        next = std::visit([&](const auto& part) { return add(part, next); }, sequence[i]);
      }
      starts.push_back(next);
    }
    made_->root_ = static_cast<Rule>(made_->starts_.size());
    made_->starts_.push_back(split(starts));
    made_->find_classes();
    return made_;
  }

 private:
  StateId add(State state) {
    check(1);
    made_->states_.push_back(state);
    return static_cast<StateId>(made_->states_.size() - 1);
  }
  void check(size_t more) const {
    const size_t size =
        std::max(made_->states_.size(), made_->edges_.size() + made_->targets_.size());
    if (size + more <= limits_.states) return;
    fail(Error::Code::kInvalidArgument, "grammar: more than ", limits_.states,
         " states, expected a smaller one");
  }
  StateId bytes(std::span<const Edge> edges) {
    const auto first = static_cast<uint32_t>(made_->edges_.size());
    made_->edges_.insert(made_->edges_.end(), edges.begin(), edges.end());
    return add({State::Kind::kBytes, first, static_cast<uint32_t>(edges.size())});
  }
  StateId split(std::span<const StateId> targets) {
    const auto first = static_cast<uint32_t>(made_->targets_.size());
    made_->targets_.insert(made_->targets_.end(), targets.begin(), targets.end());
    return add({State::Kind::kSplit, first, static_cast<uint32_t>(targets.size())});
  }

  StateId add(const Exactly& part, StateId next) {
    for (size_t i = part.bytes.size(); i-- > 0;) {
      const auto byte = static_cast<uint8_t>(part.bytes[i]);
      next = bytes(std::array{Edge{byte, byte, next}});
    }
    return next;
  }

  StateId add(const Space& /*part*/, StateId next) {
    StateId state = next;
    for (int i = 0; i < kMostSpace; ++i) {
      const StateId more = bytes(
          std::array{Edge{'\t', '\n', state}, Edge{'\r', '\r', state}, Edge{' ', ' ', state}});
      state = split(std::array{more, next});
    }
    return state;
  }

  // A state for each number of bytes that the text so far ends with.
  StateId add(const Until& part, StateId next) {
    const std::string_view end = part.bytes;
    CRIA_CHECK(!end.empty());
    const std::vector<size_t> borders = grammar::borders(end);
    const auto first = static_cast<StateId>(made_->states_.size());
    for (size_t matched = 0; matched < end.size(); ++matched) {
      std::vector<Edge> edges;
      for (unsigned byte = 0; byte <= UINT8_MAX; ++byte) {
        size_t after = matched;
        while (after > 0 && static_cast<uint8_t>(end[after]) != byte) after = borders[after];
        if (static_cast<uint8_t>(end[after]) == byte) ++after;
        const StateId target = after == end.size() ? next : first + static_cast<StateId>(after);
        const auto value = static_cast<uint8_t>(byte);
        if (edges.empty() || edges.back().target != target) edges.push_back({value, value, target});
        edges.back().last = value;
      }
      bytes(edges);
    }
    return first;
  }

  StateId add(const GrammarPart& part, StateId next) {
    const auto [found, is_new] = roots_.try_emplace(part.get());
    if (is_new) found->second = copy(*part);
    return add({State::Kind::kCall, found->second, next});
  }

  // The root rule of the copy.
  Rule copy(const Grammar& of) {
    check(std::max(of.states_.size(), of.edges_.size() + of.targets_.size()));
    const auto states = static_cast<StateId>(made_->states_.size()) - kFirstOwn;
    const auto edges = static_cast<uint32_t>(made_->edges_.size());
    const auto targets = static_cast<uint32_t>(made_->targets_.size());
    const auto loops = static_cast<uint32_t>(made_->loops_.size()) - 1;
    const auto rules = static_cast<Rule>(made_->starts_.size());
    const auto state_of = [&](StateId id) {
      return id < kFirstOwn || id == kNoState ? id : id + states;
    };
    for (size_t i = kFirstOwn; i < of.states_.size(); ++i) {
      State state = of.states_[i];
      if (state.loop > 0) state.loop += loops;
      if (state.kind == State::Kind::kBytes) state.first += edges;
      if (state.kind == State::Kind::kSplit) state.first += targets;
      if (state.kind == State::Kind::kTest || state.kind == State::Kind::kCount) {
        state.first += loops;
      }
      if (state.kind == State::Kind::kCall) {
        state.first += rules;
        state.count = state_of(state.count);
      }
      made_->states_.push_back(state);
    }
    for (Edge edge : of.edges_) {
      edge.target = state_of(edge.target);
      made_->edges_.push_back(edge);
    }
    for (const StateId target : of.targets_) made_->targets_.push_back(state_of(target));
    for (size_t i = 1; i < of.loops_.size(); ++i) {
      const Loop& loop = of.loops_[i];
      made_->loops_.push_back(
          {loop.min, loop.max, state_of(loop.test), state_of(loop.body), state_of(loop.exit)});
    }
    for (const StateId start : of.starts_) made_->starts_.push_back(state_of(start));
    return of.root_ + rules;
  }

  const Limits limits_;
  std::shared_ptr<Grammar> made_;
  std::map<const Grammar*, Rule> roots_;
};

std::shared_ptr<const Grammar> one_of(std::span<const Sequence> sequences, const Limits& limits) {
  return Composer(limits).one_of(sequences);
}

std::shared_ptr<const Grammar> calls_grammar(std::span<const CallShape> shapes,
                                             const ControlTokens& tokens, const Limits& limits) {
  std::vector<Sequence> sequences;
  for (const CallShape& shape : shapes) {
    sequences.push_back(
        {Exactly{tokens.mark(shape.before)}, shape.arguments, Exactly{tokens.mark(shape.after)}});
  }
  return one_of(sequences, limits);
}

}  // namespace cria::grammar
