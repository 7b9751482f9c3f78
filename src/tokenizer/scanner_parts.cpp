#include "tokenizer/scanner_parts.h"

#include <array>

namespace cria::tokenizer {
namespace {

// One character of a contraction; ignoring case, U+017F is an "s".
size_t match_letter(std::string_view text, size_t position, char letter, Case letter_case) {
  if (position >= text.size()) return position;
  const Rune rune = rune_at(text, position);
  char32_t value = rune.value;
  if (letter_case == Case::kIgnored) {
    if (value >= 'A' && value <= 'Z') value += 'a' - 'A';
    if (value == 0x17f) value = 's';
  }
  return value == static_cast<unsigned char>(letter) ? position + rune.length : position;
}

}  // namespace

size_t match_contraction(std::string_view text, size_t position, Case letter_case) {
  if (position >= text.size() || text[position] != '\'') return position;
  constexpr std::array<std::string_view, 7> kEndings = {"s", "t", "re", "ve", "m", "ll", "d"};
  for (const std::string_view ending : kEndings) {
    size_t end = position + 1;
    size_t matched = 0;
    for (const char letter : ending) {
      const size_t next = match_letter(text, end, letter, letter_case);
      if (next == end) break;
      end = next;
      ++matched;
    }
    if (matched == ending.size()) return end;
  }
  return position;
}

size_t match_numbers(std::string_view text, size_t position, int most) {
  for (; most > 0 && has(text, position, kNumber); --most) {
    position += rune_at(text, position).length;
  }
  return position;
}

size_t match_other(std::string_view text, size_t position, Classes letters) {
  const size_t begin = position + (position < text.size() && text[position] == ' ');
  const size_t end = skip_none_of(text, begin, kSpace | kNumber | letters);
  return end > begin ? end : position;
}

size_t match_blank_lines(std::string_view text, size_t position) {
  size_t end = position;
  while (position < text.size()) {
    const Rune rune = rune_at(text, position);
    if (!(rune.classes & kSpace)) break;
    position += rune.length;
    if (rune.classes & kNewline) end = position;
  }
  return end;
}

size_t match_spaces(std::string_view text, size_t position) {
  const size_t begin = position;
  size_t last = position;  // where the last space of the run starts
  while (position < text.size()) {
    const Rune rune = rune_at(text, position);
    if (!(rune.classes & kSpace)) break;
    last = position;
    position += rune.length;
  }
  return position == text.size() || last == begin ? position : last;
}

}  // namespace cria::tokenizer
