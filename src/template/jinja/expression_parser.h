#pragma once
// Parses an expression.

#include <memory>

#include "template/jinja/syntax.h"
#include "template/jinja/token_stream.h"

namespace cria::jinja {

// Both leave the stream after the expression. `depth` counts the nesting; Unsupported when it grows
// too deep.
std::unique_ptr<Expression> parse_expression(TokenStream& tokens, int& depth);
// Without a conditional `a if b` at the top: what a loop runs over.
std::unique_ptr<Expression> parse_unconditional(TokenStream& tokens, int& depth);

}  // namespace cria::jinja
