#include "modelfile/quotes.h"

#include <algorithm>

#include "base/error.h"
#include "base/quote.h"

namespace cria::modelfile {
namespace {

// Whether quotes end before the text does, at the end of one of its lines.
bool closes_early(const std::string& value) {
  for (size_t end = value.find_first_of("\r\n"); end != std::string::npos;
       end = value.find_first_of("\r\n", end + 1)) {
    if (unquoted(trimmed(std::string_view(value).substr(0, end)))) return true;
  }
  return false;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

size_t quotes_of(std::string_view value) {
  return value.starts_with(R"(""")") ? 3 : value.starts_with('"') ? 1 : 0;
}

std::optional<std::string_view> unquoted(std::string_view value) {
  const size_t quotes = quotes_of(value);
  if (value.size() < 2 * quotes) return std::nullopt;
  const bool closed = value.ends_with(std::string_view(R"(""")", quotes));
  if (!closed) return std::nullopt;
  return value.substr(quotes, value.size() - 2 * quotes);
}

std::string quoted(std::string_view text) {
  for (const size_t quotes : {size_t{0}, size_t{1}, size_t{3}}) {
    const std::string sign(quotes, '"');
    std::string value = concat(sign, text, sign);
    // Bare texts are trimmed, and quotes within one begin another kind of value.
    const bool same = unquoted(trimmed(value)) == text && !value.empty();
    if (same && quotes_of(value) == quotes && !closes_early(value)) return value;
  }
  fail(Error::Code::kUnsupported, "a Modelfile cannot hold the text ", quote(text),
       ": lines of it end with quotes");
}

}  // namespace cria::modelfile
