#include "grammar/regex/languages.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace cria::grammar {
namespace {

constexpr size_t kMostNodes = 100'000, kMostSets = 500, kMostStates = 20'000;
constexpr size_t kMostWork = 1'000'000, kMostWorkTogether = 2'000'000;

[[noreturn]] void too_large() {
  fail(Error::Code::kUnsupported,
       "regex: too many states to look ahead, or to be combined with others or with bounds");
}

}  // namespace

Languages::Languages(Work& work) : work_(work) {
  CRIA_CHECK(intern({Kind::kNothing}) == kNothing);
  CRIA_CHECK(intern({Kind::kEmptyText}) == kEmptyText);
  anything_ = repeat(chars(CharSet::all()), 0, kUnbounded);
}

Languages::Id Languages::intern(Node node) {
  const auto [found, is_new] = ids_.try_emplace(std::move(node), static_cast<Id>(nodes_.size()));
  if (!is_new) return found->second;
  if (nodes_.size() >= kMostNodes) too_large();
  nodes_.push_back(found->first);
  nullable_.push_back(find_nullable(found->first));
  return found->second;
}

void Languages::spend(size_t parts) {
  own_work_.done += parts;
  if (&work_ != &own_work_) work_.done += parts;
  if (own_work_.done > kMostWork || work_.done > kMostWorkTogether) too_large();
}

bool Languages::find_nullable(const Node& node) const {
  const auto is = [&](Id part) -> bool { return nullable_[part]; };
  switch (node.kind) {
    case Kind::kEmptyText:
      return true;
    case Kind::kSequence:
    case Kind::kBoth:
      return std::ranges::all_of(node.parts, is);
    case Kind::kEither:
      return std::ranges::any_of(node.parts, is);
    case Kind::kExcept:
      return !is(node.parts[0]);
    case Kind::kRepeat:
      return node.min == 0 || is(node.parts[0]);
    default:
      return false;
  }
}

Languages::Id Languages::chars(const CharSet& set) {
  if (set.empty()) return kNothing;
  auto found = std::ranges::find(sets_, set);
  if (found == sets_.end()) {
    if (sets_.size() >= kMostSets) too_large();
    found = sets_.insert(sets_.end(), set);
  }
  return intern({.kind = Kind::kChars, .min = static_cast<uint32_t>(found - sets_.begin())});
}

// The first part of a sequence is none itself, so that equal ones are found to be equal.
Languages::Id Languages::sequence(Id first, Id then) {
  if (first == kNothing || then == kNothing) return kNothing;
  if (first == kEmptyText) return then;
  if (then == kEmptyText) return first;
  if (nodes_[first].kind == Kind::kSequence) {
    const Id head = nodes_[first].parts[0], rest = nodes_[first].parts[1];
    return sequence(head, sequence(rest, then));
  }
  return intern({.kind = Kind::kSequence, .parts = {first, then}});
}

Languages::Id Languages::combine(Kind kind, std::vector<Id> parts) {
  const bool is_either = kind == Kind::kEither;
  const Id neutral = is_either ? kNothing : anything_, decides = is_either ? anything_ : kNothing;
  std::vector<Id> flat;
  for (const Id part : parts) {
    if (nodes_[part].kind == kind) {
      flat.insert(flat.end(), nodes_[part].parts.begin(), nodes_[part].parts.end());
    } else if (part != neutral) {
      flat.push_back(part);
    }
  }
  spend(flat.size());
  std::ranges::sort(flat);
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  if (flat.empty()) return neutral;
  if (std::ranges::find(flat, decides) != flat.end()) return decides;
  if (flat.size() == 1) return flat[0];
  return intern({.kind = kind, .parts = std::move(flat)});
}

Languages::Id Languages::except(Id of) {
  if (of == kNothing) return anything_;
  if (of == anything_) return kNothing;
  if (nodes_[of].kind == Kind::kExcept) return nodes_[of].parts[0];
  return intern({.kind = Kind::kExcept, .parts = {of}});
}

Languages::Id Languages::repeat(Id of, uint32_t min, uint32_t max) {
  if (max == 0 || of == kEmptyText) return kEmptyText;
  if (of == kNothing) return min == 0 ? kEmptyText : kNothing;
  if (min == 1 && max == 1) return of;
  return intern({.kind = Kind::kRepeat, .parts = {of}, .min = min, .max = max});
}

std::vector<Languages::Class> Languages::classes() const {
  std::vector<char32_t> starts;
  for (const CharSet& set : sets_) {
    for (const CharRange& range : set.ranges()) {
      starts.push_back(range.first);
      starts.push_back(range.last + 1);
    }
  }
  std::ranges::sort(starts);
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  std::map<std::vector<bool>, std::vector<CharRange>> by_sets;
  for (size_t i = 0; i + 1 < starts.size(); ++i) {
    std::vector<bool> in;
    for (const CharSet& set : sets_) in.push_back(set.contains(starts[i]));
    if (std::ranges::find(in, true) != in.end()) {
      by_sets[in].push_back({starts[i], starts[i + 1] - 1});
    }
  }
  std::vector<Class> classes;
  for (auto& [in, ranges] : by_sets) {
    const char32_t one = ranges[0].first;
    classes.push_back({CharSet(std::move(ranges)), one});
  }
  return classes;
}

Languages::Id Languages::after(Id language, uint32_t of_class) {
  const std::pair key{language, of_class};
  if (const auto found = after_.find(key); found != after_.end()) return found->second;
  spend(1);
  const Node node = nodes_[language];  // others are made meanwhile
  const Id rest = derive(node, of_class);
  after_.emplace(key, rest);
  return rest;
}

Languages::Id Languages::derive(const Node& node, uint32_t of_class) {
  switch (node.kind) {
    case Kind::kChars:
      return sets_[node.min].contains(classes_[of_class].one) ? kEmptyText : kNothing;
    case Kind::kSequence: {
      const Id within = sequence(after(node.parts[0], of_class), node.parts[1]);
      if (!nullable_[node.parts[0]]) return within;
      return either({within, after(node.parts[1], of_class)});
    }
    case Kind::kEither:
    case Kind::kBoth: {
      std::vector<Id> parts;
      for (const Id part : node.parts) parts.push_back(after(part, of_class));
      return combine(node.kind, std::move(parts));
    }
    case Kind::kExcept:
      return except(after(node.parts[0], of_class));
    case Kind::kRepeat: {
      const uint32_t max = node.max == kUnbounded ? kUnbounded : node.max - 1;
      const Id more = repeat(node.parts[0], node.min > 0 ? node.min - 1 : 0, max);
      return sequence(after(node.parts[0], of_class), more);
    }
    default:
      return kNothing;
  }
}

// A rule for each language that is left behind some text.
Expr Languages::expression(Id language, Rules& rules,
                           const std::function<Expr(const CharSet&)>& spelling) {
  classes_ = classes();
  after_.clear();
  std::map<Id, Rule> states{{language, rules.declare("pattern")}};
  std::vector<Id> pending{language};
  while (!pending.empty()) {
    const Id from = pending.back();
    pending.pop_back();
    std::map<Id, std::vector<CharRange>> ways;
    for (uint32_t i = 0; i < classes_.size(); ++i) {
      const Id to = after(from, i);
      const auto ranges = classes_[i].chars.ranges();
      if (to != kNothing) ways[to].insert(ways[to].end(), ranges.begin(), ranges.end());
    }
    std::vector<Expr> choices;
    if (nullable_[from]) choices.push_back(rules.bytes(""));
    for (auto& [to, ranges] : ways) {
      const auto [found, is_new] = states.try_emplace(to);
      if (is_new) {
        if (states.size() > kMostStates) too_large();
        found->second = rules.declare("pattern");
        pending.push_back(to);
      }
      const Expr next = rules.rule(found->second);
      choices.push_back(rules.sequence({spelling(CharSet(std::move(ranges))), next}));
    }
    rules.define(states[from], rules.choice(choices));
  }
  return rules.rule(states[language]);
}

}  // namespace cria::grammar
