#pragma once
// Text files of unknown encoding to UTF-8.

#include <string>
#include <string_view>

namespace cria::modelfile {

// UTF-8, or UTF-16 of either order where the file begins with its mark; the mark is left out.
// Corrupt, with the line, for what is not: "(line 3): not UTF-8".
std::string to_utf8(std::string_view bytes);

}  // namespace cria::modelfile
