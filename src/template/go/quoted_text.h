#pragma once
// Texts and characters between quotes, as Go writes them.

#include <string>
#include <string_view>

namespace cria::go {

enum class Charset { kUnicode, kAscii };  // what needs no escape

std::string quoted_text(std::string_view text, Charset charset);
std::string quoted_character(char32_t code, Charset charset);
bool can_backquote(std::string_view text);

}  // namespace cria::go
