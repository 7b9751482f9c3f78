#pragma once
// Makes the nodes of expressions, and bounds how high their trees grow.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "template/jinja/syntax.h"
#include "template/jinja/token_stream.h"

namespace cria::jinja {

class NodeMaker {
 public:
  explicit NodeMaker(TokenStream& tokens) : tokens_(tokens) {}

 protected:
  // At the line of the token that is next.
  template <class... Operands>
  ExpressionPointer node(Expression::Kind kind, std::string name, Operands... operands) {
    auto made = std::make_unique<Expression>();
    made->kind = kind;
    made->line = tokens_.line();
    made->name = std::move(name);
    (add(*made, std::move(operands)), ...);
    return made;
  }
  ExpressionPointer literal(Value value) {
    ExpressionPointer made = node(Expression::Kind::kLiteral, "");
    made->literal = std::move(value);
    return made;
  }
  void add(Expression& to, ExpressionPointer operand) const {
    raise(to, operand);
    to.operands.push_back(std::move(operand));
  }
  // Unsupported: too high.
  void raise(Expression& to, const ExpressionPointer& over) const {
    constexpr int kHighest = 400;
    if (over) to.height = std::max(to.height, over->height + 1);
    if (to.height > kHighest) {
      tokens_.refuse_as(Error::Code::kUnsupported, "an expression nested deeper than ", kHighest);
    }
  }

  TokenStream& tokens_;
};

}  // namespace cria::jinja
