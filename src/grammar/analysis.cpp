#include "grammar/analysis.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/quote.h"

namespace cria::grammar {
namespace {

using Kind = Expression::Kind;

// For each expression those whose facts depend on its own.
std::vector<std::vector<Expr>> users_of(const Rules& rules) {
  std::vector<std::vector<Expr>> users(rules.expressions().size());
  for (Expr user = 0; user < users.size(); ++user) {
    const Expression& e = rules.expressions()[user];
    if (e.kind == Kind::kSequence || e.kind == Kind::kChoice) {
      for (const Expr part : rules.parts_of(e)) users[part].push_back(user);
    } else if (e.kind == Kind::kRepeat) {
      users[e.first].push_back(user);
    } else if (e.kind == Kind::kRule) {
      users[rules.body(e.first)].push_back(user);
    }
  }
  return users;
}

// The fewest expressions for which the fact holds, given those of its parts and rules.
template <class Fact>
std::vector<bool> least_fixpoint(const Rules& rules, Fact fact) {
  const std::vector<std::vector<Expr>> users = users_of(rules);
  std::vector<bool> of(users.size());
  std::vector<Expr> to_see;
  for (Expr begin = 0; begin < users.size(); ++begin) {
    to_see.push_back(begin);
    while (!to_see.empty()) {
      const Expr expression = to_see.back();
      to_see.pop_back();
      if (of[expression] || !fact(rules.expressions()[expression], of)) continue;
      of[expression] = true;
      to_see.insert(to_see.end(), users[expression].begin(), users[expression].end());
    }
  }
  return of;
}

// Whether some text of an expression is one that `bytes` and `chars` accept of what it is made of.
template <class Bytes, class Chars>
std::vector<bool> made_of(const Rules& rules, Bytes bytes, Chars chars) {
  // Of each sequence, how many parts at its beginning it holds for: they are not looked at again.
  std::vector<uint32_t> held(rules.expressions().size());
  return least_fixpoint(rules, [&](const Expression& e, const auto& of) -> bool {
    const auto is = [&](Expr part) { return of[part]; };
    switch (e.kind) {
      case Kind::kBytes:
        return bytes(e);
      case Kind::kChars:
        return chars(e);
      case Kind::kSequence: {
        const auto parts = rules.parts_of(e);
        uint32_t& first = held[static_cast<size_t>(&e - rules.expressions().data())];
        while (first < parts.size() && of[parts[first]]) ++first;
        return first == parts.size();
      }
      case Kind::kChoice:
        return std::ranges::any_of(rules.parts_of(e), is);
      case Kind::kRepeat:
        return e.min == 0 || of[e.first];
      default:
        return of[rules.body(e.first)];
    }
  });
}

std::vector<bool> nullable(const Rules& rules) {
  return made_of(
      rules, [](const Expression& e) { return e.count == 0; },
      [](const Expression&) { return false; });
}

std::vector<bool> productive(const Rules& rules) {
  return made_of(
      rules, [](const Expression&) { return true; },
      [&](const Expression& e) { return !rules.chars_of(e).empty(); });
}

// The longest text of an expression in bytes, and its size when all is written out; both only
// while they are small.
struct Measure {
  uint32_t length = 0, size = 0;
};

constexpr uint32_t kMostLength = 16, kMostSize = 64;
constexpr int kMostLevels = 8;  // of brief rules within each other

using Measured = std::optional<Measure>;

Measured measure(const Rules& rules, const Expression& e, const std::vector<Measured>& of,
                 const std::vector<Measured>& of_rule) {
  Measure sum;
  const auto checked = [&]() -> Measured {
    if (sum.length > kMostLength || sum.size > kMostSize) return std::nullopt;
    return sum;
  };
  switch (e.kind) {
    case Kind::kBytes:
      sum = {e.count, e.count};
      return checked();
    case Kind::kChars: {
      const auto ranges = static_cast<uint32_t>(rules.chars_of(e).ranges().size());
      sum = {4, std::max<uint32_t>(1, ranges)};
      return checked();
    }
    case Kind::kRepeat:
      if (!of[e.first] || e.max > kMostLength) return std::nullopt;
      sum = {of[e.first]->length * e.max, of[e.first]->size * e.max};
      return checked();
    case Kind::kRule:
      return of_rule[e.first];
    default:
      break;
  }
  for (const Expr part : rules.parts_of(e)) {
    if (!of[part]) return std::nullopt;
    sum.size += of[part]->size;
    sum.length = e.kind == Kind::kSequence ? sum.length + of[part]->length
                                           : std::max(sum.length, of[part]->length);
    if (!checked()) return std::nullopt;
  }
  return sum;
}

std::vector<bool> brief(const Rules& rules) {
  std::vector<Measured> of(rules.expressions().size()), of_rule(rules.rules());
  for (int level = 0; level < kMostLevels; ++level) {
    for (size_t i = 0; i < of.size(); ++i)
      of[i] = measure(rules, rules.expressions()[i], of, of_rule);
    for (Rule rule = 0; rule < rules.rules(); ++rule) of_rule[rule] = of[rules.body(rule)];
  }
  std::vector<bool> brief(rules.rules());
  for (Rule rule = 0; rule < rules.rules(); ++rule) brief[rule] = of_rule[rule].has_value();
  return brief;
}

// The rules that a text of an expression may begin with.
void collect_first(const Rules& rules, const Facts& facts, Expr expression,
                   std::vector<Rule>& first) {
  const Expression& e = rules.expressions()[expression];
  if (e.kind == Kind::kRule) first.push_back(e.first);
  if (e.kind == Kind::kRepeat && e.max > 0) collect_first(rules, facts, e.first, first);
  if (e.kind != Kind::kSequence && e.kind != Kind::kChoice) return;
  for (const Expr part : rules.parts_of(e)) {
    collect_first(rules, facts, part, first);
    if (e.kind == Kind::kSequence && !facts.nullable[part]) return;
  }
}

void refuse_left_recursion(const Rules& rules, const Facts& facts) {
  enum class Mark : uint8_t { kNew, kOpen, kDone };
  struct Visit {
    Rule rule;
    std::vector<Rule> first;
  };
  std::vector<Mark> marks(rules.rules(), Mark::kNew);
  std::vector<Visit> path;
  const auto open = [&](Rule rule) {
    marks[rule] = Mark::kOpen;
    path.push_back({rule, {}});
    collect_first(rules, facts, rules.body(rule), path.back().first);
  };
  for (Rule rule = 0; rule < rules.rules(); ++rule) {
    if (marks[rule] == Mark::kNew) open(rule);
    while (!path.empty()) {
      if (path.back().first.empty()) {
        marks[path.back().rule] = Mark::kDone;
        path.pop_back();
        continue;
      }
      const Rule next = path.back().first.back();
      path.back().first.pop_back();
      if (marks[next] == Mark::kNew)
        open(next);
      else if (marks[next] == Mark::kOpen) {
        fail(Error::Code::kUnsupported, "grammar: rule ", quote(rules.name(next)),
             " begins with itself, expected something before it (left recursion)");
      }
    }
  }
}

}  // namespace

Facts analyse(const Rules& rules) {
  Facts facts{nullable(rules), productive(rules), brief(rules)};
  refuse_left_recursion(rules, facts);
  return facts;
}

}  // namespace cria::grammar
