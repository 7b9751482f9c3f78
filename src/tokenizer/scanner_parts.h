#pragma once
// What the scanners share. Each function matches at a position and returns where the match ends:
// the position itself when nothing matches. Positions may be the end of the text.

#include <cstddef>
#include <string_view>

#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {

// The next match of `match_at` at or after `from`.
template <class MatchAt>
Span find_next(std::string_view text, size_t from, const MatchAt& match_at) {
  while (from < text.size()) {
    const size_t end = match_at(text, from);
    if (end > from) return {from, end};
    from += rune_at(text, from).length;
  }
  return {text.size(), text.size()};
}

inline bool has(std::string_view text, size_t position, Classes any_of) {
  return position < text.size() && (rune_at(text, position).classes & any_of);
}

enum class Case { kAsWritten, kIgnored };

// 's|'t|'re|'ve|'m|'ll|'d
size_t match_contraction(std::string_view text, size_t position, Case letter_case);

// \p{N}{1,most}
size_t match_numbers(std::string_view text, size_t position, int most);

//  ?[^\s\p{L}\p{N}]+, with other letters on request
size_t match_other(std::string_view text, size_t position, Classes letters);

// \p{Han}
bool is_han(char32_t value);
// \p{Han}+
size_t match_han(std::string_view text, size_t position);

// \s*[\r\n]+
size_t match_blank_lines(std::string_view text, size_t position);

// \s+(?!\S)|\s+ : the last space before a word is left to the word.
size_t match_spaces(std::string_view text, size_t position);

}  // namespace cria::tokenizer
