#pragma once
// SHA-256 (FIPS 180-4): names the blobs and manifests of a store.

#include <string>
#include <string_view>

namespace cria::registry {

// 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace cria::registry
