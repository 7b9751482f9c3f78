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
  if (const size_t end = match_other(text, position, kLetter); end > position) return end;
  return match_spaces(text, position);
}

size_t match_blank_lines_or_spaces(std::string_view text, size_t position) {
  const size_t end = match_blank_lines(text, position);
  return end > position ? end : match_spaces(text, position);
}

// What the pre-tokenizers that came after GPT-4's first one differ in:
// (?i:'s|...)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
struct WordRules {
  int digits = 1;
  Classes letters = kLetter;         // of a word, and not of what else there is
  bool takes_newlines_along = true;  // after what else there is
};

constexpr WordRules kLlama3{.digits = 3};
constexpr WordRules kQwen2{};
constexpr WordRules kQwen35{.letters = kLetter | kMark};
constexpr WordRules kSeedCoder{.takes_newlines_along = false};

template <const WordRules& kRules>
size_t match_word(std::string_view text, size_t position) {
  const Rune first = rune_at(text, position);
  if (first.classes & kRules.letters) return skip(text, position, kRules.letters);
  if (first.classes & (kNewline | kNumber)) return position;
  const size_t begin = position + first.length;
  const size_t end = skip(text, begin, kRules.letters);
  return end > begin ? end : position;
}

template <const WordRules& kRules>
size_t match_words(std::string_view text, size_t position) {
  if (const size_t end = match_contraction(text, position, Case::kIgnored); end > position) {
    return end;
  }
  if (const size_t end = match_word<kRules>(text, position); end > position) return end;
  if (const size_t end = match_numbers(text, position, kRules.digits); end > position) return end;
  if (const size_t end = match_other(text, position, kRules.letters); end > position) {
    return kRules.takes_newlines_along ? skip(text, end, kNewline) : end;
  }
  return match_blank_lines_or_spaces(text, position);
}

// The same for those that tell upper from lower case, with words
// [^\r\n\p{L}\p{N}]?U*L+|[^\r\n\p{L}\p{N}]?U+L*
struct CasedRules {
  int digits = 3;
  bool takes_contractions_along = true;  // after a word; else contractions are nothing special
  bool takes_slashes_along = true;       // with the newlines after what else there is
  bool han_apart = false;                // runs of ideographs are words, and in no other ones
};

constexpr CasedRules kTekken{.digits = 1, .takes_contractions_along = false};
constexpr CasedRules kGpt4o{};
constexpr CasedRules kKimi{.takes_slashes_along = false, .han_apart = true};

template <const CasedRules& kRules>
bool is_of(const Rune& rune, Classes any_of) {
  return (rune.classes & any_of) && !(kRules.han_apart && is_han(rune.value));
}

template <const CasedRules& kRules>
size_t skip_cased(std::string_view text, size_t position, Classes any_of) {
  while (position < text.size()) {
    const Rune rune = rune_at(text, position);
    if (!is_of<kRules>(rune, any_of)) break;
    position += rune.length;
  }
  return position;
}

// U*L+. Caseless letters and marks are in both classes, so U* may have to give back for L+ to
// match.
template <const CasedRules& kRules>
size_t match_ending_lower(std::string_view text, size_t begin) {
  size_t upper_end = begin;
  size_t last_lower_end = begin;
  while (upper_end < text.size()) {
    const Rune rune = rune_at(text, upper_end);
    if (!is_of<kRules>(rune, kUpperOrCaseless)) break;
    upper_end += rune.length;
    if (rune.classes & kLowerOrCaseless) last_lower_end = upper_end;
  }
  const size_t end = skip_cased<kRules>(text, upper_end, kLowerOrCaseless);
  return end > upper_end ? end : last_lower_end;
}

// U+, which is all that is left of U+L* where U*L+ does not match.
template <const CasedRules& kRules>
size_t match_upper(std::string_view text, size_t begin) {
  return skip_cased<kRules>(text, begin, kUpperOrCaseless);
}

template <const CasedRules& kRules>
size_t match_cased_word(std::string_view text, size_t position) {
  const Rune first = rune_at(text, position);
  const bool may_lead = !(first.classes & (kNewline | kLetter | kNumber));
  const size_t after_lead = position + (may_lead ? first.length : 0);
  for (const auto match : {match_ending_lower<kRules>, match_upper<kRules>}) {
    if (const size_t end = match(text, after_lead); end > after_lead) return end;
    // A mark can lead as well as be the word itself.
    if (const size_t end = match(text, position); end > position) return end;
  }
  return position;
}

template <const CasedRules& kRules>
size_t match_cased(std::string_view text, size_t position) {
  if (kRules.han_apart) {
    if (const size_t end = match_han(text, position); end > position) return end;
  }
  if (const size_t end = match_cased_word<kRules>(text, position); end > position) {
    if (!kRules.takes_contractions_along) return end;
    return match_contraction(text, end, Case::kIgnored);
  }
  if (const size_t end = match_numbers(text, position, kRules.digits); end > position) return end;
  if (size_t end = match_other(text, position, kLetter); end > position) {
    const std::string_view along = kRules.takes_slashes_along ? "\r\n/" : "\r\n";
    return std::min(text.find_first_not_of(along, end), text.size());
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
  return find_next(text, from, match_words<kLlama3>);
}

Span scan_qwen2(std::string_view text, size_t from) {
  return find_next(text, from, match_words<kQwen2>);
}

Span scan_qwen35(std::string_view text, size_t from) {
  return find_next(text, from, match_words<kQwen35>);
}

Span scan_seed_coder(std::string_view text, size_t from) {
  return find_next(text, from, match_words<kSeedCoder>);
}

Span scan_tekken(std::string_view text, size_t from) {
  return find_next(text, from, match_cased<kTekken>);
}

Span scan_gpt4o(std::string_view text, size_t from) {
  return find_next(text, from, match_cased<kGpt4o>);
}

Span scan_kimi(std::string_view text, size_t from) {
  return find_next(text, from, match_cased<kKimi>);
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
