// A recursive-descent parser; the precedence of operators is Jinja's.

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

#include "base/error.h"
#include "base/quote.h"
#include "template/jinja/lexer.h"
#include "template/jinja/syntax.h"

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

// A template nested deeper than this is no chat template; the stack has its limits.
constexpr int kMaxDepth = 100;

void check_depth(int depth) {
  if (depth > kMaxDepth) fail(Error::Code::kUnsupported, "chat template: nested too deeply");
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
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Block run() {
    Block block = parse_block({});
    if (!at(Token::Kind::kEnd)) unexpected();
    return block;
  }

 private:
  class Nesting {
   public:
    explicit Nesting(int& depth) : depth_(depth) { check_depth(++depth_); }
    ~Nesting() { --depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    int& depth_;
  };

  const Token& token() const { return tokens_[position_]; }
  bool at(Token::Kind kind) const { return token().kind == kind; }
  bool at(Token::Kind kind, std::string_view text) const {
    return at(kind) && token().text == text;
  }
  bool at_operator(std::string_view text) const { return at(Token::Kind::kOperator, text); }
  bool at_name(std::string_view text) const { return at(Token::Kind::kName, text); }
  // Moves on, but never past the end.
  std::string take() {
    std::string text = token().text;
    if (!at(Token::Kind::kEnd)) ++position_;
    return text;
  }
  bool accept_operator(std::string_view text) { return at_operator(text) && (take(), true); }
  bool accept_name(std::string_view text) { return at_name(text) && (take(), true); }
  void expect_operator(std::string_view text) {
    if (!accept_operator(text)) unexpected();
  }
  std::string expect(Token::Kind kind) {
    if (!at(kind)) unexpected();
    return take();
  }
  [[noreturn]] void unexpected() const {
    fail(Error::Code::kUnsupported, "chat template: unexpected ", quote(token().text), " at token ",
         position_);
  }

  // Statements up to a tag whose name is one of `ends`; that tag's opening is not consumed.
  Block parse_block(std::initializer_list<std::string_view> ends) {
    const Nesting nesting(depth_);
    Block block;
    while (!at(Token::Kind::kEnd)) {
      if (at(Token::Kind::kText)) {
        block.emplace_back().text = take();
      } else if (at(Token::Kind::kOutputBegin)) {
        take();
        Statement& output = block.emplace_back();
        output.kind = Statement::Kind::kOutput;
        output.expression = parse_expression();
        expect(Token::Kind::kTagEnd);
      } else if (at(Token::Kind::kStatementBegin)) {
        const std::string& name = tokens_[position_ + 1].text;
        if (std::find(ends.begin(), ends.end(), name) != ends.end()) return block;
        take();
        block.push_back(parse_statement());
      } else {
        unexpected();
      }
    }
    if (ends.size() > 0) unexpected();
    return block;
  }

  Statement parse_statement() {
    const std::string name = expect(Token::Kind::kName);
    if (name == "if") return parse_if();
    if (name == "for") return parse_for();
    if (name == "set") return parse_set();
    if (name == "macro") return parse_macro();
    if (name == "generation") return parse_generation();
    if (name == "break" || name == "continue") {
      expect(Token::Kind::kTagEnd);
      Statement jump;
      jump.kind = Statement::Kind::kUnsupported;
      return jump;
    }
    fail(Error::Code::kUnsupported, "chat template: tag ", quote(name));
  }

  // The tag that ends a block: {% name %}
  void end_block(std::string_view name) {
    expect(Token::Kind::kStatementBegin);
    if (!accept_name(name)) unexpected();
    expect(Token::Kind::kTagEnd);
  }

  Statement parse_if() {
    Statement statement;
    statement.kind = Statement::Kind::kIf;
    Pointer condition = parse_expression();
    while (true) {
      expect(Token::Kind::kTagEnd);
      Block body = parse_block({"elif", "else", "endif"});
      const bool was_else = condition == nullptr;
      statement.branches.emplace_back(std::move(condition), std::move(body));
      expect(Token::Kind::kStatementBegin);
      if (accept_name("endif")) break;
      if (was_else) unexpected();
      condition = accept_name("elif") ? parse_expression() : nullptr;
      if (!condition && !accept_name("else")) unexpected();
    }
    expect(Token::Kind::kTagEnd);
    return statement;
  }

  Statement parse_for() {
    Statement statement;
    statement.kind = Statement::Kind::kFor;
    statement.text = expect(Token::Kind::kName);
    while (accept_operator(",")) {
      expect(Token::Kind::kName);
      statement.kind = Statement::Kind::kUnsupported;
    }
    if (!accept_name("in")) unexpected();
    statement.expression = parse_or();
    if (accept_name("if")) statement.filter = parse_expression();
    if (accept_name("recursive")) statement.kind = Statement::Kind::kUnsupported;
    expect(Token::Kind::kTagEnd);
    statement.body = parse_block({"else", "endfor"});
    if (tokens_[position_ + 1].text == "else") {
      statement.kind = Statement::Kind::kUnsupported;
      take();
      take();
      expect(Token::Kind::kTagEnd);
      parse_block({"endfor"});
    }
    end_block("endfor");
    return statement;
  }

  Statement parse_set() {
    Statement statement;
    statement.kind = Statement::Kind::kSet;
    statement.text = expect(Token::Kind::kName);
    if (accept_operator(".")) statement.attribute = expect(Token::Kind::kName);
    if (accept_operator("=")) {
      statement.expression = parse_expression();
      expect(Token::Kind::kTagEnd);
      return statement;
    }
    statement.kind = Statement::Kind::kUnsupported;
    expect(Token::Kind::kTagEnd);
    statement.body = parse_block({"endset"});
    end_block("endset");
    return statement;
  }

  // Macros are for tools; calling one fails, because its name is not defined.
  Statement parse_macro() {
    Statement statement;
    statement.kind = Statement::Kind::kOmitted;
    while (!at(Token::Kind::kTagEnd) && !at(Token::Kind::kEnd)) take();
    expect(Token::Kind::kTagEnd);
    parse_block({"endmacro"});
    end_block("endmacro");
    return statement;
  }

  // Marks for training what the assistant says.
  Statement parse_generation() {
    Statement statement;
    statement.kind = Statement::Kind::kBlock;
    expect(Token::Kind::kTagEnd);
    statement.body = parse_block({"endgeneration"});
    end_block("endgeneration");
    return statement;
  }

  Pointer parse_expression() {
    const Nesting nesting(depth_);
    Pointer value = parse_or();
    while (accept_name("if")) {
      Pointer conditional = make(Kind::kConditional, "", std::move(value), parse_or());
      add_operand(*conditional, accept_name("else") ? parse_expression() : nullptr);
      value = std::move(conditional);
    }
    return value;
  }

  Pointer parse_or() {
    Pointer left = parse_and();
    while (accept_name("or")) left = make(Kind::kBinary, "or", std::move(left), parse_and());
    return left;
  }

  Pointer parse_and() {
    Pointer left = parse_not();
    while (accept_name("and")) left = make(Kind::kBinary, "and", std::move(left), parse_not());
    return left;
  }

  Pointer parse_not() {
    const Nesting nesting(depth_);
    if (accept_name("not")) return make(Kind::kNot, "", parse_not());
    return parse_comparison();
  }

  Pointer parse_comparison() {
    Pointer left = parse_operators(0);
    while (true) {
      const bool is_not_in = at_name("not") && tokens_[position_ + 1].text == "in";
      if (is_not_in) take();
      if (accept_name("in")) {
        left = make(Kind::kBinary, "in", std::move(left), parse_operators(0));
        if (is_not_in) left = make(Kind::kNot, "", std::move(left));
      } else if (at_operator("==") || at_operator("!=") || at_operator("<") || at_operator(">") ||
                 at_operator("<=") || at_operator(">=")) {
        std::string name = take();
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
    while (at(Token::Kind::kOperator) && std::find(kLevels[level].begin(), kLevels[level].end(),
                                                   token().text) != kLevels[level].end()) {
      std::string name = take();
      left = make(Kind::kBinary, std::move(name), std::move(left), parse_operators(level + 1));
    }
    return left;
  }

  Pointer parse_unary() {
    const Nesting nesting(depth_);
    if (accept_operator("-")) return make(Kind::kMinus, "", parse_unary());
    return parse_filters(parse_postfix(parse_primary()));
  }

  Pointer parse_primary() {
    if (at(Token::Kind::kInteger)) return parse_integer();
    if (at(Token::Kind::kString)) {
      std::string text = take();
      while (at(Token::Kind::kString)) text += take();
      return literal(std::move(text));
    }
    if (at(Token::Kind::kName)) return parse_name();
    if (accept_operator("(")) return parse_parenthesis();
    if (accept_operator("[")) {
      Pointer items = make(Kind::kList);
      while (!at_operator("]")) {
        add_operand(*items, parse_expression());
        if (!accept_operator(",")) break;
      }
      expect_operator("]");
      return items;
    }
    if (accept_operator("{")) return parse_dict();
    unexpected();
  }

  Pointer parse_integer() {
    const std::string text = take();
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail(Error::Code::kUnsupported, "chat template: number ", quote(text));
    }
    return literal(number);
  }

  Pointer parse_name() {
    const std::string name = take();
    if (name == "true" || name == "True") return literal(true);
    if (name == "false" || name == "False") return literal(false);
    if (name == "none" || name == "None") return literal(None{});
    return make(Kind::kName, name);
  }

  Pointer parse_parenthesis() {
    Pointer value = parse_expression();
    if (at_operator(",")) {
      Pointer tuple = make(Kind::kList, "", std::move(value));
      while (accept_operator(",") && !at_operator(")")) {
        add_operand(*tuple, parse_expression());
      }
      value = std::move(tuple);
    }
    expect_operator(")");
    return value;
  }

  Pointer parse_dict() {
    Pointer items = make(Kind::kDict);
    while (!at_operator("}")) {
      add_operand(*items, parse_expression());
      expect_operator(":");
      add_operand(*items, parse_expression());
      if (!accept_operator(",")) break;
    }
    expect_operator("}");
    return items;
  }

  Pointer parse_postfix(Pointer value) {
    while (true) {
      if (accept_operator(".")) {
        value = make(Kind::kAttribute, expect(Token::Kind::kName), std::move(value));
      } else if (accept_operator("[")) {
        value = parse_subscript(std::move(value));
      } else if (at_operator("(")) {
        value = make(Kind::kCall, "", std::move(value));
        parse_arguments(*value);
      } else {
        return value;
      }
    }
  }

  Pointer parse_subscript(Pointer value) {
    const auto parse_bound = [&]() -> Pointer {
      return at_operator(":") || at_operator("]") ? nullptr : parse_expression();
    };
    Pointer first = parse_bound();
    if (first && accept_operator("]")) {
      return make(Kind::kItem, "", std::move(value), std::move(first));
    }
    Pointer slice = make(Kind::kSlice, "", std::move(value));
    add_operand(*slice, std::move(first));
    for (int bound = 0; bound < 2; ++bound) {
      add_operand(*slice, accept_operator(":") ? parse_bound() : nullptr);
    }
    expect_operator("]");
    return slice;
  }

  void parse_arguments(Expression& call) {
    expect_operator("(");
    while (!at_operator(")")) {
      const bool is_keyword = at(Token::Kind::kName) &&
                              tokens_[position_ + 1].kind == Token::Kind::kOperator &&
                              tokens_[position_ + 1].text == "=";
      if (is_keyword) {
        std::string name = take();
        take();
        call.keywords.emplace_back(std::move(name), adopt(call, parse_expression()));
      } else {
        add_operand(call, parse_expression());
      }
      if (!accept_operator(",")) break;
    }
    expect_operator(")");
  }

  Pointer parse_filters(Pointer value) {
    while (true) {
      if (accept_operator("|")) {
        value = make(Kind::kFilter, expect(Token::Kind::kName), std::move(value));
        if (at_operator("(")) parse_arguments(*value);
      } else if (accept_name("is")) {
        const bool is_negated = accept_name("not");
        value = make(Kind::kTest, expect(Token::Kind::kName), std::move(value));
        if (at_operator("(")) parse_arguments(*value);
        if (is_negated) value = make(Kind::kNot, "", std::move(value));
      } else {
        return value;
      }
    }
  }

  std::vector<Token> tokens_;
  size_t position_ = 0;
  int depth_ = 0;
};

}  // namespace

Block parse(std::string_view source) { return Parser(tokenize(source)).run(); }

}  // namespace cria::jinja
