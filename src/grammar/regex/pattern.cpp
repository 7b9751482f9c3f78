#include "grammar/regex/pattern.h"

#include <algorithm>
#include <optional>

#include "base/error.h"

namespace cria::grammar {
namespace {

constexpr uint64_t kNoLimit = uint64_t{1} << 40;  // far above all others, far from overflow

}  // namespace

// What stands at an end of the whole, and is not bound to it by ^ or $, may have any text beside
// it.
struct Pattern::Lowering {
  using Kind = Node::Kind;

  const Pattern& pattern;
  Rules& rules;
  const Spelling& spelling;
  std::optional<Expr> any;  // none: whole texts

  Expr lower(uint32_t id, bool at_start, bool at_end) {
    const Node& node = pattern.nodes_[id];
    switch (node.kind) {
      case Kind::kChoice: {
        std::vector<Expr> parts;
        for (const uint32_t part : node.parts) parts.push_back(lower(part, at_start, at_end));
        return rules.choice(parts);
      }
      case Kind::kSequence:
        return sequence(node.parts, at_start, at_end);
      default:
        return sequence(std::span(&id, 1), at_start, at_end);
    }
  }

  Expr sequence(std::span<const uint32_t> parts, bool at_start, bool at_end) {
    const bool bound_to_start = at_start && !parts.empty() && is(parts.front(), Kind::kStart);
    while (at_start && !parts.empty() && is(parts.front(), Kind::kStart)) parts = parts.subspan(1);
    const bool bound_to_end = at_end && !parts.empty() && is(parts.back(), Kind::kEnd);
    while (at_end && !parts.empty() && is(parts.back(), Kind::kEnd)) {
      parts = parts.first(parts.size() - 1);
    }
    // A group at an end has ends of its own.
    const bool first_has = at_start && !bound_to_start && !parts.empty() && is_group(parts.front());
    const bool last_has = at_end && !bound_to_end && !parts.empty() && is_group(parts.back());
    std::vector<Expr> built;
    if (any && at_start && !bound_to_start && !first_has) built.push_back(*any);
    for (size_t i = 0; i < parts.size(); ++i) {
      built.push_back(part(parts[i], first_has && i == 0, last_has && i + 1 == parts.size()));
    }
    if (any && at_end && !bound_to_end && !last_has) built.push_back(*any);
    return rules.sequence(built);
  }

  Expr part(uint32_t id, bool at_start, bool at_end) {
    const Node& node = pattern.nodes_[id];
    switch (node.kind) {
      case Kind::kChars:
        return spelling(node.chars);
      case Kind::kRepeat:
        return rules.repeat(lower(node.parts[0], false, false), node.min, node.max);
      case Kind::kStart:
      case Kind::kEnd:
        fail(Error::Code::kUnsupported, "regex: line 1, column ", node.column, ": ",
             node.kind == Kind::kStart ? "^" : "$", " is supported only at the ",
             node.kind == Kind::kStart ? "start" : "end", " of the whole expression");
      default:
        return lower(id, at_start, at_end);
    }
  }

  bool is(uint32_t id, Kind kind) const { return pattern.nodes_[id].kind == kind; }
  bool is_group(uint32_t id) const { return is(id, Kind::kChoice) || is(id, Kind::kSequence); }
};

Expr Pattern::expression(Rules& rules, const Spelling& spelling, Match match,
                         Languages::Work& work) const {
  if (looks_ahead_) {
    Languages languages(work);
    return languages.expression(language(languages, match), rules, spelling);
  }
  std::optional<Expr> any;
  if (match == Match::kAnywhere) any = rules.repeat(spelling(CharSet::all()), 0);
  return Lowering{*this, rules, spelling, any}.lower(root_, true, true);
}

Pattern::Lengths Pattern::lengths(uint32_t id) const {
  const Node& node = nodes_[id];
  Lengths sum{0, 0};
  switch (node.kind) {
    case Node::Kind::kChars:
      return {1, 1};
    case Node::Kind::kRepeat: {
      const Lengths once = lengths(node.parts[0]);
      const uint64_t times = node.max == kUnbounded ? kNoLimit : node.max;
      const bool none = once.max == 0 || times == 0;
      const bool much = !none && (once.max >= kNoLimit / times);
      return {std::min(kNoLimit, once.min >= kNoLimit ? kNoLimit : once.min * node.min),
              none   ? 0
              : much ? kNoLimit
                     : once.max * times};
    }
    case Node::Kind::kSequence:
      for (const uint32_t part : node.parts) {
        const Lengths more = lengths(part);
        sum = {std::min(kNoLimit, sum.min + more.min), std::min(kNoLimit, sum.max + more.max)};
      }
      return sum;
    case Node::Kind::kChoice:
      sum = {kNoLimit, 0};
      for (const uint32_t part : node.parts) {
        const Lengths other = lengths(part);
        sum = {std::min(sum.min, other.min), std::max(sum.max, other.max)};
      }
      return sum;
    default:
      return sum;
  }
}

// One repetition of a character may vary among parts of fixed lengths: its bounds give way.
bool Pattern::limit_length(uint32_t min, uint32_t max, Match match) {
  if (looks_ahead_) return min == 0 && max == kUnbounded;
  const auto is = [&](uint32_t id, Node::Kind kind) { return nodes_[id].kind == kind; };
  const std::vector<uint32_t> parts =
      is(root_, Node::Kind::kSequence) ? nodes_[root_].parts : std::vector{root_};
  const bool bound =
      match == Match::kWhole || (parts.size() > 1 && is(parts.front(), Node::Kind::kStart) &&
                                 is(parts.back(), Node::Kind::kEnd));
  const uint64_t most = max == kUnbounded ? kNoLimit : max;
  const Lengths whole = lengths(root_);
  if (!bound) return most == kNoLimit && whole.min >= min;  // what is beside it may be any length
  if (whole.min >= min && whole.max <= most) return true;

  uint64_t fixed = 0;
  Node* varies = nullptr;
  for (const uint32_t part : parts) {
    const Lengths its = lengths(part);
    if (its.min == its.max) {
      fixed += its.min;
    } else if (!varies && is(part, Node::Kind::kRepeat) &&
               is(nodes_[part].parts[0], Node::Kind::kChars)) {
      varies = &nodes_[part];
    } else {
      return false;
    }
  }
  if (!varies || fixed > most) return false;
  const uint64_t least = std::max<uint64_t>(varies->min, min > fixed ? min - fixed : 0);
  const uint64_t limit = most == kNoLimit ? kUnbounded : most - fixed;
  if (least > std::min<uint64_t>(varies->max, limit)) return false;
  varies->min = static_cast<uint32_t>(least);
  varies->max = static_cast<uint32_t>(std::min<uint64_t>(varies->max, limit));
  return true;
}

}  // namespace cria::grammar
