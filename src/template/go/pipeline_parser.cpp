#include "template/go/pipeline_parser.h"

#include <algorithm>

#include "template/go/functions.h"
#include "template/go/literals.h"

namespace cria::go {
namespace {

using Kind = Token::Kind;

class Parser {
 public:
  Parser(TokenStream& tokens, Scope& scope, int& depth)
      : tokens_(tokens), scope_(scope), depth_(depth) {}

  Pipeline parse(std::string_view context, Kind end, Declares declares) {
    const Nesting nesting(tokens_, depth_);
    tokens_.skip_space();
    Pipeline pipeline;
    pipeline.place.begin = tokens_.position();
    parse_declarations(pipeline, context, declares);
    while (!tokens_.peek().is(end)) {
      if (!begins_operand(tokens_.token())) tokens_.unexpected(context);
      pipeline.commands.push_back(parse_command());
    }
    check(pipeline, context);
    pipeline.place.end = pipeline.commands.back().operands.back().place.end;
    tokens_.take();
    return pipeline;
  }

 private:
  static bool begins_operand(const Token& token) {
    switch (token.kind) {
      case Kind::kBool:
      case Kind::kCharacter:
      case Kind::kDot:
      case Kind::kField:
      case Kind::kIdentifier:
      case Kind::kNumber:
      case Kind::kRawString:
      case Kind::kString:
      case Kind::kVariable:
      case Kind::kLeftParenthesis:
        return true;
      default:
        return token.is_keyword("nil");
    }
  }

  // "$x :=", "$x =", or in a range "$i, $x :=".
  void parse_declarations(Pipeline& pipeline, std::string_view context, Declares declares) {
    while (tokens_.peek().is(Kind::kVariable)) {
      const size_t variable = tokens_.mark();
      std::string name(tokens_.take().text);
      const Token& next = tokens_.peek();
      const bool is_comma = next.is(Kind::kOther) && next.text == ",";
      if (!is_comma && !next.is(Kind::kAssign) && !next.is(Kind::kDeclare)) {
        tokens_.back_to(variable);
        return;
      }
      pipeline.assigns = next.is(Kind::kAssign);
      tokens_.take();
      pipeline.variables.push_back(name);
      scope_.variables.push_back(std::move(name));
      if (!is_comma) return;
      if (declares == Declares::kOne || pipeline.variables.size() == 2) {
        tokens_.fail("too many declarations in ", context);
      }
      if (!tokens_.peek().is(Kind::kVariable) && !tokens_.token().is(Kind::kRightDelimiter)) {
        tokens_.fail("range can only initialize variables");
      }
    }
  }

  void check(const Pipeline& pipeline, std::string_view context) const {
    if (pipeline.commands.empty()) tokens_.fail("missing value for ", context);
    for (size_t i = 1; i < pipeline.commands.size(); ++i) {
      switch (pipeline.commands[i].operands[0].kind) {
        case Operand::Kind::kConstant:
        case Operand::Kind::kNil:
        case Operand::Kind::kDot:
          tokens_.fail("non executable command in pipeline stage ", i + 1);
        default:
          break;
      }
    }
  }

  // Operands parted by spaces, up to a pipe, which is taken, or the end.
  Command parse_command() {
    Command command;
    while (begins_operand(tokens_.peek())) {
      command.operands.push_back(parse_operand());
      if (!tokens_.token().is(Kind::kSpace)) break;
    }
    switch (tokens_.token().kind) {
      case Kind::kPipe:
        tokens_.take();
        break;
      case Kind::kRightDelimiter:
      case Kind::kRightParenthesis:
        break;
      default:
        tokens_.unexpected("operand");
    }
    return command;
  }

  Operand parse_operand() {
    const size_t begin = tokens_.position();
    Operand operand = parse_term();
    while (tokens_.token().is(Kind::kField)) {
      switch (operand.kind) {
        case Operand::Kind::kConstant:
        case Operand::Kind::kNil:
        case Operand::Kind::kDot:
          tokens_.fail("unexpected . after term");
        case Operand::Kind::kFunction:
        case Operand::Kind::kPipeline:
          operand.kind = Operand::Kind::kChain;
          break;
        default:
          break;
      }
      operand.fields.emplace_back(tokens_.take().text.substr(1));
    }
    operand.place = {begin, tokens_.end()};
    return operand;
  }

  Operand parse_term() {
    const Token& token = tokens_.token();
    switch (token.kind) {
      case Kind::kIdentifier:
        if (!find_function(token.text)) {
          tokens_.fail("function ", quote(token.text), " not defined");
        }
        return {.kind = Operand::Kind::kFunction, .name = std::string(tokens_.take().text)};
      case Kind::kVariable:
        if (std::ranges::find(scope_.variables, token.text) == scope_.variables.end()) {
          tokens_.fail("undefined variable ", quote(token.text));
        }
        return {.kind = Operand::Kind::kVariable, .name = std::string(tokens_.take().text)};
      case Kind::kField:
        return {.kind = Operand::Kind::kField,
                .fields = {std::string(tokens_.take().text.substr(1))}};
      case Kind::kDot:
        tokens_.take();
        return {.kind = Operand::Kind::kDot};
      case Kind::kKeyword:
        tokens_.take();
        return {.kind = Operand::Kind::kNil};
      case Kind::kLeftParenthesis: {
        tokens_.take();
        Operand operand{.kind = Operand::Kind::kPipeline};
        operand.pipeline.push_back(
            parse("parenthesized pipeline", Kind::kRightParenthesis, Declares::kOne));
        return operand;
      }
      default:
        return parse_constant();
    }
  }

  Operand parse_constant() {
    const Token& token = tokens_.token();
    Operand operand{.kind = Operand::Kind::kConstant};
    if (token.is(Kind::kBool)) {
      operand.constant = {token.text == "true"};
    } else if (token.is(Kind::kNumber)) {
      Number number = parse_number(token.text);
      if (number.problem == Number::Problem::kOverflow) {
        tokens_.fail("integer overflow: ", quote(token.text));
      }
      if (number.problem == Number::Problem::kSyntax) {
        tokens_.fail("illegal number syntax: ", quote(token.text));
      }
      operand.constant = std::move(number.value);
    } else if (token.is(Kind::kCharacter)) {
      const auto code = parse_character(token.text);
      if (!code) tokens_.fail("malformed character constant: ", quote(token.text));
      operand.constant = int_value(*code);
    } else {
      operand.constant = constant_text(parse_text(tokens_, "operand"));
      return operand;
    }
    operand.constant.is_constant = true;
    tokens_.take();
    return operand;
  }

  TokenStream& tokens_;
  Scope& scope_;
  int& depth_;
};

}  // namespace

Pipeline parse_pipeline(TokenStream& tokens, Scope& scope, int& depth, std::string_view context,
                        Declares declares) {
  return Parser(tokens, scope, depth).parse(context, Kind::kRightDelimiter, declares);
}

std::string parse_text(TokenStream& tokens, std::string_view context) {
  const Token& token = tokens.peek();
  if (!token.is(Kind::kString) && !token.is(Kind::kRawString)) tokens.unexpected(context);
  auto text = unquote(token.text);
  if (!text) tokens.fail("invalid syntax: ", quote(token.text));
  tokens.take();
  return *std::move(text);
}

}  // namespace cria::go
