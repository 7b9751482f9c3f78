#pragma once
// What the front ends make of their texts: rules, each an expression over characters and other
// rules. compile() (grammar.h) takes it from there.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/char_set.h"
#include "grammar/limits.h"

namespace cria::grammar {

using Expr = uint32_t;  // an expression of some Rules
using Rule = uint32_t;

constexpr uint32_t kUnbounded = UINT32_MAX;

struct Expression {
  enum class Kind : uint8_t { kBytes, kChars, kSequence, kChoice, kRepeat, kRule };
  Kind kind;
  uint32_t first = 0;         // kBytes, kSequence, kChoice: where they begin; kChars: which set;
                              // kRepeat: what is repeated; kRule: which
  uint32_t count = 0;         // kBytes, kSequence, kChoice: how many
  uint32_t min = 0, max = 0;  // kRepeat
};

// Expressions only contain such as were made before them. Making more than the limits allow, or
// nesting them too deep, is InvalidArgument.
class Rules {
 public:
  explicit Rules(const Limits& limits) : limits_(limits) {}

  Expr bytes(std::string_view bytes);
  Expr chars(CharSet set);
  Expr sequence(std::span<const Expr> parts);  // of none: the empty text
  Expr sequence(std::initializer_list<Expr> parts) { return sequence(std::span(parts)); }
  Expr choice(std::span<const Expr> parts);  // of none: no text at all
  Expr choice(std::initializer_list<Expr> parts) { return choice(std::span(parts)); }
  Expr repeat(Expr part, uint32_t min, uint32_t max = kUnbounded);
  Expr optional(Expr part) { return repeat(part, 0, 1); }
  Expr rule(Rule rule);

  // The name is for messages.
  Rule declare(std::string name);
  void define(Rule rule, Expr body);

  const Limits& limits() const { return limits_; }
  std::span<const Expression> expressions() const { return expressions_; }
  std::string_view bytes_of(const Expression& e) const {
    return std::string_view(bytes_).substr(e.first, e.count);
  }
  const CharSet& chars_of(const Expression& e) const { return sets_[e.first]; }
  std::span<const Expr> parts_of(const Expression& e) const {
    return std::span(parts_).subspan(e.first, e.count);
  }
  size_t rules() const { return bodies_.size(); }
  const std::string& name(Rule rule) const { return names_[rule]; }
  Expr body(Rule rule) const { return bodies_[rule]; }

 private:
  Expr add(Expression expression, uint32_t depth);
  Expr add_parts(Expression::Kind kind, std::span<const Expr> parts);

  Limits limits_;
  std::vector<Expression> expressions_;
  std::vector<uint32_t> depths_;  // of expressions within each
  std::string bytes_;
  std::vector<CharSet> sets_;
  std::vector<Expr> parts_;
  std::vector<std::string> names_;
  std::vector<Expr> bodies_;
};

}  // namespace cria::grammar
