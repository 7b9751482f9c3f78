#include "template/common/search.h"

#include <algorithm>
#include <vector>

namespace cria::chat {
namespace {

constexpr size_t kShort = 64;  // bytes, up to which the product is no harm

// Knuth, Morris and Pratt. at(i) and part_at(i) are the bytes; where the part begins, or `size`.
template <class At, class PartAt>
size_t search(size_t size, const At& at, size_t part_size, const PartAt& part_at) {
  // How much of the part's beginning ends with each of its bytes.
  std::vector<size_t> again(part_size, 0);
  for (size_t i = 1, length = 0; i < part_size; ++i) {
    while (length > 0 && part_at(i) != part_at(length)) length = again[length - 1];
    if (part_at(i) == part_at(length)) ++length;
    again[i] = length;
  }
  for (size_t i = 0, length = 0; i < size; ++i) {
    while (length > 0 && at(i) != part_at(length)) length = again[length - 1];
    if (at(i) == part_at(length)) ++length;
    if (length == part_size) return i + 1 - part_size;
  }
  return size;
}

}  // namespace

size_t find_text(std::string_view in, std::string_view part, size_t from) {
  if (part.size() <= kShort) return in.find(part, from);
  if (from > in.size() || part.size() > in.size() - from) return in.npos;
  const std::string_view rest = in.substr(from);
  const size_t found = search(
      rest.size(), [&](size_t i) { return rest[i]; }, part.size(),
      [&](size_t i) { return part[i]; });
  return found == rest.size() ? in.npos : from + found;
}

size_t find_last_text(std::string_view in, std::string_view part) {
  if (part.size() <= kShort) return in.rfind(part);
  if (part.size() > in.size()) return in.npos;
  const size_t found = search(
      in.size(), [&](size_t i) { return in[in.size() - 1 - i]; }, part.size(),
      [&](size_t i) { return part[part.size() - 1 - i]; });
  return found == in.size() ? in.npos : in.size() - found - part.size();
}

}  // namespace cria::chat
