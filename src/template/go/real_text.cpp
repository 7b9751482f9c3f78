// Floating-point numbers as Go writes them.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "base/error.h"
#include "template/go/number_text.h"

namespace cria::go {
namespace {

std::string converted(double number, std::chars_format format, std::optional<int> precision) {
  // The longest numbers have 309 digits before the point.
  std::string text(static_cast<size_t>(precision.value_or(40)) + 400, '\0');
  char* const end = text.data() + text.size();
  const auto result = precision ? std::to_chars(text.data(), end, number, format, *precision)
                                : std::to_chars(text.data(), end, number, format);
  text.resize(static_cast<size_t>(result.ptr - text.data()));
  return text;
}

// Of what to_chars() wrote with an exponent.
Digits digits_of(std::string_view scientific) {
  const size_t e = scientific.find('e');
  Digits digits;
  for (const char c : scientific.substr(0, e)) {
    if (c != '.') digits.digits += c;
  }
  const std::string exponent(scientific.substr(e + 1));
  digits.point = 1 + std::stoi(exponent);
  digits.digits.resize(digits.digits.find_last_not_of('0') + 1);
  if (digits.digits.empty()) digits.digits.push_back('0');
  return digits;
}

// %g: with an exponent where the number is far from the point.
std::string general_text(double number, std::optional<int> precision) {
  const Digits digits =
      precision
          ? digits_of(converted(number, std::chars_format::scientific, std::max(*precision, 1) - 1))
          : shortest_digits(number);
  const int count = static_cast<int>(digits.digits.size());
  int limit = std::max(precision.value_or(6), 1);
  if (precision && limit > count && count >= digits.point) limit = count;
  const int exponent = digits.point - 1;
  return exponent < -4 || exponent >= limit ? scientific_text(digits) : fixed_text(digits);
}

// 0x1.8p+01
std::string hexadecimal_text(double number, std::optional<int> precision) {
  constexpr int kBits = 52;
  int exponent = 0;
  const double fraction = std::frexp(number, &exponent);
  auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, kBits + 1));
  exponent -= mantissa != 0;
  if (precision && *precision * 4 < kBits) {
    // To even where it is half way.
    const int cut = kBits - *precision * 4;
    const uint64_t half = uint64_t{1} << (cut - 1), odd = mantissa >> cut & 1;
    mantissa = (mantissa + half - 1 + odd) >> cut << cut;
    if (mantissa >> (kBits + 1)) {
      mantissa >>= 1;
      ++exponent;
    }
  }
  std::string text = concat("0x", mantissa >> kBits);
  std::string places;
  for (int shift = kBits - 4; shift >= 0; shift -= 4) {
    places += "0123456789abcdef"[mantissa >> shift & 15];
  }
  places.resize(precision ? static_cast<size_t>(*precision) : places.find_last_not_of('0') + 1,
                '0');
  const int digits = std::abs(exponent);
  return concat(text, places.empty() ? "" : ".", places, exponent < 0 ? "p-" : "p+",
                digits < 10 ? "0" : "", digits);
}

// 4503599627370496p-52
std::string binary_text(double number) {
  int exponent = 0;
  const double fraction = std::frexp(number, &exponent);
  constexpr int kBits = 53, kLeast = -1074;
  const int shift = number == 0 ? kLeast : std::max(exponent - kBits, kLeast);
  const auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, exponent - shift));
  return concat(mantissa, shift < 0 ? "p" : "p+", shift);
}

// What "#" adds: a point, and with %g all the digits that were asked for.
std::string with_point(std::string text, char verb, std::optional<int> precision) {
  if (verb == 'b') return text;
  const bool is_hexadecimal = verb == 'x' || verb == 'X';
  const size_t tail = std::min(text.find_first_of(is_hexadecimal ? "pP" : "eE"), text.size());
  const std::string exponent = text.substr(tail);
  text.resize(tail);
  int missing = 0;
  if (verb == 'v' || verb == 'g' || verb == 'G' || verb == 'x') missing = precision.value_or(6);
  bool is_significant = false;
  for (const char c : text) {
    if (c == '.') continue;
    is_significant |= c != '0';
    missing -= is_significant;
  }
  if (text.find('.') == text.npos) {
    if (text == "0") --missing;
    text += '.';
  }
  if (missing > 0) text.append(static_cast<size_t>(missing), '0');
  return concat(text, exponent);
}

std::string magnitude_text(double number, char verb, std::optional<int> precision) {
  switch (verb) {
    case 'e':
    case 'E':
      return converted(number, std::chars_format::scientific, precision.value_or(6));
    case 'f':
    case 'F':
      return converted(number, std::chars_format::fixed, precision.value_or(6));
    case 'x':
    case 'X':
      return hexadecimal_text(number, precision);
    case 'b':
      return binary_text(number);
    default:
      return general_text(number, precision);
  }
}

}  // namespace

std::string real_text(double number, char verb, const Flags& flags) {
  if (std::isnan(number)) return flags.plus ? "+NaN" : flags.space ? " NaN" : "NaN";
  const bool is_negative = std::signbit(number);
  if (std::isinf(number)) {
    return is_negative ? "-Inf" : flags.space && !flags.plus ? " Inf" : "+Inf";
  }
  const std::string sign = sign_text(is_negative, flags);
  std::string text = magnitude_text(std::fabs(number), verb, flags.precision);
  if (flags.sharp) text = with_point(std::move(text), verb, flags.precision);
  if (verb == 'E' || verb == 'G' || verb == 'X') make_upper(text);
  if (flags.fills_with_zeros() && flags.width) {
    fill(text, static_cast<size_t>(std::max<int>(*flags.width - static_cast<int>(sign.size()), 0)));
  }
  return concat(sign, text);
}

Digits shortest_digits(double number) {
  return digits_of(converted(std::fabs(number), std::chars_format::scientific, std::nullopt));
}

std::string fixed_text(const Digits& digits) {
  std::string text = digits.digits;
  const int count = static_cast<int>(text.size());
  if (digits.point <= 0) {
    return concat("0.", std::string(static_cast<size_t>(-digits.point), '0'), text);
  }
  if (digits.point >= count) return text.append(static_cast<size_t>(digits.point - count), '0');
  return text.insert(static_cast<size_t>(digits.point), 1, '.');
}

std::string scientific_text(const Digits& digits) {
  std::string mantissa = digits.digits;
  if (mantissa.size() > 1) mantissa.insert(1, 1, '.');
  const int exponent = digits.point - 1;
  const int places = std::abs(exponent);
  return concat(mantissa, exponent < 0 ? "e-" : "e+", places < 10 ? "0" : "", places);
}

}  // namespace cria::go
