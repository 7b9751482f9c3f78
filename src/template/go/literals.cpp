#include "template/go/literals.h"

#include <algorithm>
#include <charconv>

#include "template/common/unicode.h"

namespace cria::go {
namespace {

bool is_digit(char c, int base) {
  if (base == 16) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
  return c >= '0' && c < '0' + base;
}

std::optional<uint64_t> whole_number(std::string_view digits, int base) {
  uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// Takes so many digits off the text.
std::optional<char32_t> code_of(std::string_view& text, size_t count, int base) {
  const std::string_view digits = text.substr(0, count);
  if (digits.size() < count) return std::nullopt;
  if (!std::ranges::all_of(digits, [&](char c) { return is_digit(c, base); })) return std::nullopt;
  text.remove_prefix(count);
  return static_cast<char32_t>(*whole_number(digits, base));
}

// A character between quotes: one of the text, or an escape.
struct Character {
  char32_t code;
  bool is_byte;  // not a character in UTF-8
};

std::optional<Character> take_escape(std::string_view& text, char quote) {
  constexpr std::string_view kNames = "abfnrtv\\", kCodes = "\a\b\f\n\r\t\v\\";
  if (text.empty()) return std::nullopt;
  const char name = text[0];
  if (name >= '0' && name <= '7') {
    const auto code = code_of(text, 3, 8);
    if (!code || *code > 0xff) return std::nullopt;
    return Character{*code, true};
  }
  text.remove_prefix(1);
  if (name == quote) return Character{static_cast<char32_t>(quote), true};
  if (const size_t i = kNames.find(name); i != std::string_view::npos) {
    return Character{static_cast<char32_t>(kCodes[i]), true};
  }
  const size_t digits = name == 'x' ? 2 : name == 'u' ? 4 : name == 'U' ? 8 : 0;
  if (digits == 0) return std::nullopt;
  const auto code = code_of(text, digits, 16);
  if (!code || (name != 'x' && (*code > chat::kLastRune || chat::is_surrogate(*code))))
    return std::nullopt;
  return Character{*code, name == 'x'};
}

std::optional<Character> take_character(std::string_view& text, char quote) {
  if (text.empty() || text[0] == quote || text[0] == '\n') return std::nullopt;
  if (text[0] == '\\') {
    text.remove_prefix(1);
    return take_escape(text, quote);
  }
  const chat::Rune rune = chat::decode_rune(text);
  text.remove_prefix(rune.size);
  return Character{rune.code, false};
}

// An underscore stands between digits, or between a prefix and a digit.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string plain;
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  const bool has_prefix = is_hex || text.starts_with("0b") || text.starts_with("0B") ||
                          text.starts_with("0o") || text.starts_with("0O");
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain += text[i];
      continue;
    }
    const int base = is_hex ? 16 : 10;
    const bool follows = i > 0 && (is_digit(text[i - 1], base) || (has_prefix && i == 2));
    if (!follows || i + 1 == text.size() || !is_digit(text[i + 1], base)) return std::nullopt;
  }
  return plain;
}

std::optional<uint64_t> whole(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return whole_number(text, 10);
  const char prefix = static_cast<char>(text[1] | 0x20);
  const std::string_view digits = text.substr(2);
  if (prefix == 'x') return whole_number(digits, 16);
  if (prefix == 'o') return whole_number(digits, 8);
  if (prefix == 'b') return whole_number(digits, 2);
  return whole_number(text.substr(1), 8);
}

std::optional<double> real(std::string_view text) {
  auto format = std::chars_format::general;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    if (text.find_first_of("pP") == std::string_view::npos) return std::nullopt;
    format = std::chars_format::hex;
    text.remove_prefix(2);
  }
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, format);
  if (text.empty() || stop != end || text[0] == '-') return std::nullopt;
  if (error == std::errc()) return number;
  const size_t exponent = text.find_first_of("eEpP");
  const bool is_tiny =
      exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
  return is_tiny ? std::optional(0.0) : std::nullopt;
}

std::optional<double> signed_real(std::string_view literal) {
  const bool is_negative = literal.starts_with('-');
  if (is_negative || literal.starts_with('+')) literal.remove_prefix(1);
  const auto text = without_underscores(literal);
  const auto number = text ? real(*text) : std::nullopt;
  return number && is_negative ? -*number : number;
}

// Ends in i; before the imaginary part may be a real one: up to a sign that is of no exponent.
Number parse_complex(std::string_view literal) {
  literal.remove_suffix(1);
  const auto is_exponent = [](char c) {
    return std::string_view("eEpP").find(c) != std::string_view::npos;
  };
  size_t parts = literal.find_last_of("+-");
  if (parts != literal.npos && parts > 0 && is_exponent(literal[parts - 1])) {
    parts = literal.find_last_of("+-", parts - 1);
  }
  const bool has_both = parts != literal.npos && parts > 0;
  const auto first = has_both ? signed_real(literal.substr(0, parts)) : std::optional(0.0);
  const auto second = signed_real(has_both ? literal.substr(parts) : literal);
  if (!first || !second) return {{}, Number::Problem::kSyntax};
  return {{std::complex<double>(*first, *second)}, {}};
}

}  // namespace

std::optional<std::string> unquote(std::string_view literal) {
  const char quote = literal[0];
  std::string_view text = literal.substr(1, literal.size() - 2);
  std::string plain;
  if (quote == '`') {
    std::ranges::copy_if(text, std::back_inserter(plain), [](char c) { return c != '\r'; });
    return plain;
  }
  while (!text.empty()) {
    const auto character = take_character(text, quote);
    if (!character) return std::nullopt;
    if (character->is_byte) {
      plain += static_cast<char>(character->code);
    } else {
      chat::append_rune(plain, character->code);
    }
  }
  return plain;
}

std::optional<int64_t> parse_character(std::string_view literal) {
  std::string_view text = literal.substr(1);
  const auto character = take_character(text, '\'');
  if (!character || text != "'") return std::nullopt;
  return character->code;
}

Number parse_number(std::string_view literal) {
  if (literal.ends_with('i')) return parse_complex(literal);
  constexpr uint64_t kLargest = INT64_MAX;
  const bool is_negative = literal[0] == '-';
  const bool is_signed = is_negative || literal[0] == '+';
  const auto text = without_underscores(literal.substr(is_signed));
  if (!text) return {{}, Number::Problem::kSyntax};
  const bool is_hex_integer = (text->starts_with("0x") || text->starts_with("0X")) &&
                              text->find_first_of("pP.") == text->npos;
  const bool looks_real = !is_hex_integer && text->find_first_of(".eEpP") != text->npos;
  if (!looks_real) {
    const auto number = whole(*text);
    if (number && *number <= kLargest + is_negative) {
      const auto magnitude = static_cast<int64_t>(is_negative ? 0 - *number : *number);
      return {{magnitude}, {}};
    }
    if (number && !is_signed) return {};
    const bool is_number = !is_hex_integer && real(*text);
    return {{}, is_number ? Number::Problem::kOverflow : Number::Problem::kSyntax};
  }
  const auto number = real(*text);
  if (!number) return {{}, Number::Problem::kSyntax};
  return {{is_negative ? -*number : *number}, {}};
}

}  // namespace cria::go
