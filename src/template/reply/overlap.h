#pragma once
// How much two texts have in common at their ends.

#include <algorithm>
#include <string_view>

namespace cria::chat {

inline size_t common_prefix(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  return static_cast<size_t>(std::mismatch(a.begin(), a.begin() + size, b.begin()).first -
                             a.begin());
}

inline size_t common_suffix(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  return static_cast<size_t>(std::mismatch(a.rbegin(), a.rbegin() + size, b.rbegin()).first -
                             a.rbegin());
}

}  // namespace cria::chat
