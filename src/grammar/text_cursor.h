#pragma once
// Where a parser is in its text, and how it says what is wrong there.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/quote.h"
#include "grammar/utf8.h"

namespace cria::grammar {

class TextCursor {
 public:
  // InvalidArgument: longer than `most` bytes.
  TextCursor(std::string_view notation, std::string_view text, size_t most)
      : notation_(notation), text_(text), rest_(text) {
    if (text.size() <= most) return;
    fail(Error::Code::kInvalidArgument, notation, ": ", text.size(), " bytes, expected at most ",
         most);
  }

  bool at_end() const { return rest_.empty(); }
  bool at(std::string_view what) const { return rest_.starts_with(what); }
  char peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  void advance(size_t bytes = 1) { rest_.remove_prefix(bytes); }
  bool take(std::string_view what) {
    if (!at(what)) return false;
    advance(what.size());
    return true;
  }
  char32_t take_char() {
    const auto c = take_utf8(rest_);
    if (!c) expected("a character in UTF-8");
    return *c;
  }
  template <class Predicate>
  std::string_view take_while(Predicate predicate) {
    const std::string_view before = rest_;
    while (!rest_.empty() && predicate(rest_[0])) advance();
    return before.substr(0, before.size() - rest_.size());
  }
  // So many hexadecimal digits.
  char32_t take_hex(size_t digits) {
    char32_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      const int digit = hex_value(peek());
      if (digit < 0) expected(concat(digits, " hexadecimal digits"));
      value = value * 16 + static_cast<char32_t>(digit);
      advance();
    }
    return value;
  }
  static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }
  // At most kMostNumber.
  uint32_t take_number() {
    const std::string_view digits = take_while([](char c) { return c >= '0' && c <= '9'; });
    uint32_t number = 0;
    for (const char digit : digits) {
      number = number * 10 + static_cast<uint32_t>(digit - '0');
      if (number > kMostNumber) wrong(concat(quote(digits), " is more than ", kMostNumber));
    }
    if (digits.empty()) expected("a number");
    return number;
  }

  size_t offset() const { return text_.size() - rest_.size(); }  // in bytes
  // In bytes, from 1; the longer the text before it, the longer this takes.
  size_t column() const {
    const size_t newline = before().rfind('\n');
    return before().size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
  }

  [[noreturn]] void expected(std::string_view what) const {
    wrong(concat(at_end() ? "the end" : quote(rest_.substr(0, 10)), ", expected ", what));
  }
  [[noreturn]] void wrong(std::string_view what,
                          Error::Code code = Error::Code::kInvalidArgument) const {
    size_t line = 1;
    for (const char c : before()) line += c == '\n' ? 1 : 0;
    fail(code, notation_, ": line ", line, ", column ", column(), ": ", what);
  }
  [[noreturn]] void unsupported(std::string_view what) const {
    wrong(what, Error::Code::kUnsupported);
  }

 private:
  std::string_view before() const { return text_.substr(0, offset()); }

  static constexpr uint32_t kMostNumber = 1'000'000'000;

  std::string_view notation_, text_, rest_;
};

}  // namespace cria::grammar
