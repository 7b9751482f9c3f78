#pragma once
// Makes UTF-8 of bytes that come in any pieces.

#include <cstdint>
#include <string>
#include <string_view>

namespace cria::runner {

// Passes whole characters on and holds an incomplete one until the rest comes. What can not be part
// of a character becomes U+FFFD, one for every longest stretch that began as a character does
// (Unicode, section 3.9; as browsers do).
class Utf8Stream {
 public:
  // Appends to `text` what is complete.
  void feed(std::string_view bytes, std::string& text);
  // The bytes end here: an incomplete character becomes U+FFFD, since dropping it would hide that
  // the model was cut off.
  void finish(std::string& text);

 private:
  void feed(uint8_t byte, std::string& text);

  std::string held_;
  int missing_ = 0;                     // bytes until the held character is complete
  uint8_t least_ = 0x80, most_ = 0xBF;  // the range of the next one
};

bool is_utf8(std::string_view text);

}  // namespace cria::runner
