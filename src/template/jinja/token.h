#pragma once
// What a template's source is cut into.

#include <string>

namespace cria::jinja {

struct Token {
  enum class Kind {
    kText,            // outside of tags
    kOutputBegin,     // {{
    kOutputEnd,       // }}
    kStatementBegin,  // {%
    kStatementEnd,    // %}
    kName,
    kString,  // its escapes resolved
    kInteger,
    kFloat,
    kOperator,
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string text = {};
  int line = 1;
};

}  // namespace cria::jinja
