#pragma once
// Files inside requests, as all dialects have them.

#include <string>
#include <string_view>

namespace cria::server {

// The bytes. InvalidArgument with the place ("images[0]") when it is no Base64, or empty.
std::string decode_base64(std::string_view text, std::string_view place);

// Those of "data:image/png;base64,...". InvalidArgument for other URLs, which nobody fetches, and
// for other media than pictures.
std::string decode_picture_url(std::string_view url, std::string_view place);

}  // namespace cria::server
