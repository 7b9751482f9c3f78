#pragma once
// Values of a Modelfile: bare, "quoted" or """quoted""". Nothing is escaped in quotes; a value ends
// with the first line that ends with the quotes that it began with.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cria::modelfile {

constexpr std::string_view kSpace = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text);

// The quotes that a value begins with: none, one or three.
size_t quotes_of(std::string_view value);
// Without its quotes; nothing while they are not closed.
std::optional<std::string_view> unquoted(std::string_view value);
// With the fewest quotes that hold it. Unsupported when none do.
std::string quoted(std::string_view text);

}  // namespace cria::modelfile
