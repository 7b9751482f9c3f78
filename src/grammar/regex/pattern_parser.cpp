// The notation of regular expressions.

#include <algorithm>

#include "grammar/regex/escapes.h"
#include "grammar/regex/pattern.h"
#include "grammar/text_cursor.h"

namespace cria::grammar {

class PatternParser {
 public:
  using Node = Pattern::Node;
  using Kind = Node::Kind;

  PatternParser(std::string_view text, const Limits& limits, std::vector<Node>& nodes)
      : limits_(limits), at_("regex", text, limits.text), nodes_(nodes) {}

  uint32_t parse() {
    const uint32_t all = parse_choice();
    if (!at_.at_end()) at_.wrong("a ) that closes nothing");
    return all;
  }

 private:
  uint32_t add(Node node) {
    if (nodes_.size() >= limits_.expressions) {
      at_.wrong(concat("more than ", limits_.expressions, " parts"));
    }
    node.has_place = node.kind >= Kind::kStart || std::ranges::any_of(node.parts, [&](uint32_t id) {
                       return nodes_[id].has_place;
                     });
    nodes_.push_back(std::move(node));
    return static_cast<uint32_t>(nodes_.size() - 1);
  }

  uint32_t parse_choice() {
    std::vector<uint32_t> parts{parse_sequence()};
    while (at_.take("|")) parts.push_back(parse_sequence());
    return parts.size() == 1 ? parts[0] : add({.kind = Kind::kChoice, .parts = std::move(parts)});
  }

  uint32_t parse_sequence() {
    std::vector<uint32_t> parts;
    while (!at_.at_end() && !at_.at("|") && !at_.at(")")) parts.push_back(parse_repeated());
    return add({.kind = Kind::kSequence, .parts = std::move(parts)});
  }

  uint32_t parse_repeated() {
    const uint32_t item = parse_item();
    const TextCursor at = at_;
    const auto bounds = parse_bounds();
    if (!bounds) return item;
    const Kind kind = nodes_[item].kind;
    if (kind >= Kind::kStart) at.wrong("^, $ and what looks ahead can not be repeated");
    at_.take("?");  // as few as possible: the same texts
    if (at_.at("*") || at_.at("+") || at_.at("?") || begins_bounds()) {
      at_.wrong("a repetition of a repetition, expected a group");
    }
    return add({.kind = Kind::kRepeat, .parts = {item}, .min = bounds->first, .max = bounds->last});
  }

  struct Bounds {
    uint32_t first, last;
  };
  // "{" that begins no bounds stands for itself, as in JavaScript.
  bool begins_bounds() const {
    TextCursor ahead = at_;
    const auto digits = [&] {
      return ahead.take_while([](char c) { return c >= '0' && c <= '9'; }).size();
    };
    if (!ahead.take("{") || digits() == 0) return false;
    if (ahead.take(",")) digits();
    return ahead.at("}");
  }
  std::optional<Bounds> parse_bounds() {
    if (at_.take("*")) return Bounds{0, kUnbounded};
    if (at_.take("+")) return Bounds{1, kUnbounded};
    if (at_.take("?")) return Bounds{0, 1};
    if (!begins_bounds()) return std::nullopt;
    at_.advance();
    Bounds bounds{at_.take_number(), 0};
    bounds.last = bounds.first;
    if (at_.take(",")) bounds.last = at_.at("}") ? kUnbounded : at_.take_number();
    if (bounds.last < bounds.first) {
      at_.wrong(concat("repeated at least ", bounds.first, " and at most ", bounds.last, " times"));
    }
    at_.advance();
    return bounds;
  }

  uint32_t parse_item() {
    const size_t column = at_.offset() + 1;
    if (at_.take("(")) return parse_group();
    if (at_.take("[")) return chars(parse_class());
    if (at_.take(".")) return chars(line_terminators().complement());
    if (at_.take("^")) return add({.kind = Kind::kStart, .column = column});
    if (at_.take("$")) return add({.kind = Kind::kEnd, .column = column});
    if (at_.at("*") || at_.at("+") || at_.at("?") || begins_bounds()) {
      at_.wrong("a repetition of nothing");
    }
    if (at_.take("\\")) return chars(take_escape(at_, EscapePlace::kOutside));
    const char32_t c = at_.take_char();
    return chars(CharSet({{c, c}}));
  }
  uint32_t chars(CharSet set) { return add({.kind = Kind::kChars, .chars = std::move(set)}); }

  uint32_t parse_group() {
    if (at_.at("?<=") || at_.at("?<!")) at_.unsupported("looking behind is not supported");
    if (at_.take("?=")) return add({.kind = Kind::kAhead, .parts = {parse_rest_of_group()}});
    if (at_.take("?!")) return add({.kind = Kind::kNotAhead, .parts = {parse_rest_of_group()}});
    if (at_.take("?<") || at_.take("?P<")) {
      at_.take_while([](char c) { return c != '>' && c != ')'; });
      if (!at_.take(">")) at_.expected("> behind the name of a group");
    } else if (at_.at("?") && !at_.take("?:")) {
      at_.unsupported("flags and other extensions of groups are not supported");
    }
    return parse_rest_of_group();
  }
  uint32_t parse_rest_of_group() {
    if (++depth_ > limits_.nesting) at_.wrong(concat("groups nest deeper than ", limits_.nesting));
    const uint32_t group = parse_choice();
    if (!at_.take(")")) at_.expected(")");
    --depth_;
    return group;
  }

  CharSet parse_class() {
    const bool negated = at_.take("^");
    std::vector<CharRange> ranges;
    while (!at_.take("]")) {
      const CharSet first = parse_class_item();
      const bool is_range = at_.at("-") && !at_.at("-]");
      if (!is_range) {
        ranges.insert(ranges.end(), first.ranges().begin(), first.ranges().end());
        continue;
      }
      at_.advance();
      const CharRange from = single(first), to = single(parse_class_item());
      if (to.last < from.first) at_.wrong("a range whose last character comes before its first");
      ranges.push_back({from.first, to.last});
    }
    const CharSet set(std::move(ranges));
    return negated ? set.complement() : set;
  }
  CharSet parse_class_item() {
    if (at_.at_end()) at_.expected("]");
    if (at_.take("\\")) return take_escape(at_, EscapePlace::kInClass);
    const char32_t c = at_.take_char();
    return CharSet({{c, c}});
  }
  CharRange single(const CharSet& set) const {
    const bool is_one = set.ranges().size() == 1 && set.ranges()[0].first == set.ranges()[0].last;
    if (!is_one) at_.wrong("a range from or to a set of characters");
    return set.ranges()[0];
  }

  const Limits& limits_;
  TextCursor at_;
  std::vector<Node>& nodes_;
  size_t depth_ = 0;
};

Pattern::Pattern(std::string_view text, const Limits& limits) {
  root_ = PatternParser(text, limits, nodes_).parse();
  looks_ahead_ = std::ranges::any_of(nodes_, [](const Node& node) {
    return node.kind == Node::Kind::kAhead || node.kind == Node::Kind::kNotAhead;
  });
}

}  // namespace cria::grammar
