#pragma once
// UTF-8 and the classes of characters, as Go and Python have them.

#include <cstddef>
#include <string>
#include <string_view>

namespace cria::chat {

inline constexpr char32_t kReplacement = 0xfffd;
inline constexpr char32_t kLastRune = 0x10ffff;

struct Rune {
  char32_t code;
  size_t size;  // in bytes
};

// The first of a text that is not empty; U+FFFD of size 1 for a byte that is no UTF-8.
Rune decode_rune(std::string_view text);
// U+FFFD for what is no character.
void append_rune(std::string& text, char32_t code);
size_t count_runes(std::string_view text);

bool is_surrogate(char32_t code);
bool is_letter_or_digit(char32_t code);
bool is_white_space(char32_t code);
bool is_upper(char32_t code);
bool is_lower(char32_t code);
bool is_cased(char32_t code);  // has a case of its own: upper, lower or title
bool is_letter(char32_t code);
bool is_decimal(char32_t code);
// One character for one: U+00DF stays.
char32_t to_upper(char32_t code);
char32_t to_lower(char32_t code);
char32_t to_title(char32_t code);
bool is_printable(char32_t code);  // and a space only if it is U+0020

}  // namespace cria::chat
