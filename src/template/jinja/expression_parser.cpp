// A recursive-descent parser; the precedence of operators is Jinja's.

#include "template/jinja/expression_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace cria::jinja {
namespace {

using Pointer = std::unique_ptr<Expression>;
using Kind = Expression::Kind;

Pointer make(Kind kind, std::string name = "") {
  auto expression = std::make_unique<Expression>();
  expression->kind = kind;
  expression->name = std::move(name);
  return expression;
}

Pointer adopt(Expression& parent, Pointer child) {
  if (!child) return child;
  parent.height = std::max(parent.height, child->height + 1);
  check_depth(parent.height);
  return child;
}

void add_operand(Expression& parent, Pointer child) {
  parent.operands.push_back(adopt(parent, std::move(child)));
}

Pointer make(Kind kind, std::string name, Pointer first, Pointer second = nullptr) {
  Pointer expression = make(kind, std::move(name));
  add_operand(*expression, std::move(first));
  if (second) add_operand(*expression, std::move(second));
  return expression;
}

Pointer literal(Value value) {
  Pointer expression = make(Kind::kLiteral);
  expression->literal = std::move(value);
  return expression;
}

class Parser {
 public:
  Parser(TokenStream& tokens, int& depth) : tokens_(tokens), depth_(depth) {}

  Pointer parse_expression() {
    const Nesting nesting(depth_);
    Pointer value = parse_or();
    while (tokens_.accept_name("if")) {
      Pointer conditional = make(Kind::kConditional, "", std::move(value), parse_or());
      add_operand(*conditional, tokens_.accept_name("else") ? parse_expression() : nullptr);
      value = std::move(conditional);
    }
    return value;
  }

  Pointer parse_or() {
    Pointer left = parse_and();
    while (tokens_.accept_name("or"))
      left = make(Kind::kBinary, "or", std::move(left), parse_and());
    return left;
  }

 private:
  Pointer parse_and() {
    Pointer left = parse_not();
    while (tokens_.accept_name("and"))
      left = make(Kind::kBinary, "and", std::move(left), parse_not());
    return left;
  }

  Pointer parse_not() {
    const Nesting nesting(depth_);
    if (tokens_.accept_name("not")) return make(Kind::kNot, "", parse_not());
    return parse_comparison();
  }

  Pointer parse_comparison() {
    Pointer left = parse_operators(0);
    while (true) {
      const bool is_not_in = tokens_.at_name("not") && tokens_.next().text == "in";
      if (is_not_in) tokens_.take();
      if (tokens_.accept_name("in")) {
        left = make(Kind::kBinary, "in", std::move(left), parse_operators(0));
        if (is_not_in) left = make(Kind::kNot, "", std::move(left));
      } else if (tokens_.at_operator("==") || tokens_.at_operator("!=") ||
                 tokens_.at_operator("<") || tokens_.at_operator(">") ||
                 tokens_.at_operator("<=") || tokens_.at_operator(">=")) {
        std::string name = tokens_.take();
        left = make(Kind::kBinary, std::move(name), std::move(left), parse_operators(0));
      } else {
        return left;
      }
    }
  }

  // Binary operators, the loosest level first.
  Pointer parse_operators(size_t level) {
    static constexpr std::array<std::array<std::string_view, 4>, 3> kLevels = {
        {{"+", "-"}, {"~"}, {"*", "/", "//", "%"}}};
    if (level == kLevels.size()) return parse_unary();
    Pointer left = parse_operators(level + 1);
    while (tokens_.at(Token::Kind::kOperator) &&
           std::find(kLevels[level].begin(), kLevels[level].end(), tokens_.token().text) !=
               kLevels[level].end()) {
      std::string name = tokens_.take();
      left = make(Kind::kBinary, std::move(name), std::move(left), parse_operators(level + 1));
    }
    return left;
  }

  Pointer parse_unary() {
    const Nesting nesting(depth_);
    if (tokens_.accept_operator("-")) return make(Kind::kMinus, "", parse_unary());
    return parse_filters(parse_postfix(parse_primary()));
  }

  Pointer parse_primary() {
    if (tokens_.at(Token::Kind::kInteger)) return parse_integer();
    if (tokens_.at(Token::Kind::kString)) {
      std::string text = tokens_.take();
      while (tokens_.at(Token::Kind::kString)) text += tokens_.take();
      return literal(std::move(text));
    }
    if (tokens_.at(Token::Kind::kName)) return parse_name();
    if (tokens_.accept_operator("(")) return parse_parenthesis();
    if (tokens_.accept_operator("[")) {
      Pointer items = make(Kind::kList);
      while (!tokens_.at_operator("]")) {
        add_operand(*items, parse_expression());
        if (!tokens_.accept_operator(",")) break;
      }
      tokens_.expect_operator("]");
      return items;
    }
    if (tokens_.accept_operator("{")) return parse_dict();
    tokens_.unexpected();
  }

  Pointer parse_integer() {
    const std::string text = tokens_.take();
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail(Error::Code::kUnsupported, "chat template: number ", quote(text));
    }
    return literal(number);
  }

  Pointer parse_name() {
    const std::string name = tokens_.take();
    if (name == "true" || name == "True") return literal(true);
    if (name == "false" || name == "False") return literal(false);
    if (name == "none" || name == "None") return literal(None{});
    return make(Kind::kName, name);
  }

  Pointer parse_parenthesis() {
    Pointer value = parse_expression();
    if (tokens_.at_operator(",")) {
      Pointer tuple = make(Kind::kList, "", std::move(value));
      while (tokens_.accept_operator(",") && !tokens_.at_operator(")")) {
        add_operand(*tuple, parse_expression());
      }
      value = std::move(tuple);
    }
    tokens_.expect_operator(")");
    return value;
  }

  Pointer parse_dict() {
    Pointer items = make(Kind::kDict);
    while (!tokens_.at_operator("}")) {
      add_operand(*items, parse_expression());
      tokens_.expect_operator(":");
      add_operand(*items, parse_expression());
      if (!tokens_.accept_operator(",")) break;
    }
    tokens_.expect_operator("}");
    return items;
  }

  Pointer parse_postfix(Pointer value) {
    while (true) {
      if (tokens_.accept_operator(".")) {
        value = make(Kind::kAttribute, tokens_.expect(Token::Kind::kName), std::move(value));
      } else if (tokens_.accept_operator("[")) {
        value = parse_subscript(std::move(value));
      } else if (tokens_.at_operator("(")) {
        value = make(Kind::kCall, "", std::move(value));
        parse_arguments(*value);
      } else {
        return value;
      }
    }
  }

  Pointer parse_subscript(Pointer value) {
    const auto parse_bound = [&]() -> Pointer {
      return tokens_.at_operator(":") || tokens_.at_operator("]") ? nullptr : parse_expression();
    };
    Pointer first = parse_bound();
    if (first && tokens_.accept_operator("]")) {
      return make(Kind::kItem, "", std::move(value), std::move(first));
    }
    Pointer slice = make(Kind::kSlice, "", std::move(value));
    add_operand(*slice, std::move(first));
    for (int bound = 0; bound < 2; ++bound) {
      add_operand(*slice, tokens_.accept_operator(":") ? parse_bound() : nullptr);
    }
    tokens_.expect_operator("]");
    return slice;
  }

  void parse_arguments(Expression& call) {
    tokens_.expect_operator("(");
    while (!tokens_.at_operator(")")) {
      const bool is_keyword = tokens_.at(Token::Kind::kName) &&
                              tokens_.next().kind == Token::Kind::kOperator &&
                              tokens_.next().text == "=";
      if (is_keyword) {
        std::string name = tokens_.take();
        tokens_.take();
        call.keywords.emplace_back(std::move(name), adopt(call, parse_expression()));
      } else {
        add_operand(call, parse_expression());
      }
      if (!tokens_.accept_operator(",")) break;
    }
    tokens_.expect_operator(")");
  }

  Pointer parse_filters(Pointer value) {
    while (true) {
      if (tokens_.accept_operator("|")) {
        value = make(Kind::kFilter, tokens_.expect(Token::Kind::kName), std::move(value));
        if (tokens_.at_operator("(")) parse_arguments(*value);
      } else if (tokens_.accept_name("is")) {
        const bool is_negated = tokens_.accept_name("not");
        value = make(Kind::kTest, tokens_.expect(Token::Kind::kName), std::move(value));
        if (tokens_.at_operator("(")) parse_arguments(*value);
        if (is_negated) value = make(Kind::kNot, "", std::move(value));
      } else {
        return value;
      }
    }
  }

  TokenStream& tokens_;
  int& depth_;
};

}  // namespace

std::unique_ptr<Expression> parse_expression(TokenStream& tokens, int& depth) {
  return Parser(tokens, depth).parse_expression();
}

std::unique_ptr<Expression> parse_unconditional(TokenStream& tokens, int& depth) {
  return Parser(tokens, depth).parse_or();
}

}  // namespace cria::jinja
