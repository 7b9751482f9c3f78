#include "base/wildcards.h"

#include <cstddef>

namespace cria {

bool fits_wildcards(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  // After a mismatch the last star takes one character more: earlier ones need not change.
  size_t star = std::string_view::npos, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace cria
