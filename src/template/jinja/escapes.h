#pragma once
// The escapes in a template's strings.

#include <string>
#include <string_view>

namespace cria::jinja {

// What stands between the quotes, as Python's unicode-escape reads it. InvalidArgument: an escape
// that is none. Unsupported: \N{...}, and halves of characters (\ud800).
std::string unescape(std::string_view text);

}  // namespace cria::jinja
