#pragma once
// Parses the terms of expressions: literals and names, and what stands behind them.

#include "template/jinja/syntax.h"
#include "template/jinja/token_stream.h"

namespace cria::jinja {

// All leave the stream after what they read, and refuse as parse_expression() does.

// A literal, a name, a list, a dict, or what stands in parentheses.
ExpressionPointer parse_primary(TokenStream& tokens);
// .a [b] (c)
ExpressionPointer parse_postfix(TokenStream& tokens, ExpressionPointer of);
// | a, is b
ExpressionPointer parse_filters_and_tests(TokenStream& tokens, ExpressionPointer of);

}  // namespace cria::jinja
