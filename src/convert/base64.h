#pragma once
// Bytes as JSON files hold them.

#include <optional>
#include <string>
#include <string_view>

namespace cria::convert {

// Nothing when it is no Base64 (RFC 4648, padded).
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace cria::convert
