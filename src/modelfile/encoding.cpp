#include "modelfile/encoding.h"

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "base/utf8.h"

namespace cria::modelfile {
namespace {

[[noreturn]] void fail_at(std::string_view before, const char* expected) {
  fail(Error::Code::kCorrupt, "(line ", 1 + std::ranges::count(before, '\n'), "): not ", expected);
}

bool is_surrogate(uint32_t character) { return character >= 0xd800 && character < 0xe000; }

// How many bytes the character at the begin has; 0: it is none.
size_t character_bytes(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return 1;
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc0 || first > 0xf4 || text.size() < size) return 0;
  uint32_t character = first & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte >> 6 != 2) return 0;
    character = character << 6 | (byte & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool right = character >= kLeast[size] && character < 0x110000 && !is_surrogate(character);
  return right ? size : 0;
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string out;
  const auto unit = [&](size_t i) -> uint32_t {
    const auto first = static_cast<uint8_t>(bytes[i]), second = static_cast<uint8_t>(bytes[i + 1]);
    return big_endian ? first << 8 | second : second << 8 | first;
  };
  if (bytes.size() % 2) fail_at({}, "UTF-16, as its bytes are odd in number");
  for (size_t i = 0; i < bytes.size(); i += 2) {
    uint32_t character = unit(i);
    if (is_surrogate(character)) {
      const bool pair = character < 0xdc00 && i + 2 < bytes.size() && unit(i + 2) >= 0xdc00 &&
                        unit(i + 2) < 0xe000;
      if (!pair) fail_at(out, "UTF-16");
      i += 2;
      character = 0x10000 + ((character - 0xd800) << 10) + (unit(i) - 0xdc00);
    }
    append_utf8(out, character);
  }
  return out;
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe")) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xfe\xff")) return from_utf16(bytes.substr(2), true);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  for (size_t i = 0; i < bytes.size();) {
    const size_t size = character_bytes(bytes.substr(i));
    if (size == 0) fail_at(bytes.substr(0, i), "UTF-8");
    i += size;
  }
  return std::string(bytes);
}

}  // namespace cria::modelfile
