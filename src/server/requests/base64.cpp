#include "server/requests/base64.h"

#include "base/base64.h"
#include "base/quote.h"
#include "server/fields.h"

namespace cria::server {
std::string decode_base64(std::string_view text, std::string_view place) {
  auto bytes = cria::decode_base64(text);
  if (!bytes) fail_at(place, " is ", quote(text), ", expected Base64");
  if (bytes->empty()) fail_at(place, " is empty, expected a file in Base64");
  return *std::move(bytes);
}

std::string decode_picture_url(std::string_view url, std::string_view place) {
  constexpr std::string_view kScheme = "data:", kEncoding = ";base64";
  constexpr std::string_view kExpected =
      ", expected \"data:image/png;base64,...\": no picture is fetched from elsewhere";
  const size_t comma = url.find(',');
  if (!url.starts_with(kScheme) || comma == std::string_view::npos) {
    fail_at(place, " is ", quote(url), kExpected);
  }
  std::string_view type = url.substr(kScheme.size(), comma - kScheme.size());
  const bool is_encoded = type.ends_with(kEncoding);
  if (is_encoded) type.remove_suffix(kEncoding.size());
  if (!is_encoded || !(type.empty() || type.starts_with("image/"))) {
    fail_at(place, " is ", quote(url), ", expected \"data:image/png;base64,...\"");
  }
  return decode_base64(url.substr(comma + 1), place);
}

}  // namespace cria::server
