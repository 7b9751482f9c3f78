#pragma once
// Writing UTF-8. Each reader has its own, since they differ in what they make of wrong bytes.

#include <string>

namespace cria {

// The 1 to 4 bytes of a code point of at most U+10FFFF.
void append_utf8(std::string& text, char32_t code);

}  // namespace cria
