#include "tokenizer/scanners.h"

#include <algorithm>

#include "tokenizer/scanner_parts.h"

namespace cria::tokenizer {
namespace {

size_t match_gpt2(std::string_view text, size_t position) {
  if (const size_t end = match_contraction(text, position, Case::kAsWritten); end > position) {
    return end;
  }
  const size_t begin = position + (text[position] == ' ');
  if (has(text, begin, kLetter)) return skip(text, begin, kLetter);
  if (has(text, begin, kNumber)) return skip(text, begin, kNumber);
  if (const size_t end = match_other(text, position); end > position) return end;
  return match_spaces(text, position);
}

// [^\r\n\p{L}\p{N}]?\p{L}+
size_t match_word(std::string_view text, size_t position) {
  const Rune first = rune_at(text, position);
  if (first.classes & kLetter) return skip(text, position, kLetter);
  if (first.classes & (kNewline | kNumber)) return position;
  const size_t begin = position + first.length;
  const size_t end = skip(text, begin, kLetter);
  return end > begin ? end : position;
}

size_t match_blank_lines_or_spaces(std::string_view text, size_t position) {
  const size_t end = match_blank_lines(text, position);
  return end > position ? end : match_spaces(text, position);
}

template <int kDigits>
size_t match_llama3(std::string_view text, size_t position) {
  if (const size_t end = match_contraction(text, position, Case::kIgnored); end > position) {
    return end;
  }
  if (const size_t end = match_word(text, position); end > position) return end;
  if (const size_t end = match_numbers(text, position, kDigits); end > position) return end;
  if (const size_t end = match_other(text, position); end > position) {
    return skip(text, end, kNewline);
  }
  return match_blank_lines_or_spaces(text, position);
}

// U*L+. Caseless letters and marks are in both classes, so U* may have to give back for L+ to
// match.
size_t match_ending_lower(std::string_view text, size_t begin) {
  size_t upper_end = begin;
  size_t last_lower_end = begin;
  while (upper_end < text.size()) {
    const Rune rune = rune_at(text, upper_end);
    if (!(rune.classes & kUpperOrCaseless)) break;
    upper_end += rune.length;
    if (rune.classes & kLowerOrCaseless) last_lower_end = upper_end;
  }
  const size_t end = skip(text, upper_end, kLowerOrCaseless);
  return end > upper_end ? end : last_lower_end;
}

// U+, which is all that is left of U+L* where U*L+ does not match.
size_t match_upper(std::string_view text, size_t begin) {
  return skip(text, begin, kUpperOrCaseless);
}

// [^\r\n\p{L}\p{N}]?U*L+|[^\r\n\p{L}\p{N}]?U+L*
size_t match_cased_word(std::string_view text, size_t position) {
  const Rune first = rune_at(text, position);
  const bool may_lead = !(first.classes & (kNewline | kLetter | kNumber));
  const size_t after_lead = position + (may_lead ? first.length : 0);
  for (const auto match : {match_ending_lower, match_upper}) {
    if (const size_t end = match(text, after_lead); end > after_lead) return end;
    // A mark can lead as well as be the word itself.
    if (const size_t end = match(text, position); end > position) return end;
  }
  return position;
}

enum class Contractions { kApart, kAttached };

template <int kDigits, Contractions kContractions>
size_t match_cased(std::string_view text, size_t position) {
  if (const size_t end = match_cased_word(text, position); end > position) {
    if (kContractions == Contractions::kApart) return end;
    return match_contraction(text, end, Case::kIgnored);
  }
  if (const size_t end = match_numbers(text, position, kDigits); end > position) return end;
  if (size_t end = match_other(text, position); end > position) {
    while (end < text.size() && (text[end] == '\r' || text[end] == '\n' || text[end] == '/')) ++end;
    return end;
  }
  return match_blank_lines_or_spaces(text, position);
}

bool is_ascii_punctuation(char32_t value) {
  return (value >= '!' && value <= '/') || (value >= ':' && value <= '@') ||
         (value >= '[' && value <= '`') || (value >= '{' && value <= '~');
}

bool is_ascii_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

size_t match_deepseek_v3(std::string_view text, size_t position) {
  const Rune first = rune_at(text, position);
  if (is_ascii_punctuation(first.value)) {
    size_t end = position + 1;
    while (end < text.size() && is_ascii_letter(text[end])) ++end;
    if (end > position + 1) return end;
  }
  if (!(first.classes & (kNewline | kLetter | kPunctuation | kSymbol))) {
    const size_t begin = position + first.length;
    const size_t end = skip(text, begin, kLetter | kMark);
    if (end > begin) return end;
  }
  if (first.classes & (kLetter | kMark)) return skip(text, position, kLetter | kMark);
  const size_t begin = position + (text[position] == ' ');
  if (const size_t end = skip(text, begin, kPunctuation | kSymbol); end > begin) {
    return skip(text, end, kNewline);
  }
  return match_blank_lines_or_spaces(text, position);
}

}  // namespace

Span scan_gpt2(std::string_view text, size_t from) { return find_next(text, from, match_gpt2); }

Span scan_llama3(std::string_view text, size_t from) {
  return find_next(text, from, match_llama3<3>);
}

Span scan_qwen2(std::string_view text, size_t from) {
  return find_next(text, from, match_llama3<1>);
}

Span scan_tekken(std::string_view text, size_t from) {
  return find_next(text, from, match_cased<1, Contractions::kApart>);
}

Span scan_gpt4o(std::string_view text, size_t from) {
  return find_next(text, from, match_cased<3, Contractions::kAttached>);
}

Span scan_deepseek_v3(std::string_view text, size_t from) {
  return find_next(text, from, match_deepseek_v3);
}

Span scan_ascii_or_unicode_punctuation(std::string_view text, size_t from) {
  return find_next(text, from, [](std::string_view t, size_t position) {
    while (position < t.size()) {
      const Rune rune = rune_at(t, position);
      if (!is_ascii_punctuation(rune.value) && !(rune.classes & kPunctuation)) break;
      position += rune.length;
    }
    return position;
  });
}

}  // namespace cria::tokenizer
