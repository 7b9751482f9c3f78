#pragma once
// How far a reader is that gets text byte by byte.

#include <cstdint>
#include <string_view>

namespace cria::chat {

enum class Step : uint8_t {
  kMore,        // the byte is taken, more may come
  kDone,        // the byte is taken, it was the last one
  kDoneBefore,  // all is read already, the byte belongs to what follows
  kBroken,      // the byte cannot stand here; it is not taken
};

inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Without white space at its ends.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace cria::chat
