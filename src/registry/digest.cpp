#include "registry/digest.h"

#include <algorithm>

#include "base/error.h"
#include "base/quote.h"

namespace cria::registry {

bool is_hex_digest(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string parse_digest(std::string_view text) {
  std::string hex(text.substr(std::min<size_t>(7, text.size())));
  for (char& c : hex) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool right = text.starts_with("sha256:") || text.starts_with("sha256-");
  if (right && is_hex_digest(hex)) return hex;
  fail(Error::Code::kInvalidArgument, "invalid digest format: ", quote(text),
       ", expected sha256: and 64 hexadecimal digits");
}

}  // namespace cria::registry
