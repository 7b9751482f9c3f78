#pragma once
// Bytes as JSON holds them.

#include <optional>
#include <string>
#include <string_view>

namespace cria {

std::string encode_base64(std::string_view bytes);

// Nothing when it is no Base64 (RFC 4648, padded). Line breaks count for nothing.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace cria
