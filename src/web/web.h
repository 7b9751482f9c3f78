#pragma once
// The chat page (the folder web/) as it is embedded into the program: what a server has to send for
// which path.

#include <span>
#include <string_view>

namespace cria::web {

struct File {
  std::string_view path;   // "/" or "/web/..."
  std::string_view type;   // Content-Type
  std::string_view bytes;  // the body
  std::string_view etag;   // ETag, with its quotes
};

// All of them, in no particular order.
std::span<const File> files();

// What every answer with one of them has to say in Content-Security-Policy.
std::string_view content_security_policy();

}  // namespace cria::web
