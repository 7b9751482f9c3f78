#include "template/jinja/expression_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "template/jinja/filters.h"
#include "template/jinja/literals.h"
#include "template/jinja/tests.h"

namespace cria::jinja {
namespace {

using Kind = Expression::Kind;

class Parser {
 public:
  explicit Parser(TokenStream& tokens) : tokens_(tokens) {}

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

  ExpressionPointer tuple(Conditionals conditionals, std::string_view end, bool in_parentheses) {
    ExpressionPointer result = node(Kind::kTuple, "");
    bool has_comma = false;
    while (!at_tuple_end(end)) {
      add(*result, expression(conditionals));
      if (!tokens_.accept_operator(",")) break;
      has_comma = true;
    }
    if (has_comma || (in_parentheses && result->operands.empty())) return result;
    if (result->operands.empty()) tokens_.unexpected("an expression");
    return std::move(result->operands.front());
  }

  ExpressionPointer filters_of(ExpressionPointer value) {
    do {
      const std::string name = dotted_name("a filter");
      if (!is_filter(name)) tokens_.refuse("no filter named '", name, "'");
      value = node(Kind::kFilter, name, std::move(value));
      if (tokens_.at_operator("(")) take_arguments(*value);
    } while (tokens_.accept_operator("|"));
    return value;
  }

  CallArguments arguments() {
    CallArguments result;
    tokens_.expect_operator("(");
    while (!tokens_.accept_operator(")")) {
      argument(result);
      if (!tokens_.at_operator(")")) tokens_.expect_operator(",");
    }
    return result;
  }

 private:
  template <class... Operands>
  ExpressionPointer node(Kind kind, std::string name, Operands... operands) {
    auto made = std::make_unique<Expression>();
    made->kind = kind;
    made->line = tokens_.line();
    made->name = std::move(name);
    (add(*made, std::move(operands)), ...);
    return made;
  }

  void raise(Expression& to, const ExpressionPointer& over) const {
    constexpr int kHighest = 400;
    if (over) to.height = std::max(to.height, over->height + 1);
    if (to.height > kHighest) {
      tokens_.refuse_as(Error::Code::kUnsupported, "an expression nested deeper than ", kHighest);
    }
  }
  void add(Expression& to, ExpressionPointer operand) const {
    raise(to, operand);
    to.operands.push_back(std::move(operand));
  }
  ExpressionPointer literal(Value value) {
    ExpressionPointer made = node(Kind::kLiteral, "");
    made->literal = std::move(value);
    return made;
  }

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
      result = primary();
    }
    result = postfix(std::move(result));
    return with_filters ? filtered(std::move(result)) : std::move(result);
  }

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
      if (!number)
        tokens_.refuse_as(Error::Code::kUnsupported, tokens_.token().text,
                          " is no integer of 64 bits");
      tokens_.take();
      return literal(int_value(*number));
    }
    if (tokens_.at(Token::kFloat)) return literal(float_value(parse_float(tokens_.take())));
    if (tokens_.accept_operator("(")) {
      ExpressionPointer inside = tuple(Conditionals::kAllowed, "", true);
      tokens_.expect_operator(")");
      return inside;
    }
    if (tokens_.accept_operator("[")) return list();
    if (tokens_.accept_operator("{")) return dict();
    tokens_.unexpected("an expression");
  }

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
      add(*result, expression(Conditionals::kAllowed));
      if (!tokens_.at_operator("]")) tokens_.expect_operator(",");
    }
    return result;
  }

  ExpressionPointer dict() {
    ExpressionPointer result = node(Kind::kDict, "");
    while (!tokens_.accept_operator("}")) {
      add(*result, expression(Conditionals::kAllowed));
      tokens_.expect_operator(":");
      add(*result, expression(Conditionals::kAllowed));
      if (!tokens_.at_operator("}")) tokens_.expect_operator(",");
    }
    return result;
  }

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
    return node(Kind::kItem, "", std::move(of), primary());
  }

  ExpressionPointer bound() {
    const bool is_absent =
        tokens_.at_operator(":") || tokens_.at_operator("]") || tokens_.at_operator(",");
    return is_absent ? nullptr : expression(Conditionals::kAllowed);
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
        if (!tokens_.at_operator("]")) add(*several, expression(Conditionals::kAllowed));
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
    const std::string name = dotted_name("a test");
    if (!is_test(name)) tokens_.refuse("no test named '", name, "'");
    ExpressionPointer result = node(Kind::kTest, name, std::move(of));
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
      ExpressionPointer argument = postfix(primary());
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
    to.arguments = arguments();
    for (const auto& argument : to.arguments.positional) raise(to, argument);
    for (const auto& [name, argument] : to.arguments.keywords) raise(to, argument);
    raise(to, to.arguments.more);
    raise(to, to.arguments.more_keywords);
  }

  void argument(CallArguments& to) {
    if (tokens_.accept_operator("**")) {
      if (to.more_keywords) tokens_.refuse("a call has ** twice");
      to.more_keywords = expression(Conditionals::kAllowed);
    } else if (tokens_.accept_operator("*")) {
      if (to.more || to.more_keywords) tokens_.refuse("a call has * twice, or behind **");
      to.more = expression(Conditionals::kAllowed);
    } else if (tokens_.at(Token::Kind::kName) && tokens_.next().kind == Token::Kind::kOperator &&
               tokens_.next().text == "=") {
      if (to.more_keywords) tokens_.refuse("a call has an argument behind **");
      std::string name = tokens_.take();
      tokens_.take();
      to.keywords.emplace_back(std::move(name), expression(Conditionals::kAllowed));
    } else {
      if (to.more || to.more_keywords || !to.keywords.empty()) {
        tokens_.refuse("a call has an argument without a name behind one with a name");
      }
      to.positional.push_back(expression(Conditionals::kAllowed));
    }
  }

  TokenStream& tokens_;
};

}  // namespace

ExpressionPointer parse_expression(TokenStream& tokens, Conditionals conditionals) {
  return Parser(tokens).expression(conditionals);
}

ExpressionPointer parse_tuple(TokenStream& tokens, Conditionals conditionals,
                              std::string_view end) {
  return Parser(tokens).tuple(conditionals, end, false);
}

ExpressionPointer parse_filters(TokenStream& tokens) { return Parser(tokens).filters_of(nullptr); }

CallArguments parse_arguments(TokenStream& tokens) { return Parser(tokens).arguments(); }

}  // namespace cria::jinja
