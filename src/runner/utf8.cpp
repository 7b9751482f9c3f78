#include "runner/utf8.h"

namespace cria::runner {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// How many bytes follow a first byte; -1: it can not be one.
int bytes_after(uint8_t first) {
  if (first < 0x80) return 0;
  if (first >= 0xC2 && first <= 0xDF) return 1;
  if (first >= 0xE0 && first <= 0xEF) return 2;
  if (first >= 0xF0 && first <= 0xF4) return 3;
  return -1;
}

}  // namespace

void Utf8Stream::feed(std::string_view bytes, std::string& text) {
  for (const char byte : bytes) feed(static_cast<uint8_t>(byte), text);
}

void Utf8Stream::feed(uint8_t byte, std::string& text) {
  if (missing_ > 0 && (byte < least_ || byte > most_)) finish(text);
  if (missing_ == 0) {
    missing_ = bytes_after(byte);
    if (missing_ < 0) {
      missing_ = 0;
      text += kReplacement;
      return;
    }
    // The second byte's range rules out longer forms than needed, surrogates, and what is beyond
    // U+10FFFF.
    least_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    most_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
  } else {
    --missing_;
    least_ = 0x80;
    most_ = 0xBF;
  }
  held_ += static_cast<char>(byte);
  if (missing_ > 0) return;
  text += held_;
  held_.clear();
}

void Utf8Stream::finish(std::string& text) {
  if (missing_ == 0) return;
  text += kReplacement;
  held_.clear();
  missing_ = 0;
}

bool is_utf8(std::string_view text) {
  std::string decoded;
  Utf8Stream stream;
  stream.feed(text, decoded);
  stream.finish(decoded);
  return decoded == text;
}

}  // namespace cria::runner
