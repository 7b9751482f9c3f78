// html, js and urlquery.

#include "template/common/unicode.h"
#include "template/go/functions.h"

namespace cria::go {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

// At least four digits.
std::string unicode_escape(char32_t code) {
  std::string digits;
  for (; code > 0 || digits.size() < 4; code /= 16) digits.insert(0, 1, kDigits[code % 16]);
  return "\\u" + digits;
}

std::string_view html_entity(char c) {
  switch (c) {
    case '\0':
      return "\xef\xbf\xbd";
    case '"':
      return "&#34;";
    case '\'':
      return "&#39;";
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return {};
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const std::string_view entity = html_entity(c);
    entity.empty() ? out += c : out += entity;
  }
  return out;
}

std::string escape_js(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const chat::Rune rune = chat::decode_rune(text);
    if (rune.code == '\\' || rune.code == '\'' || rune.code == '"') {
      out += '\\';
      out += text[0];
    } else if (rune.code < ' ' || (rune.code < 0x80 && std::string_view("<>&=").find(text[0]) !=
                                                           std::string_view::npos)) {
      out += unicode_escape(rune.code);
    } else if (rune.code < 0x80 || chat::is_printable(rune.code)) {
      out += text.substr(0, rune.size);
    } else {
      out += unicode_escape(rune.code);
    }
    text.remove_prefix(rune.size);
  }
  return out;
}

std::string escape_query(std::string_view text) {
  constexpr std::string_view kPlain = "-_.~";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || kPlain.find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte / 16];
      out += kDigits[byte % 16];
    }
  }
  return out;
}

}  // namespace cria::go
