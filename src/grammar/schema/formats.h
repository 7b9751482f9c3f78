#pragma once
// The values of "format" that are honoured.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cria::grammar {

// A regular expression for whole texts of a format; it may be narrower than the format. Null: the
// name is unknown.
const char* format_pattern(std::string_view name);

// The same for texts of at most so many characters, for formats whose texts are often longer than
// bounds allow. Nothing: there is no such pattern.
std::optional<std::string> format_pattern_within(std::string_view name, uint32_t most);

// What a format says of numbers. Null: it is none of numbers.
struct NumberFormat {
  const char* name;
  bool bounded;
  int64_t low, high;
};
const NumberFormat* number_format(std::string_view name);

std::string known_formats();  // for messages

}  // namespace cria::grammar
