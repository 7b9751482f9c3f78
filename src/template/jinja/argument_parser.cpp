// The arguments of calls, filters and tests.
#include "template/jinja/expression_parser.h"

namespace cria::jinja {
namespace {

void parse_argument(TokenStream& tokens, CallArguments& to) {
  if (tokens.accept_operator("**")) {
    if (to.more_keywords) tokens.refuse("a call has ** twice");
    to.more_keywords = parse_expression(tokens);
  } else if (tokens.accept_operator("*")) {
    if (to.more || to.more_keywords) tokens.refuse("a call has * twice, or behind **");
    to.more = parse_expression(tokens);
  } else if (tokens.at(Token::Kind::kName) && tokens.next().kind == Token::Kind::kOperator &&
             tokens.next().text == "=") {
    if (to.more_keywords) tokens.refuse("a call has an argument behind **");
    std::string name = tokens.take();
    tokens.take();
    to.keywords.emplace_back(std::move(name), parse_expression(tokens));
  } else {
    if (to.more || to.more_keywords || !to.keywords.empty()) {
      tokens.refuse("a call has an argument without a name behind one with a name");
    }
    to.positional.push_back(parse_expression(tokens));
  }
}

}  // namespace

CallArguments parse_arguments(TokenStream& tokens) {
  CallArguments result;
  tokens.expect_operator("(");
  while (!tokens.accept_operator(")")) {
    parse_argument(tokens, result);
    if (!tokens.at_operator(")")) tokens.expect_operator(",");
  }
  return result;
}

}  // namespace cria::jinja
