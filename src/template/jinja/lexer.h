#pragma once
// Cuts a Jinja template into tokens. White space around tags goes as Hugging Face's settings say:
// trim_blocks and lstrip_blocks on, the last newline dropped.

#include <string>
#include <string_view>
#include <vector>

namespace cria::jinja {

struct Token {
  enum class Kind {
    kText,
    kOutputBegin,     // {{
    kStatementBegin,  // {%
    kTagEnd,          // }} or %}
    kName,
    kString,
    kInteger,
    kOperator,
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string text;  // strings are unescaped
};

// Unsupported: what is no template, or one with an odd literal.
std::vector<Token> tokenize(std::string_view source);

}  // namespace cria::jinja
