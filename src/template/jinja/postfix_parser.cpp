// What stands behind a term: attributes, items, slices, calls, filters and tests.
#include <algorithm>
#include <array>

#include "template/jinja/expression_parser.h"
#include "template/jinja/node_maker.h"
#include "template/jinja/term_parser.h"

namespace cria::jinja {
namespace {

using Kind = Expression::Kind;

class PostfixParser : NodeMaker {
 public:
  using NodeMaker::NodeMaker;

  ExpressionPointer postfix(ExpressionPointer of) {
    while (true) {
      if (tokens_.accept_operator(".")) {
        of = attribute(std::move(of));
      } else if (tokens_.accept_operator("[")) {
        of = item(std::move(of));
      } else if (tokens_.at_operator("(")) {
        of = call(std::move(of));
      } else {
        return of;
      }
    }
  }

  ExpressionPointer filtered(ExpressionPointer of) {
    while (true) {
      if (tokens_.accept_operator("|")) {
        of = filters_of(std::move(of));
      } else if (tokens_.accept_name("is")) {
        of = test(std::move(of));
      } else if (tokens_.at_operator("(")) {
        of = call(std::move(of));
      } else {
        return of;
      }
    }
  }

  ExpressionPointer filters_of(ExpressionPointer value) {
    do {
      value = node(Kind::kFilter, dotted_name("a filter"), std::move(value));
      if (tokens_.at_operator("(")) take_arguments(*value);
    } while (tokens_.accept_operator("|"));
    return value;
  }

 private:
  ExpressionPointer call(ExpressionPointer of) {
    ExpressionPointer result = node(Kind::kCall, "", std::move(of));
    take_arguments(*result);
    return result;
  }

  ExpressionPointer attribute(ExpressionPointer of) {
    if (tokens_.at(Token::Kind::kName)) {
      return node(Kind::kAttribute, tokens_.take(), std::move(of));
    }
    if (!tokens_.at(Token::Kind::kInteger)) tokens_.unexpected("a name or a number");
    return node(Kind::kItem, "", std::move(of), parse_primary(tokens_));
  }

  ExpressionPointer bound() {
    const bool is_absent =
        tokens_.at_operator(":") || tokens_.at_operator("]") || tokens_.at_operator(",");
    return is_absent ? nullptr : parse_expression(tokens_);
  }

  ExpressionPointer item(ExpressionPointer of) {
    if (tokens_.at_operator("]")) tokens_.unexpected("an expression");
    ExpressionPointer first = bound();
    if (tokens_.accept_operator(":")) {
      ExpressionPointer end = bound(), step;
      if (tokens_.accept_operator(":")) step = bound();
      tokens_.expect_operator("]");
      return node(Kind::kSlice, "", std::move(of), std::move(first), std::move(end),
                  std::move(step));
    }
    if (tokens_.at_operator(",")) {
      ExpressionPointer several = node(Kind::kTuple, "", std::move(first));
      while (tokens_.accept_operator(",")) {
        if (!tokens_.at_operator("]")) add(*several, parse_expression(tokens_));
      }
      first = std::move(several);
    }
    tokens_.expect_operator("]");
    return node(Kind::kItem, "", std::move(of), std::move(first));
  }

  ExpressionPointer test(ExpressionPointer of) {
    const bool is_negated = tokens_.accept_name("not");
    // jinja2 takes these for the beginning of an argument.
    constexpr std::array<std::string_view, 3> kFollow = {"else", "or", "and"};
    ExpressionPointer result = node(Kind::kTest, dotted_name("a test"), std::move(of));
    using Token = Token::Kind;
    const bool has_argument = (tokens_.at(Token::kName) &&
                               std::ranges::find(kFollow, tokens_.token().text) == kFollow.end()) ||
                              tokens_.at(Token::kString) || tokens_.at(Token::kInteger) ||
                              tokens_.at(Token::kFloat) || tokens_.at_operator("[") ||
                              tokens_.at_operator("{");
    if (tokens_.at_operator("(")) {
      take_arguments(*result);
    } else if (has_argument) {
      if (tokens_.at_name("is")) tokens_.refuse("tests can not be chained with is");
      ExpressionPointer argument = postfix(parse_primary(tokens_));
      raise(*result, argument);
      result->arguments.positional.push_back(std::move(argument));
    }
    return is_negated ? node(Kind::kNot, "", std::move(result)) : std::move(result);
  }

  std::string dotted_name(std::string_view what) {
    std::string name = tokens_.expect(Token::Kind::kName, what);
    while (tokens_.accept_operator(".")) {
      name.append(".").append(tokens_.expect(Token::Kind::kName, what));
    }
    return name;
  }

  void take_arguments(Expression& to) {
    to.arguments = parse_arguments(tokens_);
    for (const auto& argument : to.arguments.positional) raise(to, argument);
    for (const auto& [name, argument] : to.arguments.keywords) raise(to, argument);
    raise(to, to.arguments.more);
    raise(to, to.arguments.more_keywords);
  }
};

}  // namespace

ExpressionPointer parse_postfix(TokenStream& tokens, ExpressionPointer of) {
  return PostfixParser(tokens).postfix(std::move(of));
}

ExpressionPointer parse_filters_and_tests(TokenStream& tokens, ExpressionPointer of) {
  return PostfixParser(tokens).filtered(std::move(of));
}

ExpressionPointer parse_filters(TokenStream& tokens) {
  return PostfixParser(tokens).filters_of(nullptr);
}

}  // namespace cria::jinja
