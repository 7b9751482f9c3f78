#include "template/jinja/literals.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

int base_of(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return 10;
  const char name = static_cast<char>(text[1] | 0x20);
  return name == 'x' ? 16 : name == 'o' ? 8 : name == 'b' ? 2 : 10;
}

constexpr int kLargestBase = 36;

// kLargestBase: none.
int digit_of(char c) {
  const char lower = static_cast<char>(c | 0x20);
  if (c >= '0' && c <= '9') return c - '0';
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : kLargestBase;
}

bool is_alnum(char c) { return digit_of(c) < kLargestBase; }

// Without single underscores between digits; nothing where they stand elsewhere.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out += text[i];
      continue;
    }
    const bool is_between =
        i > 0 && i + 1 < text.size() && is_alnum(text[i - 1]) && is_alnum(text[i + 1]);
    if (!is_between) return std::nullopt;
  }
  return out;
}

// Takes the sign from the text.
bool is_negative(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

// Digits of a base, with their sign.
struct Written {
  std::string digits;
  int base;
};

std::optional<Written> written(std::string_view text, int64_t base) {
  if (base != 0 && (base < 2 || base > kLargestBase)) return std::nullopt;
  text = strip(text, Side::kBoth);
  const bool negative = is_negative(text);
  const int prefixed = base_of(text);
  if (prefixed != 10 && (base == 0 || base == prefixed)) {
    text.remove_prefix(2);
    base = prefixed;
  }
  const auto digits = without_underscores(text);
  const int used = base == 0 ? 10 : static_cast<int>(base);
  const auto is_digit = [&](char c) { return digit_of(c) < used; };
  if (!digits || digits->empty() || !std::ranges::all_of(*digits, is_digit)) return std::nullopt;
  return Written{concat(negative ? "-" : "", *digits), used};
}

}  // namespace

std::optional<int64_t> parse_integer(std::string_view text) { return to_integer(text, 0); }

double parse_float(std::string_view text) { return to_float(text).value_or(0); }

std::optional<int64_t> to_integer(std::string_view text, int64_t base) {
  const auto number = written(text, base);
  if (!number) return std::nullopt;
  int64_t integer = 0;
  const char* const begin = number->digits.data();
  const auto result = std::from_chars(begin, begin + number->digits.size(), integer, number->base);
  return result.ec == std::errc() ? std::optional(integer) : std::nullopt;
}

bool is_integer(std::string_view text, int64_t base) { return written(text, base).has_value(); }

std::optional<double> to_float(std::string_view text) {
  text = strip(text, Side::kBoth);
  const bool negative = is_negative(text);
  const auto digits = without_underscores(text);
  if (!digits || digits->starts_with('-') || digits->find('(') != std::string::npos) {
    return std::nullopt;
  }
  double number = 0;
  const char* end = digits->data() + digits->size();
  const auto [stop, error] = std::from_chars(digits->data(), end, number);
  if (stop != end || digits->empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too large or too small; strtod tells which.
    number = std::strtod(digits->c_str(), nullptr);
  } else if (error != std::errc()) {
    return std::nullopt;
  }
  return negative ? -number : number;
}

}  // namespace cria::jinja
