#include "tokenizer/byte_level.h"

#include <array>

#include "base/utf8.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {
namespace {

bool is_printable(unsigned byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

// Printable bytes of Latin-1 stand for themselves, the others for U+0100 and up, in order.
constexpr char32_t kFirstSubstitute = 0x100;
constexpr size_t kSubstitutes = 68;

struct Alphabet {
  std::array<std::string, 256> character;
  std::array<unsigned char, kSubstitutes> substituted;  // by value - kFirstSubstitute

  Alphabet() {
    size_t substitutes = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
      if (is_printable(byte)) {
        append_utf8(character[byte], byte);
      } else {
        append_utf8(character[byte], static_cast<char32_t>(kFirstSubstitute + substitutes));
        substituted[substitutes++] = static_cast<unsigned char>(byte);
      }
    }
  }
};

const Alphabet& alphabet() {
  static const Alphabet instance;
  return instance;
}

}  // namespace

std::string to_byte_alphabet(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += alphabet().character[static_cast<unsigned char>(c)];
  return text;
}

std::optional<std::string> from_byte_alphabet(std::string_view text) {
  std::string bytes;
  for (size_t position = 0; position < text.size();) {
    const Rune rune = rune_at(text, position);
    position += rune.length;
    if (rune.value < 0x100 && is_printable(rune.value)) {
      bytes += static_cast<char>(rune.value);
    } else if (rune.value >= kFirstSubstitute && rune.value < kFirstSubstitute + kSubstitutes) {
      bytes += static_cast<char>(alphabet().substituted[rune.value - kFirstSubstitute]);
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

}  // namespace cria::tokenizer
