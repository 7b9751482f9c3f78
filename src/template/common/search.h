#pragma once
// Looks for a text in another in time that grows with their sizes, whatever they are: the standard
// library's own search grows with their product.

#include <cstddef>
#include <string_view>

namespace cria::chat {

// Where it begins, the first time from a place on; npos: nowhere.
size_t find_text(std::string_view in, std::string_view part, size_t from = 0);
// The last time.
size_t find_last_text(std::string_view in, std::string_view part);

}  // namespace cria::chat
