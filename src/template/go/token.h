#pragma once
// What the lexer makes of a template.

#include <cstddef>
#include <string>
#include <string_view>

namespace cria::go {

struct Token {
  enum class Kind {
    kText,
    kLeftDelimiter,   // {{
    kRightDelimiter,  // }}
    kSpace,
    kIdentifier,
    kKeyword,  // if, range, nil, ...
    kBool,
    kDot,
    kField,     // .Name
    kVariable,  // $ or $name
    kNumber,
    kCharacter,
    kString,
    kRawString,
    kAssign,
    kDeclare,
    kPipe,
    kLeftParenthesis,
    kRightParenthesis,
    kOther,  // a character that nothing begins with, such as a comma
    kError,  // `message` says what is wrong; the last token
    kEnd,    // of the template; the last token
  };
  Kind kind = Kind::kEnd;
  size_t position = 0;  // in the template
  std::string_view text{};
  std::string message{};

  bool is(Kind other) const { return kind == other; }
  bool is_keyword(std::string_view name) const { return kind == Kind::kKeyword && text == name; }
};

}  // namespace cria::go
