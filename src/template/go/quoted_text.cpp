#include "template/go/quoted_text.h"

#include "template/common/unicode.h"

namespace cria::go {
namespace {

void append_hexadecimal(std::string& out, char32_t code, int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kDigits[code >> shift & 15];
}

void append_escaped(std::string& out, char32_t code, char quote, Charset charset) {
  constexpr std::u32string_view kCodes = U"\a\b\f\n\r\t\v";
  constexpr std::string_view kNames = "abfnrtv";
  if (code == static_cast<char32_t>(quote) || code == '\\') {
    out += '\\';
    out += static_cast<char>(code);
  } else if (chat::is_printable(code) && (code < 0x80 || charset == Charset::kUnicode)) {
    chat::append_rune(out, code);
  } else if (const size_t i = kCodes.find(code); i != std::u32string_view::npos) {
    out += '\\';
    out += kNames[i];
  } else if (code < ' ' || code == 0x7f) {
    append_hexadecimal(out += "\\x", code, 2);
  } else if (code < 0x10000) {
    append_hexadecimal(out += "\\u", code, 4);
  } else {
    append_hexadecimal(out += "\\U", code, 8);
  }
}

}  // namespace

std::string quoted_text(std::string_view text, Charset charset) {
  std::string out = "\"";
  while (!text.empty()) {
    const chat::Rune rune = chat::decode_rune(text);
    if (rune.code == chat::kReplacement && rune.size == 1) {
      append_hexadecimal(out += "\\x", static_cast<unsigned char>(text[0]), 2);
    } else {
      append_escaped(out, rune.code, '"', charset);
    }
    text.remove_prefix(rune.size);
  }
  return out += '"';
}

std::string quoted_character(char32_t code, Charset charset) {
  if (code > chat::kLastRune || chat::is_surrogate(code)) code = chat::kReplacement;
  std::string out = "'";
  append_escaped(out, code, '\'', charset);
  return out += '\'';
}

bool can_backquote(std::string_view text) {
  constexpr char32_t kByteOrderMark = 0xfeff;
  while (!text.empty()) {
    const chat::Rune rune = chat::decode_rune(text);
    const bool is_control = (rune.code < ' ' && rune.code != '\t') || rune.code == 0x7f;
    const bool is_broken = rune.code == chat::kReplacement && rune.size == 1;
    if (is_control || is_broken || rune.code == '`' || rune.code == kByteOrderMark) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

}  // namespace cria::go
