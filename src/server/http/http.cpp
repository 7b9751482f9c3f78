#include "server/http/http.h"

#include <strings.h>

namespace cria::server {

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const Field& field : headers) {
    const bool same = field.name.size() == name.size() &&
                      ::strncasecmp(field.name.data(), name.data(), name.size()) == 0;
    if (same) return field.value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  for (const Field& field : query) {
    if (field.name == name) return field.value;
  }
  return std::nullopt;
}

}  // namespace cria::server
