#pragma once
// Quotes text of unknown origin for a message: short, on one line, ASCII.

#include <string>
#include <string_view>

namespace cria {

// "abc" with the quotes; control characters, quotes and bytes beyond ASCII as \xNN; cut after 80
// bytes with "...".
std::string quote(std::string_view text);

}  // namespace cria
