#pragma once
// Constants as Go spells them.

#include <optional>
#include <string>
#include <string_view>

#include "template/go/value.h"

namespace cria::go {

// The text of "..." or `...`, with the quotes; nothing for an escape that Go does not have.
std::optional<std::string> unquote(std::string_view literal);
// 'c'.
std::optional<int64_t> parse_character(std::string_view literal);

struct Number {
  enum class Problem { kNone, kOverflow, kSyntax };
  Value value;  // an int, a float64 or a complex128; invalid: an integer that fits in no int
  Problem problem = Problem::kNone;
};
Number parse_number(std::string_view literal);

}  // namespace cria::go
