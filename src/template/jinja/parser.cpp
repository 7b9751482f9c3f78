// Parses the statements of a template.

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "template/jinja/expression_parser.h"
#include "template/jinja/syntax.h"
#include "template/jinja/token_stream.h"

namespace cria::jinja {
namespace {

using Pointer = std::unique_ptr<Expression>;

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Block run() {
    Block block = parse_block({});
    if (!tokens_.at(Token::Kind::kEnd)) tokens_.unexpected();
    return block;
  }

 private:
  // Statements up to a tag whose name is one of `ends`; that tag's opening is not consumed.
  Block parse_block(std::initializer_list<std::string_view> ends) {
    const Nesting nesting(depth_);
    Block block;
    while (!tokens_.at(Token::Kind::kEnd)) {
      if (tokens_.at(Token::Kind::kText)) {
        block.emplace_back().text = tokens_.take();
      } else if (tokens_.at(Token::Kind::kOutputBegin)) {
        tokens_.take();
        Statement& output = block.emplace_back();
        output.kind = Statement::Kind::kOutput;
        output.expression = parse_expression(tokens_, depth_);
        tokens_.expect(Token::Kind::kTagEnd);
      } else if (tokens_.at(Token::Kind::kStatementBegin)) {
        const std::string& name = tokens_.next().text;
        if (std::find(ends.begin(), ends.end(), name) != ends.end()) return block;
        tokens_.take();
        block.push_back(parse_statement());
      } else {
        tokens_.unexpected();
      }
    }
    if (ends.size() > 0) tokens_.unexpected();
    return block;
  }

  Statement parse_statement() {
    const std::string name = tokens_.expect(Token::Kind::kName);
    if (name == "if") return parse_if();
    if (name == "for") return parse_for();
    if (name == "set") return parse_set();
    if (name == "macro") return parse_macro();
    if (name == "generation") return parse_generation();
    if (name == "break" || name == "continue") {
      tokens_.expect(Token::Kind::kTagEnd);
      Statement jump;
      jump.kind = Statement::Kind::kUnsupported;
      return jump;
    }
    fail(Error::Code::kUnsupported, "chat template: tag ", quote(name));
  }

  // The tag that ends a block: {% name %}
  void end_block(std::string_view name) {
    tokens_.expect(Token::Kind::kStatementBegin);
    if (!tokens_.accept_name(name)) tokens_.unexpected();
    tokens_.expect(Token::Kind::kTagEnd);
  }

  Statement parse_if() {
    Statement statement;
    statement.kind = Statement::Kind::kIf;
    Pointer condition = parse_expression(tokens_, depth_);
    while (true) {
      tokens_.expect(Token::Kind::kTagEnd);
      Block body = parse_block({"elif", "else", "endif"});
      const bool was_else = condition == nullptr;
      statement.branches.emplace_back(std::move(condition), std::move(body));
      tokens_.expect(Token::Kind::kStatementBegin);
      if (tokens_.accept_name("endif")) break;
      if (was_else) tokens_.unexpected();
      condition = tokens_.accept_name("elif") ? parse_expression(tokens_, depth_) : nullptr;
      if (!condition && !tokens_.accept_name("else")) tokens_.unexpected();
    }
    tokens_.expect(Token::Kind::kTagEnd);
    return statement;
  }

  Statement parse_for() {
    Statement statement;
    statement.kind = Statement::Kind::kFor;
    statement.text = tokens_.expect(Token::Kind::kName);
    while (tokens_.accept_operator(",")) {
      tokens_.expect(Token::Kind::kName);
      statement.kind = Statement::Kind::kUnsupported;
    }
    if (!tokens_.accept_name("in")) tokens_.unexpected();
    statement.expression = parse_unconditional(tokens_, depth_);
    if (tokens_.accept_name("if")) statement.filter = parse_expression(tokens_, depth_);
    if (tokens_.accept_name("recursive")) statement.kind = Statement::Kind::kUnsupported;
    tokens_.expect(Token::Kind::kTagEnd);
    statement.body = parse_block({"else", "endfor"});
    if (tokens_.next().text == "else") {
      statement.kind = Statement::Kind::kUnsupported;
      tokens_.take();
      tokens_.take();
      tokens_.expect(Token::Kind::kTagEnd);
      parse_block({"endfor"});
    }
    end_block("endfor");
    return statement;
  }

  Statement parse_set() {
    Statement statement;
    statement.kind = Statement::Kind::kSet;
    statement.text = tokens_.expect(Token::Kind::kName);
    if (tokens_.accept_operator(".")) statement.attribute = tokens_.expect(Token::Kind::kName);
    if (tokens_.accept_operator("=")) {
      statement.expression = parse_expression(tokens_, depth_);
      tokens_.expect(Token::Kind::kTagEnd);
      return statement;
    }
    statement.kind = Statement::Kind::kUnsupported;
    tokens_.expect(Token::Kind::kTagEnd);
    statement.body = parse_block({"endset"});
    end_block("endset");
    return statement;
  }

  // Macros are for tools; calling one fails, because its name is not defined.
  Statement parse_macro() {
    Statement statement;
    statement.kind = Statement::Kind::kOmitted;
    while (!tokens_.at(Token::Kind::kTagEnd) && !tokens_.at(Token::Kind::kEnd)) tokens_.take();
    tokens_.expect(Token::Kind::kTagEnd);
    parse_block({"endmacro"});
    end_block("endmacro");
    return statement;
  }

  // Marks for training what the assistant says.
  Statement parse_generation() {
    Statement statement;
    statement.kind = Statement::Kind::kBlock;
    tokens_.expect(Token::Kind::kTagEnd);
    statement.body = parse_block({"endgeneration"});
    end_block("endgeneration");
    return statement;
  }

  TokenStream tokens_;
  int depth_ = 0;
};

}  // namespace

Block parse(std::string_view source) { return Parser(tokenize(source)).run(); }

}  // namespace cria::jinja
