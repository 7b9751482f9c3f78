#include "grammar/rules.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace cria::grammar {
namespace {

constexpr uint32_t kDepthPerNesting = 20;  // a schema's value is made of expressions in expressions
constexpr Expr kUndefined = UINT32_MAX;

}  // namespace

Expr Rules::add(Expression expression, uint32_t depth) {
  const size_t size = expressions_.size() + parts_.size() + bytes_.size();
  if (size > limits_.expressions) {
    fail(Error::Code::kInvalidArgument, "grammar: more than ", limits_.expressions,
         " parts, expected a smaller one");
  }
  if (depth > limits_.nesting * kDepthPerNesting) {
    fail(Error::Code::kInvalidArgument, "grammar: nests too deep, expected at most ",
         limits_.nesting, " levels");
  }
  expressions_.push_back(expression);
  depths_.push_back(depth);
  return static_cast<Expr>(expressions_.size() - 1);
}

Expr Rules::bytes(std::string_view bytes) {
  const auto first = static_cast<uint32_t>(bytes_.size());
  bytes_ += bytes;
  return add({.kind = Expression::Kind::kBytes,
              .first = first,
              .count = static_cast<uint32_t>(bytes.size())},
             1);
}

Expr Rules::chars(CharSet set) {
  sets_.push_back(std::move(set));
  return add({.kind = Expression::Kind::kChars, .first = static_cast<uint32_t>(sets_.size() - 1)},
             1);
}

Expr Rules::add_parts(Expression::Kind kind, std::span<const Expr> parts) {
  const auto first = static_cast<uint32_t>(parts_.size());
  uint32_t depth = 0;
  for (const Expr part : parts) depth = std::max(depth, depths_[part]);
  parts_.insert(parts_.end(), parts.begin(), parts.end());
  return add({.kind = kind, .first = first, .count = static_cast<uint32_t>(parts.size())},
             depth + 1);
}

Expr Rules::sequence(std::span<const Expr> parts) {
  if (parts.size() == 1) return parts[0];
  return add_parts(Expression::Kind::kSequence, parts);
}

Expr Rules::choice(std::span<const Expr> parts) {
  if (parts.size() == 1) return parts[0];
  return add_parts(Expression::Kind::kChoice, parts);
}

Expr Rules::repeat(Expr part, uint32_t min, uint32_t max) {
  CRIA_CHECK(min <= max);
  return add({.kind = Expression::Kind::kRepeat, .first = part, .min = min, .max = max},
             depths_[part] + 1);
}

Expr Rules::rule(Rule rule) { return add({.kind = Expression::Kind::kRule, .first = rule}, 1); }

Rule Rules::declare(std::string name) {
  names_.push_back(std::move(name));
  bodies_.push_back(kUndefined);
  return static_cast<Rule>(bodies_.size() - 1);
}

void Rules::define(Rule rule, Expr body) {
  CRIA_CHECK(bodies_[rule] == kUndefined);
  bodies_[rule] = body;
}

}  // namespace cria::grammar
