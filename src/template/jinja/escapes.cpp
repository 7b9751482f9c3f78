#include "template/jinja/escapes.h"

#include <charconv>

#include "base/error.h"
#include "base/quote.h"
#include "template/common/unicode.h"

namespace cria::jinja {
namespace {

constexpr std::string_view kNames = "abfnrtv\\'\"";
constexpr std::string_view kCharacters = "\a\b\f\n\r\t\v\\'\"";

size_t hex_digits(char name) { return name == 'x' ? 2 : name == 'u' ? 4 : name == 'U' ? 8 : 0; }

// Takes the digits from the text.
char32_t code_of(std::string_view& text, size_t digits, int base) {
  uint32_t code = 0;
  const char* end = text.data() + std::min(digits, text.size());
  const auto [stop, error] = std::from_chars(text.data(), end, code, base);
  const auto length = static_cast<size_t>(stop - text.data());
  if (error != std::errc() || (base == 16 && length != digits) || code > chat::kLastRune) {
    fail(Error::Code::kInvalidArgument, "a string has the escape ", quote(text.substr(0, digits)),
         ", expected ", digits, " digits of a character");
  }
  if (chat::is_surrogate(code)) {
    fail(Error::Code::kUnsupported, "a string has half a character: \\u", text.substr(0, digits));
  }
  text.remove_prefix(length);
  return code;
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\' || text.empty()) {
      out += c;
      continue;
    }
    const char name = text.front();
    if (name >= '0' && name <= '7') {
      size_t digits = 1;
      while (digits < 3 && digits < text.size() && text[digits] >= '0' && text[digits] <= '7') {
        ++digits;
      }
      chat::append_rune(out, code_of(text, digits, 8));
      continue;
    }
    text.remove_prefix(1);
    if (const size_t i = kNames.find(name); i != std::string_view::npos) {
      out += kCharacters[i];
    } else if (const size_t digits = hex_digits(name)) {
      chat::append_rune(out, code_of(text, digits, 16));
    } else if (name == 'N') {
      fail(Error::Code::kUnsupported, "a string has an escape \\N, which is not known here");
    } else if (name != '\n') {  // that one continues the line
      out += '\\';
      out += name;
    }
  }
  return out;
}

}  // namespace cria::jinja
