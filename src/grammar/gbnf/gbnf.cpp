#include "grammar/gbnf/gbnf.h"

#include <map>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "grammar/rules.h"
#include "grammar/text_cursor.h"

namespace cria::grammar {
namespace {

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

class Parser {
 public:
  Parser(std::string_view text, const Limits& limits)
      : rules_(limits), at_("gbnf", text, limits.text) {}

  std::shared_ptr<const Grammar> parse() {
    skip(Lines::kMany);
    while (!at_.at_end()) {
      parse_rule();
      skip(Lines::kMany);
    }
    for (const auto& [name, rule] : names_) {
      if (!rule.defined) rule.used_at.wrong(concat("rule ", quote(name), " is not defined"));
    }
    const auto root = names_.find("root");
    if (root == names_.end()) at_.expected("a rule \"root\"");
    return compile(rules_, root->second.number);
  }

 private:
  enum class Lines { kOne, kMany };

  struct Named {
    Rule number;
    TextCursor used_at;
    bool defined = false;
  };

  // Spaces and comments, and ends of lines where they mean nothing.
  void skip(Lines lines) {
    for (;;) {
      at_.take_while([&](char c) {
        return c == ' ' || c == '\t' || (lines == Lines::kMany && (c == '\n' || c == '\r'));
      });
      if (at_.peek() != '#') return;
      at_.take_while([](char c) { return c != '\n' && c != '\r'; });
    }
  }

  Named& named(std::string_view name, const TextCursor& at) {
    const auto found = names_.find(name);
    if (found != names_.end()) return found->second;
    const Named fresh{rules_.declare(std::string(name)), at};
    return names_.emplace(std::string(name), fresh).first->second;
  }

  void parse_rule() {
    const TextCursor at = at_;
    const std::string_view name = at_.take_while(is_name);
    if (name.empty()) at_.expected("the name of a rule");
    Named& rule = named(name, at);
    if (rule.defined) at.wrong(concat("rule ", quote(name), " is defined twice"));
    rule.defined = true;
    skip(Lines::kOne);
    if (!at_.take("::=")) at_.expected("::=");
    skip(Lines::kMany);
    rules_.define(rule.number, parse_choice(Lines::kOne));
    if (!at_.at_end() && !at_.at("\n") && !at_.at("\r")) at_.expected("the end of the line");
  }

  Expr parse_choice(Lines lines) {
    std::vector<Expr> parts{parse_sequence(lines)};
    while (take_bar()) {
      skip(Lines::kMany);
      parts.push_back(parse_sequence(lines));
    }
    return rules_.choice(parts);
  }
  // A line that begins with one goes on with the rule before it.
  bool take_bar() {
    const TextCursor before = at_;
    skip(Lines::kMany);
    if (at_.take("|")) return true;
    at_ = before;
    return false;
  }

  Expr parse_sequence(Lines lines) {
    std::vector<Expr> parts;
    while (begins_item()) {
      parts.push_back(parse_repeated(lines));
      skip(lines);
    }
    return rules_.sequence(parts);
  }
  bool begins_item() const {
    const char c = at_.peek();
    return c == '"' || c == '[' || c == '(' || c == '.' || is_name(c) || c == '<' || c == '!';
  }

  Expr parse_repeated(Lines lines) {
    Expr item = parse_item();
    for (;;) {
      skip(lines);
      if (at_.take("*")) {
        item = rules_.repeat(item, 0);
      } else if (at_.take("+")) {
        item = rules_.repeat(item, 1);
      } else if (at_.take("?")) {
        item = rules_.optional(item);
      } else if (at_.take("{")) {
        item = parse_bounds(item);
      } else {
        return item;
      }
    }
  }

  // Of {m}, {m,} and {m,n}.
  Expr parse_bounds(Expr item) {
    skip(Lines::kOne);
    const uint32_t min = at_.take_number();
    uint32_t max = min;
    skip(Lines::kOne);
    if (at_.take(",")) {
      skip(Lines::kOne);
      max = at_.at("}") ? kUnbounded : at_.take_number();
      skip(Lines::kOne);
    }
    if (max < min) at_.wrong(concat("repeated at least ", min, " and at most ", max, " times"));
    if (!at_.take("}")) at_.expected("}");
    return rules_.repeat(item, min, max);
  }

  Expr parse_item() {
    if (at_.take("\"")) return parse_literal();
    if (at_.take("[")) return parse_class();
    if (at_.take(".")) return rules_.chars(CharSet::all());
    if (at_.take("(")) return parse_group();
    if (at_.at("<") || at_.at("!")) at_.unsupported("tokens by their names are not supported");
    const TextCursor at = at_;
    return rules_.rule(named(at_.take_while(is_name), at).number);
  }

  Expr parse_group() {
    if (++depth_ > rules_.limits().nesting) {
      at_.wrong(concat("groups nest deeper than ", rules_.limits().nesting));
    }
    skip(Lines::kMany);
    const Expr group = parse_choice(Lines::kMany);
    if (!at_.take(")")) at_.expected(")");
    --depth_;
    return group;
  }

  Expr parse_literal() {
    std::string text;
    while (!at_.take("\"")) append_utf8(text, parse_char());
    return rules_.bytes(text);
  }

  Expr parse_class() {
    const bool negated = at_.take("^");
    std::vector<CharRange> ranges;
    while (!at_.take("]")) {
      const char32_t first = parse_char();
      char32_t last = first;
      if (at_.at("-") && !at_.at("-]")) {
        at_.advance();
        last = parse_char();
      }
      if (last < first) at_.wrong("a range of characters whose last comes before its first");
      ranges.push_back({first, last});
    }
    const CharSet set(std::move(ranges));
    return rules_.chars(negated ? set.complement() : set);
  }

  char32_t parse_char() {
    if (!at_.take("\\")) return at_.take_char();
    const TextCursor at = at_;
    const char kind = at_.peek();
    if (at_.at_end()) at_.expected("an escaped character");
    at_.advance();
    switch (kind) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case '\\':
      case '"':
      case '[':
      case ']':
        return static_cast<char32_t>(kind);
      case 'x':
        return at_.take_hex(2);
      case 'u':
        return checked(at_.take_hex(4), at);
      case 'U':
        return checked(at_.take_hex(8), at);
      default:
        at.expected("one of nrt\\\"[]xuU behind \\");
    }
  }
  static char32_t checked(char32_t c, const TextCursor& at) {
    if (!CharSet::all().contains(c)) at.wrong("no Unicode character has this number");
    return c;
  }

  Rules rules_;
  TextCursor at_;
  std::map<std::string, Named, std::less<>> names_;
  size_t depth_ = 0;
};

}  // namespace

std::shared_ptr<const Grammar> compile_gbnf(std::string_view text, const Limits& limits) {
  return Parser(text, limits).parse();
}

}  // namespace cria::grammar
