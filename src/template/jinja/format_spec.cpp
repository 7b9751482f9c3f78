#include "template/jinja/format_spec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/quote.h"
#include "template/jinja/printer.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

constexpr int64_t kWidest = 1'000'000;

bool is_align(char c) { return c == '<' || c == '>' || c == '^' || c == '='; }

// Takes a number from the text; nothing when there is none.
std::optional<int64_t> take_number(std::string_view& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end == text.data() || text.front() == '-') return std::nullopt;
  if (error != std::errc() || number > kWidest) {
    refuse_unsupported("a width or precision beyond ", kWidest);
  }
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

std::string integer_digits(uint64_t magnitude, char type) {
  const int base = type == 'b' ? 2 : type == 'o' ? 8 : (type | 0x20) == 'x' ? 16 : 10;
  std::array<char, 64> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude, base).ptr;
  std::string text(digits.data(), end);
  if (type == 'X')
    std::ranges::transform(text, text.begin(), [](char c) { return std::toupper(c); });
  return text;
}

std::string printed(const std::string& format, int precision, double number) {
  const int size = std::snprintf(nullptr, 0, format.c_str(), precision, number);
  std::string text(static_cast<size_t>(size) + 1, '\0');
  std::snprintf(text.data(), text.size(), format.c_str(), precision, number);
  text.pop_back();
  return text;
}

std::string float_digits(double magnitude, const FormatSpec& spec) {
  const char type = spec.type == 'n' ? 'g' : spec.type;
  if (std::isnan(magnitude)) return type == 'F' || type == 'E' || type == 'G' ? "NAN" : "nan";
  if (std::isinf(magnitude)) return type == 'F' || type == 'E' || type == 'G' ? "INF" : "inf";
  const auto precision = static_cast<int>(spec.precision.value_or(6));
  const std::string flag = spec.is_alternate ? "%#.*" : "%.*";
  if (type == '%') return concat(printed(flag + "f", precision, magnitude * 100), "%");
  if (type != '\0') return printed(flag + type, precision, magnitude);
  if (!spec.precision) return float_text(magnitude);
  // As g, with a digit behind the point at least, and an exponent one digit sooner.
  std::string text = printed("%.*g", std::max(precision, 1), magnitude);
  const bool is_plain = text.find_first_of(".e") == std::string::npos;
  if (is_plain && static_cast<int>(text.size()) >= std::max(precision, 1)) {
    text = printed("%.*e", std::max(precision, 1) - 1, magnitude);
    const size_t exponent = text.find('e');
    std::string mantissa = text.substr(0, exponent);
    if (mantissa.find('.') != std::string::npos) {
      while (mantissa.ends_with('0')) mantissa.pop_back();
      if (mantissa.ends_with('.')) mantissa.pop_back();
    }
    return mantissa + text.substr(exponent);
  }
  return is_plain ? text + ".0" : text;
}

void group(std::string& digits, char separator, size_t every) {
  size_t end = digits.find_first_of(".e%");
  if (end == std::string::npos) end = digits.size();
  for (size_t i = end; i > every; i -= every) digits.insert(i - every, 1, separator);
}

}  // namespace

FormatSpec parse_format_spec(std::string_view text) {
  const std::string_view whole = text;
  FormatSpec spec;
  if (!text.empty()) {
    const size_t size = chat::decode_rune(text).size;
    if (text.size() > size && is_align(text[size])) {
      spec.fill = std::string(text.substr(0, size));
      spec.align = text[size];
      text.remove_prefix(size + 1);
    } else if (is_align(text.front())) {
      spec.align = text.front();
      text.remove_prefix(1);
    }
  }
  const auto accept = [&](std::string_view any) {
    if (text.empty() || any.find(text.front()) == std::string_view::npos) return '\0';
    const char c = text.front();
    text.remove_prefix(1);
    return c;
  };
  if (const char sign = accept("-+ ")) spec.sign = sign;
  spec.is_alternate = accept("#") != '\0';
  if (accept("0") != '\0') {
    if (spec.align == '\0') {
      spec.align = '=';
      spec.fill.assign(1, '0');
    }
  }
  spec.width = take_number(text).value_or(0);
  spec.grouping = accept(",_");
  if (accept(".") != '\0') {
    spec.precision = take_number(text);
    if (!spec.precision) refuse("format specifier missing precision");
  }
  if (text.size() == 1) spec.type = accept("bcdeEfFgGnosxX%");
  if (!text.empty()) refuse("invalid format specifier ", quote(whole));
  return spec;
}

MarkedText number_text(const Value& number, const FormatSpec& spec, Calls& calls) {
  constexpr std::string_view kOfIntegers = "dboxXn", kOfFloats = "eEfFgG%n";
  const bool is_whole = number.is_whole() && (spec.type == '\0' || kOfIntegers.find(spec.type) !=
                                                                       std::string_view::npos);
  const bool fits =
      is_whole || spec.type == '\0' || kOfFloats.find(spec.type) != std::string_view::npos;
  if (!fits) {
    refuse("unknown format code '", spec.type, "' for object of type '", type_name(number), "'");
  }
  std::string digits, sign;
  bool is_negative = false;
  calls.budget.text(static_cast<size_t>(spec.precision.value_or(0)));
  if (is_whole) {
    if (spec.precision) refuse("precision not allowed in integer format specifier");
    is_negative = number.integer() < 0;
    const auto bits = static_cast<uint64_t>(number.integer());
    digits = integer_digits(is_negative ? -bits : bits, spec.type);
    if (spec.is_alternate && std::string_view("boxX").find(spec.type) != std::string_view::npos) {
      sign = concat("0", spec.type);
    }
  } else {
    is_negative = std::signbit(number.real()) && !std::isnan(number.real());
    digits = float_digits(std::fabs(number.real()), spec);
  }
  const bool is_binary =
      is_whole && (spec.type == 'b' || spec.type == 'o' || (spec.type | 0x20) == 'x');
  if (spec.grouping != '\0') group(digits, spec.grouping, is_binary ? 4 : 3);
  if (is_negative) {
    sign.insert(sign.begin(), '-');
  } else if (spec.sign != '-') {
    sign.insert(sign.begin(), spec.sign);
  }
  const int64_t missing = spec.width - static_cast<int64_t>(sign.size() + digits.size());
  if (spec.align == '=' && missing > 0) {
    calls.budget.text(static_cast<size_t>(missing));
    std::string fill;
    for (int64_t i = 0; i < missing; ++i) fill += spec.fill;
    return MarkedText(concat(sign, fill, digits), number.special);
  }
  return MarkedText(concat(sign, digits), number.special);
}

MarkedText text_in_width(const MarkedText& text, const FormatSpec& spec, Calls& calls) {
  const int64_t missing = spec.width - length(text.text());
  if (missing <= 0) return text;
  calls.budget.text(static_cast<size_t>(missing) * spec.fill.size());
  const int64_t left = spec.align == '>' || spec.align == '=' ? missing
                       : spec.align == '^'                    ? missing / 2
                                                              : 0;
  return padded(text, left, missing - left, spec.fill);
}

}  // namespace cria::jinja
