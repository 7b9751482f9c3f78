#pragma once
// Digests as texts: nothing that comes from outside becomes part of a path unchecked.

#include <string>
#include <string_view>

namespace cria::registry {

bool is_hex_digest(std::string_view text);  // 64 of 0-9a-f

// Of "sha256:" or "sha256-" and 64 hexadecimal digits: those, in lower case. InvalidArgument.
std::string parse_digest(std::string_view text);

}  // namespace cria::registry
