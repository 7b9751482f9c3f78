#pragma once
// The values of "format" that are honoured.

#include <string>
#include <string_view>

namespace cria::grammar {

// A regular expression for whole texts of a format; it may be narrower than the format. Null: the
// name is unknown.
const char* format_pattern(std::string_view name);

std::string known_formats();  // for messages

}  // namespace cria::grammar
