#include "template/go/number_text.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "template/common/unicode.h"

namespace cria::go {
namespace {

int base_of(char verb) {
  switch (verb) {
    case 'b':
      return 2;
    case 'o':
    case 'O':
      return 8;
    case 'x':
    case 'X':
      return 16;
    default:
      return 10;
  }
}

// What "#" adds.
const char* prefix_of(int base, std::string_view digits) {
  if (base == 2) return "0b";
  if (base == 8 && !digits.starts_with('0')) return "0";
  return base == 16 ? "0x" : "";
}

}  // namespace

const char* sign_text(bool is_negative, const Flags& flags) {
  return is_negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
}

void make_upper(std::string& text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

void fill(std::string& digits, size_t size) {
  if (digits.size() < size) digits.insert(0, size - digits.size(), '0');
}

std::string integer_text(uint64_t magnitude, bool is_negative, char verb, const Flags& flags) {
  const std::string sign = sign_text(is_negative, flags);
  const int base = base_of(verb);
  std::string digits(64, '\0');
  digits.resize(static_cast<size_t>(
      std::to_chars(digits.data(), digits.data() + digits.size(), magnitude, base).ptr -
      digits.data()));
  if (flags.precision) {
    if (*flags.precision == 0 && magnitude == 0) return "";
    fill(digits, static_cast<size_t>(*flags.precision));
  } else if (flags.fills_with_zeros() && flags.width) {
    fill(digits, static_cast<size_t>(std::max<int>(*flags.width - (sign.empty() ? 0 : 1), 0)));
  }
  std::string text =
      concat(sign, verb == 'O' ? "0o" : "", flags.sharp ? prefix_of(base, digits) : "", digits);
  if (verb == 'X') make_upper(text);
  return text;
}

std::string code_point_text(uint64_t code, const Flags& flags) {
  std::string digits(16, '\0');
  digits.resize(static_cast<size_t>(
      std::to_chars(digits.data(), digits.data() + digits.size(), code, 16).ptr - digits.data()));
  make_upper(digits);
  fill(digits, static_cast<size_t>(std::max(4, flags.precision.value_or(4))));
  std::string text = concat("U+", digits);
  if (flags.sharp && code <= chat::kLastRune && chat::is_printable(static_cast<char32_t>(code))) {
    text += " '";
    chat::append_rune(text, static_cast<char32_t>(code));
    text += "'";
  }
  return text;
}

}  // namespace cria::go
