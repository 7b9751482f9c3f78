#include "template/jinja/literals.h"

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

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

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

template <class Number, class... Options>
std::optional<Number> convert(std::string_view digits, Options... options) {
  Number number{};
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, options...);
  if (error != std::errc() || stop != end || digits.empty()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<int64_t> parse_integer(std::string_view text) { return to_integer(text, 0); }

double parse_float(std::string_view text) { return to_float(text).value_or(0); }

std::optional<int64_t> to_integer(std::string_view text, int base) {
  text = strip(text, Side::kBoth);
  const bool negative = is_negative(text);
  const int written = base_of(text);
  if (written != 10 && (base == 0 || base == written)) {
    text.remove_prefix(2);
    base = written;
  }
  const auto digits = without_underscores(text);
  if (!digits || digits->starts_with('-')) return std::nullopt;
  return convert<int64_t>(concat(negative ? "-" : "", *digits), base == 0 ? 10 : base);
}

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
