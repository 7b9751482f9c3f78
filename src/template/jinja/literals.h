#pragma once
// Numbers as they are written.

#include <cstdint>
#include <optional>
#include <string_view>

namespace cria::jinja {

// "12", "0xff", "0o17", "0b11". Nothing: it is none, or fits in no 64 bits.
std::optional<int64_t> parse_integer(std::string_view text);
double parse_float(std::string_view text);  // "1.5e3", of the lexer
// As Python's int(text, base) and float(text): white space around, a sign, single underscores
// between digits. Nothing, too, of a base that is neither 0 nor one of 2 to 36.
std::optional<int64_t> to_integer(std::string_view text, int64_t base);
bool is_integer(std::string_view text, int64_t base);  // also beyond 64 bits
std::optional<double> to_float(std::string_view text);

}  // namespace cria::jinja
