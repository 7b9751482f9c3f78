#include "template/jinja/expression_parser.h"

#include <utility>

#include "template/jinja/node_maker.h"
#include "template/jinja/term_parser.h"

namespace cria::jinja {
namespace {

using Kind = Expression::Kind;

// Operators, from those that bind least on.
class OperatorParser : NodeMaker {
 public:
  using NodeMaker::NodeMaker;

  ExpressionPointer expression(Conditionals conditionals) {
    const TokenStream::Nesting nesting(tokens_);
    ExpressionPointer left = any_of();
    while (conditionals == Conditionals::kAllowed && tokens_.accept_name("if")) {
      ExpressionPointer condition = any_of();
      ExpressionPointer otherwise;
      if (tokens_.accept_name("else")) otherwise = expression(Conditionals::kAllowed);
      left =
          node(Kind::kConditional, "", std::move(left), std::move(condition), std::move(otherwise));
    }
    return left;
  }

  ExpressionPointer tuple(Conditionals conditionals, std::string_view end,
                          Parentheses parentheses) {
    ExpressionPointer result = node(Kind::kTuple, "");
    bool has_comma = false;
    while (!at_tuple_end(end)) {
      add(*result, expression(conditionals));
      if (!tokens_.accept_operator(",")) break;
      has_comma = true;
    }
    if (has_comma || (parentheses == Parentheses::kAround && result->operands.empty()))
      return result;
    if (result->operands.empty()) tokens_.unexpected("an expression");
    return std::move(result->operands.front());
  }

 private:
  bool at_tuple_end(std::string_view end) const {
    return tokens_.at(Token::Kind::kStatementEnd) || tokens_.at(Token::Kind::kOutputEnd) ||
           tokens_.at_operator(")") || (!end.empty() && tokens_.at_name(end));
  }

  ExpressionPointer any_of() {
    ExpressionPointer left = all_of();
    while (tokens_.accept_name("or")) {
      left = node(Kind::kOr, "", std::move(left), all_of());
    }
    return left;
  }

  ExpressionPointer all_of() {
    ExpressionPointer left = negation();
    while (tokens_.accept_name("and")) {
      left = node(Kind::kAnd, "", std::move(left), negation());
    }
    return left;
  }

  ExpressionPointer negation() {
    if (!tokens_.at_name("not")) return comparison();
    const TokenStream::Nesting nesting(tokens_);
    tokens_.take();
    return node(Kind::kNot, "", negation());
  }

  std::string comparison_operator() {
    for (const std::string_view op : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (tokens_.accept_operator(op)) return std::string(op);
    }
    if (tokens_.accept_name("in")) return "in";
    const Token& next = tokens_.next();
    if (tokens_.at_name("not") && next.kind == Token::Kind::kName && next.text == "in") {
      tokens_.take();
      tokens_.take();
      return "not in";
    }
    return "";
  }

  ExpressionPointer comparison() {
    ExpressionPointer left = sum();
    std::string op = comparison_operator();
    if (op.empty()) return left;
    left = node(Kind::kComparison, "", std::move(left));
    for (; !op.empty(); op = comparison_operator()) {
      left->comparisons.push_back(std::move(op));
      add(*left, sum());
    }
    return left;
  }

  // The first of `operators` that is next, or nothing.
  std::string accept_any(std::initializer_list<std::string_view> operators) {
    for (const std::string_view op : operators) {
      if (tokens_.accept_operator(op)) return std::string(op);
    }
    return "";
  }

  ExpressionPointer sum() {
    ExpressionPointer left = concatenation();
    for (std::string op = accept_any({"+", "-"}); !op.empty(); op = accept_any({"+", "-"})) {
      left = node(Kind::kArithmetic, op, std::move(left), concatenation());
    }
    return left;
  }

  ExpressionPointer concatenation() {
    ExpressionPointer left = product();
    if (!tokens_.at_operator("~")) return left;
    left = node(Kind::kConcat, "", std::move(left));
    while (tokens_.accept_operator("~")) add(*left, product());
    return left;
  }

  ExpressionPointer product() {
    const auto next = [&] { return accept_any({"*", "/", "//", "%"}); };
    ExpressionPointer left = power();
    for (std::string op = next(); !op.empty(); op = next()) {
      left = node(Kind::kArithmetic, op, std::move(left), power());
    }
    return left;
  }

  ExpressionPointer power() {
    ExpressionPointer left = unary(true);
    while (tokens_.accept_operator("**")) {
      left = node(Kind::kArithmetic, "**", std::move(left), unary(true));
    }
    return left;
  }

  ExpressionPointer unary(bool with_filters) {
    ExpressionPointer result;
    if (const std::string sign = accept_any({"-", "+"}); !sign.empty()) {
      const TokenStream::Nesting nesting(tokens_);
      result = node(Kind::kSign, sign, unary(false));
    } else {
      result = parse_primary(tokens_);
    }
    result = parse_postfix(tokens_, std::move(result));
    return with_filters ? parse_filters_and_tests(tokens_, std::move(result)) : std::move(result);
  }
};

}  // namespace

ExpressionPointer parse_expression(TokenStream& tokens, Conditionals conditionals) {
  return OperatorParser(tokens).expression(conditionals);
}

ExpressionPointer parse_tuple(TokenStream& tokens, Conditionals conditionals, std::string_view end,
                              Parentheses parentheses) {
  return OperatorParser(tokens).tuple(conditionals, end, parentheses);
}

}  // namespace cria::jinja
