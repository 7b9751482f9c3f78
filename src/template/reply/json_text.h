#pragma once
// Texts as JSON writes them.

#include <string>
#include <string_view>

namespace cria::chat {

// -1: it is none.
int hex_digit(char c);

// A byte as it stands in a string of JSON.
void append_escaped(std::string& text, char c);

// With the quotes.
std::string json_string(std::string_view text);

}  // namespace cria::chat
