// Literals, names, lists, dicts and parentheses.
#include "template/jinja/expression_parser.h"
#include "template/jinja/literals.h"
#include "template/jinja/node_maker.h"
#include "template/jinja/term_parser.h"

namespace cria::jinja {
namespace {

using Kind = Expression::Kind;

class PrimaryParser : NodeMaker {
 public:
  using NodeMaker::NodeMaker;

  ExpressionPointer primary() {
    using Token = Token::Kind;
    if (tokens_.at(Token::kName)) return named();
    if (tokens_.at(Token::kString)) {
      std::string text = tokens_.take();
      while (tokens_.at(Token::kString)) text += tokens_.take();
      return literal(special_text(text));
    }
    if (tokens_.at(Token::kInteger)) {
      const auto number = parse_integer(tokens_.token().text);
      if (!number) {
        tokens_.refuse_as(Error::Code::kUnsupported, tokens_.token().text,
                          " is no integer of 64 bits");
      }
      tokens_.take();
      return literal(int_value(*number));
    }
    if (tokens_.at(Token::kFloat)) return literal(float_value(parse_float(tokens_.take())));
    if (tokens_.accept_operator("(")) {
      ExpressionPointer inside =
          parse_tuple(tokens_, Conditionals::kAllowed, "", Parentheses::kAround);
      tokens_.expect_operator(")");
      return inside;
    }
    if (tokens_.accept_operator("[")) return list();
    if (tokens_.accept_operator("{")) return dict();
    tokens_.unexpected("an expression");
  }

 private:
  ExpressionPointer named() {
    const std::string name = tokens_.take();
    if (name == "true" || name == "True") return literal(bool_value(true));
    if (name == "false" || name == "False") return literal(bool_value(false));
    if (name == "none" || name == "None") return literal(none());
    return node(Kind::kName, name);
  }

  ExpressionPointer list() {
    ExpressionPointer result = node(Kind::kList, "");
    while (!tokens_.accept_operator("]")) {
      add(*result, parse_expression(tokens_));
      if (!tokens_.at_operator("]")) tokens_.expect_operator(",");
    }
    return result;
  }

  ExpressionPointer dict() {
    ExpressionPointer result = node(Kind::kDict, "");
    while (!tokens_.accept_operator("}")) {
      add(*result, parse_expression(tokens_));
      tokens_.expect_operator(":");
      add(*result, parse_expression(tokens_));
      if (!tokens_.at_operator("}")) tokens_.expect_operator(",");
    }
    return result;
  }
};

}  // namespace

ExpressionPointer parse_primary(TokenStream& tokens) { return PrimaryParser(tokens).primary(); }

}  // namespace cria::jinja
