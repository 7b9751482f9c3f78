// Rules to automata, from their ends to their beginnings: each expression is built before the state
// that follows it.

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.h"
#include "base/quote.h"
#include "grammar/analysis.h"
#include "grammar/grammar.h"
#include "grammar/utf8.h"

namespace cria::grammar {
namespace {

using Kind = Expression::Kind;

constexpr uint32_t kUnknown = UINT32_MAX;
constexpr size_t kMostContinuations = 1000;
constexpr uint32_t kMostWrittenOut = 3;   // repetitions; more are counted,
constexpr uint32_t kMostOfLoops = 8;      // or more than these when some are counted within
constexpr uint32_t kMostOfNullable = 64;  // repetitions of what may be empty, which can not be
constexpr size_t kVisitsPerState = 20;    // of expressions, in the limit: some add no state

}  // namespace

class Compiler {
 public:
  explicit Compiler(const Rules& rules)
      : rules_(rules),
        facts_(analyse(rules)),
        grammar_(std::make_shared<Grammar>()),
        loops_(rules.expressions().size(), kUnknown) {}

  std::shared_ptr<const Grammar> compile(Rule root) {
    grammar_->states_.resize(kEndOfText + 1);
    grammar_->loops_.resize(1);  // number 0: no loop
    grammar_->starts_.assign(rules_.rules(), kNoState);
    grammar_->root_ = root;
    pending_.push_back({root, rules_.body(root)});
    while (!pending_.empty()) {
      const auto [rule, body] = pending_.back();
      pending_.pop_back();
      if (grammar_->starts_[rule] == kNoState) grammar_->starts_[rule] = build(body, kEndOfRule);
    }
    if (grammar_->starts_[root] == kNoState) {
      fail(Error::Code::kInvalidArgument, "grammar: no text fits rule ", quote(rules_.name(root)));
    }
    grammar_->find_classes();
    return grammar_;
  }

 private:
  StateId add(State state) {
    const size_t size =
        std::max(grammar_->states_.size(), grammar_->edges_.size() + grammar_->targets_.size());
    if (size >= rules_.limits().states) {
      fail(Error::Code::kInvalidArgument, "grammar: more than ", rules_.limits().states,
           " states, expected a smaller one");
    }
    state.loop = loop_;
    grammar_->states_.push_back(state);
    return static_cast<StateId>(grammar_->states_.size() - 1);
  }

  StateId add_edges(std::span<const Edge> edges) {
    const auto first = static_cast<uint32_t>(grammar_->edges_.size());
    grammar_->edges_.insert(grammar_->edges_.end(), edges.begin(), edges.end());
    return add({State::Kind::kBytes, first, static_cast<uint32_t>(edges.size())});
  }

  StateId add_split(std::span<const StateId> targets) {
    const StateId id = add({State::Kind::kSplit});
    set_targets(id, targets);
    return id;
  }
  void set_targets(StateId split, std::span<const StateId> targets) {
    State& state = grammar_->states_[split];
    state.first = static_cast<uint32_t>(grammar_->targets_.size());
    state.count = static_cast<uint32_t>(targets.size());
    grammar_->targets_.insert(grammar_->targets_.end(), targets.begin(), targets.end());
  }

  // The state where the expression begins that is followed by `next`; kNoState if nothing fits it.
  StateId build(Expr expression, StateId next) {
    visit();
    if (!facts_.productive[expression]) return kNoState;
    const Expression& e = rules_.expressions()[expression];
    switch (e.kind) {
      case Kind::kBytes:
        return build_bytes(rules_.bytes_of(e), next);
      case Kind::kChars:
        return build_chars(rules_.chars_of(e), next);
      case Kind::kSequence: {
        const auto parts = rules_.parts_of(e);
        for (size_t i = parts.size(); i-- > 0;) next = build(parts[i], next);
        return next;
      }
      case Kind::kChoice:
        return build_choice(rules_.parts_of(e), next);
      case Kind::kRepeat:
        return build_repeat(e, next);
      default:
        return build_rule(e.first, next);
    }
  }

  void visit() {
    if (++visits_ <= kVisitsPerState * rules_.limits().states) return;
    fail(Error::Code::kInvalidArgument,
         "grammar: too large written out, expected fewer repetitions within each other");
  }

  StateId build_bytes(std::string_view bytes, StateId next) {
    for (size_t i = bytes.size(); i-- > 0;) {
      const auto byte = static_cast<uint8_t>(bytes[i]);
      next = add_edges(std::array{Edge{byte, byte, next}});
    }
    return next;
  }

  StateId build_chars(const CharSet& set, StateId next) {
    std::vector<Edge> edges;
    for (const ByteSequence& sequence : utf8_sequences(set)) {
      StateId target = next;
      for (size_t i = sequence.length; i-- > 1;) {
        target = continuation(sequence.ranges[i], target);
      }
      edges.push_back({sequence.ranges[0].first, sequence.ranges[0].last, target});
    }
    return add_edges(edges);
  }
  // The same for all characters that end alike, as far as is remembered.
  StateId continuation(ByteRange bytes, StateId next) {
    if (continuations_.size() >= kMostContinuations) continuations_.clear();
    const auto [found, is_new] = continuations_.try_emplace({bytes.first, bytes.last, next, loop_});
    if (is_new) found->second = add_edges(std::array{Edge{bytes.first, bytes.last, next}});
    return found->second;
  }

  StateId build_choice(std::span<const Expr> parts, StateId next) {
    std::vector<StateId> targets;
    for (const Expr part : parts) {
      if (const StateId state = build(part, next); state != kNoState) targets.push_back(state);
    }
    return targets.size() == 1 ? targets[0] : add_split(targets);
  }

  StateId build_repeat(const Expression& e, StateId next) {
    if (e.max == 0 || !facts_.productive[e.first]) return next;
    const bool nullable = facts_.nullable[e.first];
    uint32_t min = nullable ? 0 : e.min;
    const uint32_t counted = e.max == kUnbounded ? min : e.max;
    const uint32_t within = loops(e.first);
    const bool few = counted <= kMostWrittenOut || (within == 1 && counted <= kMostOfLoops);
    if (!few && !nullable) return build_loop(e, next);
    if (counted > kMostOfNullable) {
      fail(Error::Code::kUnsupported, "grammar: something that may be empty is repeated up to ",
           e.max, " times, expected at most ", kMostOfNullable, ", or no limit");
    }
    StateId state = e.max == kUnbounded ? build_star(e.first, next) : next;
    for (uint32_t i = min; i < e.max && e.max != kUnbounded; ++i) {
      state = add_split(std::array{build(e.first, state), next});
    }
    for (; min > 0; --min) state = build(e.first, state);
    return state;
  }

  StateId build_star(Expr body, StateId next) {
    const StateId split = add({State::Kind::kSplit});
    const StateId start = build(body, split);
    set_targets(split, std::array{start, next});
    return split;
  }

  StateId build_loop(const Expression& e, StateId next) {
    const auto id = static_cast<uint32_t>(grammar_->loops_.size());
    const StateId test = add({State::Kind::kTest, id});
    grammar_->loops_.push_back({e.min, e.max, test, 0, next});
    CRIA_CHECK(loop_ == 0);
    loop_ = id;
    const StateId count = add({State::Kind::kCount, id});
    const bool counts = loops(e.first) > 0;
    const StateId body = counts ? call(anonymous(e.first), count) : build(e.first, count);
    loop_ = 0;
    grammar_->loops_[id].body = body;
    return test;
  }

  // How many counted repetitions are within each other in an expression, without rules that are
  // called.
  uint32_t loops(Expr expression) {
    if (loops_[expression] != kUnknown) return loops_[expression];
    const Expression& e = rules_.expressions()[expression];
    uint32_t most = 0;
    if (e.kind == Kind::kSequence || e.kind == Kind::kChoice) {
      for (const Expr part : rules_.parts_of(e)) most = std::max(most, loops(part));
    } else if (e.kind == Kind::kRule && facts_.brief[e.first]) {
      most = loops(rules_.body(e.first));
    } else if (e.kind == Kind::kRepeat) {
      const uint32_t counted = e.max == kUnbounded ? e.min : e.max;
      most = loops(e.first) + (counted > kMostWrittenOut && !facts_.nullable[e.first] ? 1 : 0);
    }
    return loops_[expression] = most;
  }

  // Each call of a rule counts for itself, so what is repeated and counts itself is a rule of its
  // own.
  Rule anonymous(Expr expression) {
    const auto [found, is_new] =
        anonymous_.try_emplace(expression, static_cast<Rule>(grammar_->starts_.size()));
    if (is_new) {
      grammar_->starts_.push_back(kNoState);
      pending_.push_back({found->second, expression});
    }
    return found->second;
  }

  StateId build_rule(Rule rule, StateId next) {
    if (facts_.brief[rule]) return build(rules_.body(rule), next);
    if (grammar_->starts_[rule] == kNoState) pending_.push_back({rule, rules_.body(rule)});
    return call(rule, next);
  }
  StateId call(Rule rule, StateId next) { return add({State::Kind::kCall, rule, next}); }

  struct Pending {
    Rule rule;
    Expr body;
  };

  const Rules& rules_;
  const Facts facts_;
  std::shared_ptr<Grammar> grammar_;
  std::vector<Pending> pending_;
  std::vector<uint32_t> loops_;  // loops(), where it is known
  std::map<Expr, Rule> anonymous_;
  std::map<std::tuple<uint8_t, uint8_t, StateId, uint32_t>, StateId> continuations_;
  size_t visits_ = 0;  // of build()
  uint32_t loop_ = 0;  // whose body is being built; 0: none
};

std::shared_ptr<const Grammar> compile(const Rules& rules, Rule root) {
  return Compiler(rules).compile(root);
}

void Grammar::find_classes() {
  std::array<bool, 257> starts{};
  for (const Edge& edge : edges_) {
    starts[edge.first] = true;
    starts[size_t{edge.last} + 1] = true;
  }
  uint8_t current = 0;
  for (size_t byte = 1; byte < 256; ++byte) {
    if (starts[byte]) ++current;
    class_of_[byte] = current;
  }
}

size_t Grammar::memory() const {
  return states_.size() * sizeof(State) + edges_.size() * sizeof(Edge) +
         targets_.size() * sizeof(StateId) + loops_.size() * sizeof(Loop) +
         starts_.size() * sizeof(StateId);
}

}  // namespace cria::grammar
