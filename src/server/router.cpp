#include "server/router.h"

#include <algorithm>
#include <optional>

namespace cria::server {
namespace {

using Parts = decltype(Call::parts);

// "/a/b" is "a", then "b".
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

std::optional<Parts> match(std::string_view pattern, std::string_view path) {
  Parts parts;
  while (pattern.starts_with('/') && path.starts_with('/')) {
    if (pattern.starts_with("/*")) {
      if (path.size() < 2) return std::nullopt;
      parts.emplace(pattern.substr(2), path.substr(1));
      return parts;
    }
    const std::string_view wanted = take_segment(pattern), segment = take_segment(path);
    if (wanted.starts_with(':')) {
      if (segment.empty()) return std::nullopt;
      parts.emplace(wanted.substr(1), segment);
    } else if (wanted != segment) {
      return std::nullopt;
    }
  }
  return pattern.empty() && path.empty() ? std::optional(parts) : std::nullopt;
}

}  // namespace

Router::Found Router::find(std::string_view method, std::string_view path) const {
  Found found;
  const Route* for_head = nullptr;
  for (const Route& route : routes_) {
    auto parts = match(route.pattern, path);
    if (!parts) continue;
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += route.method;
    if (route.method == method) {
      found.route = &route;
      found.parts = std::move(*parts);
      return found;
    }
    if (method == "HEAD" && route.method == "GET") {
      for_head = &route;
      found.parts = std::move(*parts);
    }
  }
  found.route = for_head;
  return found;
}

}  // namespace cria::server
