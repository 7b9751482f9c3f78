#include "grammar/schema/json_text.h"

#include <map>
#include <vector>

#include "base/utf8.h"
#include "grammar/utf8.h"

namespace cria::grammar {
namespace {

constexpr uint32_t kMostIndentation = 20;

// What a string can hold only behind a backslash.
const CharSet kEscaped({{0, 0x1f}, {'"', '"'}, {'\\', '\\'}});

std::string quoted_text(std::string_view text) {
  return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::strict);
}

// As it stands between the quotes.
std::string within_quotes(std::string_view text) {
  const std::string quoted = quoted_text(text);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

JsonText::JsonText(Rules& rules, SchemaOptions::Whitespace whitespace)
    : rules_(rules), whitespace_(whitespace) {
  space_ = rules.declare("space");
  value_ = rules.declare("value");
  object_ = rules.declare("object");
  array_ = rules.declare("array");
  string_ = rules.declare("string");
  number_ = rules.declare("number");
  integer_ = rules.declare("integer");
  const Expr indentation = rules.repeat(rules.bytes(" "), 0, kMostIndentation);
  rules.define(space_, rules.choice({rules.bytes(""), rules.bytes(" "),
                                     rules.sequence({rules.bytes("\n"), indentation})}));
  any_char_ = rules.choice({rules.chars(kEscaped.complement()), escape()});
  any_escaped_ = rules.sequence(
      {rules.bytes("\\"),
       rules.choice({rules.chars(CharSet({{'"', '"'},
                                          {'\\', '\\'},
                                          {'b', 'b'},
                                          {'f', 'f'},
                                          {'n', 'n'},
                                          {'r', 'r'},
                                          {'t', 't'}})),
                     rules.sequence({rules.bytes("u00"), rules.chars(CharSet({{'0', '1'}})),
                                     rules.chars(CharSet({{'0', '9'}, {'a', 'f'}}))})})});
  define_numbers();
  define_values();
}

Expr JsonText::escape() {
  const Expr hex = rules_.chars(CharSet({{'0', '9'}, {'A', 'F'}, {'a', 'f'}}));
  const Expr not_d =
      rules_.chars(CharSet({{'0', '9'}, {'A', 'C'}, {'E', 'F'}, {'a', 'c'}, {'e', 'f'}}));
  const Expr d = rules_.chars(CharSet({{'D', 'D'}, {'d', 'd'}}));
  const Expr below_8 = rules_.chars(CharSet({{'0', '7'}}));
  const Expr high = rules_.chars(CharSet({{'8', '9'}, {'A', 'B'}, {'a', 'b'}}));
  const Expr low = rules_.chars(CharSet({{'C', 'F'}, {'c', 'f'}}));
  const Expr simple = rules_.chars(CharSet({{'"', '"'},
                                            {'\\', '\\'},
                                            {'/', '/'},
                                            {'b', 'b'},
                                            {'f', 'f'},
                                            {'n', 'n'},
                                            {'r', 'r'},
                                            {'t', 't'}}));
  const Expr single = rules_.sequence(
      {rules_.choice({rules_.sequence({not_d, hex}), rules_.sequence({d, below_8})}), hex, hex});
  const Expr pair = rules_.sequence({d, high, hex, hex, rules_.bytes("\\u"), d, low, hex, hex});
  return rules_.sequence(
      {rules_.bytes("\\"),
       rules_.choice(
           {simple, rules_.sequence({rules_.bytes("u"), rules_.choice({single, pair})})})});
}

Expr JsonText::digits(uint32_t least, uint32_t most) {
  return rules_.repeat(rules_.chars(CharSet({{'0', '9'}})), least, most);
}

void JsonText::define_numbers() {
  const Expr minus = rules_.optional(rules_.bytes("-"));
  const Expr positive =
      rules_.sequence({rules_.chars(CharSet({{'1', '9'}})), digits(0, kMostDigits - 1)});
  const Expr whole = rules_.choice({rules_.bytes("0"), positive});
  const Expr fraction = rules_.sequence({rules_.bytes("."), digits(1, kMostDigits)});
  const Expr exponent = rules_.sequence(
      {rules_.chars(CharSet({{'E', 'E'}, {'e', 'e'}})),
       rules_.optional(rules_.chars(CharSet({{'+', '+'}, {'-', '-'}}))), digits(1, 2)});
  rules_.define(integer_, rules_.choice({rules_.bytes("0"), rules_.sequence({minus, positive})}));
  rules_.define(number_, rules_.sequence(
                             {minus, whole, rules_.optional(fraction), rules_.optional(exponent)}));
}

void JsonText::define_values() {
  const auto list = [&](const char* open, Expr item, const char* close) {
    const Expr more = rules_.repeat(rules_.sequence({comma(), item}), 0);
    return rules_.sequence({rules_.bytes(open), space(),
                            rules_.optional(rules_.sequence({item, more, space()})),
                            rules_.bytes(close)});
  };
  const Expr value = rules_.rule(value_);
  rules_.define(string_, quoted(rules_.repeat(any_char_, 0)));
  rules_.define(array_, list("[", value, "]"));
  rules_.define(object_, list("{", rules_.sequence({rules_.rule(string_), colon(), value}), "}"));
  rules_.define(value_,
                rules_.choice({rules_.rule(object_), rules_.rule(array_), rules_.rule(string_),
                               rules_.rule(number_), rules_.bytes("true"), rules_.bytes("false"),
                               rules_.bytes("null")}));
}

Expr JsonText::space() {
  const bool none = whitespace_ == SchemaOptions::Whitespace::kCompact;
  return none ? rules_.bytes("") : rules_.rule(space_);
}
Expr JsonText::comma() { return rules_.sequence({rules_.bytes(","), space()}); }
Expr JsonText::colon() { return rules_.sequence({rules_.bytes(":"), space()}); }
Expr JsonText::quoted(Expr characters) {
  return rules_.sequence({rules_.bytes("\""), characters, rules_.bytes("\"")});
}

Expr JsonText::literal(const Json& value) {
  if (!value.is_structured() || value.empty()) return rules_.bytes(value.dump());
  std::vector<Expr> parts{rules_.bytes(value.is_array() ? "[" : "{"), space()};
  for (const auto& [key, item] : value.items()) {
    if (parts.size() > 2) parts.push_back(comma());
    if (value.is_object()) {
      parts.push_back(rules_.bytes(quoted_text(key)));
      parts.push_back(colon());
    }
    parts.push_back(literal(item));
  }
  parts.push_back(space());
  parts.push_back(rules_.bytes(value.is_array() ? "]" : "}"));
  return rules_.sequence(parts);
}

Expr JsonText::plain_char(const CharSet& set) {
  std::vector<Expr> parts;
  if (const CharSet direct = set - kEscaped; !direct.empty()) {
    parts.push_back(rules_.chars(direct));
  }
  if ((kEscaped - set).empty()) {
    parts.push_back(any_escaped_);
    return rules_.choice(parts);
  }
  for (const CharRange& range : kEscaped.ranges()) {
    for (char32_t c = range.first; c <= range.last; ++c) {
      if (!set.contains(c)) continue;
      std::string text;
      append_utf8(text, c);
      parts.push_back(rules_.bytes(within_quotes(text)));
    }
  }
  return rules_.choice(parts);
}

// The names as a tree of their characters: a string is another one where it leaves the tree, or
// ends within. A rule for each node, since names may be longer than expressions may nest.
Expr JsonText::string_other_than(std::span<const std::string> names) {
  struct Node {
    Rule rule;
    std::map<char32_t, size_t> next = {};
    bool is_name = false;
  };
  std::vector<Node> nodes{{rules_.declare("another name")}};
  for (const std::string& name : names) {
    size_t at = 0;
    std::string_view rest = name;
    while (const auto c = take_utf8(rest)) {
      const auto [found, is_new] = nodes[at].next.try_emplace(*c, nodes.size());
      at = found->second;
      if (is_new) nodes.push_back({rules_.declare("another name")});
    }
    nodes[at].is_name = true;
  }
  const Rule anything = rules_.declare("the rest of another name");
  const Expr any = rules_.repeat(plain_char(CharSet::all()), 0);
  rules_.define(anything, rules_.sequence({any, rules_.bytes("\"")}));
  for (const Node& node : nodes) {
    std::vector<CharRange> taken;
    std::vector<Expr> parts;
    if (!node.is_name) parts.push_back(rules_.bytes("\""));
    for (const auto& [c, next] : node.next) {
      taken.push_back({c, c});
      const Expr below = rules_.rule(nodes[next].rule);
      parts.push_back(rules_.sequence({plain_char(CharSet({{c, c}})), below}));
    }
    const CharSet others = CharSet(std::move(taken)).complement();
    parts.push_back(rules_.sequence({plain_char(others), rules_.rule(anything)}));
    rules_.define(node.rule, rules_.choice(parts));
  }
  return rules_.sequence({rules_.bytes("\""), rules_.rule(nodes[0].rule)});
}

}  // namespace cria::grammar
