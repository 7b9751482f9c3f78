#pragma once
// As much of UTF-8 as printing needs.

#include <cstddef>
#include <string_view>

namespace cria::cmd {

// Bytes of the character at the start of `text`; 0 when it is not valid UTF-8 or cut off.
size_t utf8_length(std::string_view text);
// Characters, for aligning columns; each byte that is no UTF-8 counts as one.
size_t utf8_count(std::string_view text);

}  // namespace cria::cmd
