#include "base/quote.h"

#include <cstddef>

namespace cria {
namespace {

constexpr size_t kMaxBytes = 80;

}  // namespace

std::string quote(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, kMaxBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out += text.size() > kMaxBytes ? "...\"" : "\"";
}

}  // namespace cria
