#pragma once
// Parses expressions, as jinja2 ranks their operators.

#include <initializer_list>
#include <string_view>

#include "template/jinja/syntax.h"
#include "template/jinja/token_stream.h"

namespace cria::jinja {

enum class Conditionals { kAllowed, kNone };  // a if b else c, not in parentheses
enum class Parentheses { kNone, kAround };    // () is an empty tuple

// All leave the stream after what they read. InvalidArgument: what is no expression; Unsupported:
// nested too deeply.
ExpressionPointer parse_expression(TokenStream& tokens,
                                   Conditionals conditionals = Conditionals::kAllowed);
// An expression, or several with commas between them; it ends before the name `end` too.
ExpressionPointer parse_tuple(TokenStream& tokens,
                              Conditionals conditionals = Conditionals::kAllowed,
                              std::string_view end = "",
                              Parentheses parentheses = Parentheses::kNone);
// The filters of a block: "upper | trim". What they apply to is null.
ExpressionPointer parse_filters(TokenStream& tokens);
CallArguments parse_arguments(TokenStream& tokens);

}  // namespace cria::jinja
