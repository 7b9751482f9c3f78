#pragma once
// Code points of a text that may hold invalid UTF-8, and the Unicode classes that pre-tokenizers
// ask for.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cria::tokenizer {

// A set of classes, as bits.
using Classes = uint16_t;
inline constexpr Classes kLetter = 1;             // \p{L}
inline constexpr Classes kMark = 2;               // \p{M}
inline constexpr Classes kNumber = 4;             // \p{N}
inline constexpr Classes kPunctuation = 8;        // \p{P}
inline constexpr Classes kSymbol = 16;            // \p{S}
inline constexpr Classes kSpace = 32;             // \s: White_Space
inline constexpr Classes kNewline = 64;           // \r and \n
inline constexpr Classes kUpperOrCaseless = 128;  // [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
inline constexpr Classes kLowerOrCaseless = 256;  // [\p{Ll}\p{Lm}\p{Lo}\p{M}]

// One code point where it stands. A byte that is not part of valid UTF-8 is a rune of its own,
// without classes.
struct Rune {
  static constexpr char32_t kInvalid = 0xffffffff;
  char32_t value = kInvalid;
  uint32_t length = 1;  // bytes
  Classes classes = 0;
};

extern const std::array<Classes, 128> kAsciiClasses;

// As rune_at(), for a first byte that is not ASCII.
Rune wide_rune_at(std::string_view text, size_t position);

// The rune at `position`, which must be inside the text.
inline Rune rune_at(std::string_view text, size_t position) {
  const auto first = static_cast<unsigned char>(text[position]);
  if (first >= 0x80) return wide_rune_at(text, position);
  return {.value = first, .length = 1, .classes = kAsciiClasses[first]};
}

// The end of the run of runes that have any of (none of) these classes.
size_t skip(std::string_view text, size_t position, Classes any_of);
size_t skip_none_of(std::string_view text, size_t position, Classes classes);

// What BERT's normaliser drops: control and format characters but those that it takes for spaces,
// and what is not valid UTF-8.
bool is_control(const Rune& rune);
// Punctuation in the sense of BERT (all of ASCII that is no letter, digit or space, and \p{P}) and
// ideographs.
bool is_word_of_its_own(char32_t value);

bool is_valid_utf8(std::string_view text);

// At most so many characters come of one by canonical decomposition.
inline constexpr size_t kMostDecomposed = 8;
// Decomposes canonically, drops what is \p{Mn}, and makes lower-case; returns how many are left.
size_t fold(char32_t value, std::array<char32_t, kMostDecomposed>& folded);

template <class Take>
void for_each_folded(char32_t value, const Take& take) {
  std::array<char32_t, kMostDecomposed> folded{};
  const size_t count = fold(value, folded);
  for (size_t i = 0; i < count; ++i) take(folded[i]);
}

}  // namespace cria::tokenizer
