#include "tokenizer/unicode.h"

#include <utf8proc.h>

#include <array>
#include <string>

#include "base/error.h"

namespace cria::tokenizer {
namespace {

Classes classes_of_category(utf8proc_category_t category) {
  switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return kLetter | kUpperOrCaseless;
    case UTF8PROC_CATEGORY_LL:
      return kLetter | kLowerOrCaseless;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return kLetter | kUpperOrCaseless | kLowerOrCaseless;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return kMark | kUpperOrCaseless | kLowerOrCaseless;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return kNumber;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return kPunctuation;
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
      return kSymbol;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return kSpace;
    default:
      return 0;
  }
}

Classes classes_of(char32_t value) {
  // White_Space is the separators and a few controls, of which all but this one are ASCII.
  constexpr char32_t kNextLine = 0x85;
  if (value == kNextLine) return kSpace;
  return classes_of_category(utf8proc_category(static_cast<utf8proc_int32_t>(value)));
}

}  // namespace

// Constant, so that it is there before any other object.
constexpr std::array<Classes, 128> kAsciiClasses = [] {
  std::array<Classes, 128> table{};
  const auto put = [&](std::string_view characters, Classes classes) {
    for (const char c : characters) table[static_cast<unsigned char>(c)] = classes;
  };
  put("0123456789", kNumber);
  put("ABCDEFGHIJKLMNOPQRSTUVWXYZ", kLetter | kUpperOrCaseless);
  put("abcdefghijklmnopqrstuvwxyz", kLetter | kLowerOrCaseless);
  put("!\"#%&'()*,-./:;?@[\\]_{}", kPunctuation);
  put("$+<=>^`|~", kSymbol);
  put(" \t\v\f", kSpace);
  put("\r\n", kSpace | kNewline);
  return table;
}();

Rune wide_rune_at(std::string_view text, size_t position) {
  utf8proc_int32_t value = -1;
  const utf8proc_ssize_t length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + position),
                       static_cast<utf8proc_ssize_t>(text.size() - position), &value);
  if (length <= 0) return {};
  return {.value = static_cast<char32_t>(value),
          .length = static_cast<uint32_t>(length),
          .classes = classes_of(static_cast<char32_t>(value))};
}

size_t skip(std::string_view text, size_t position, Classes any_of) {
  while (position < text.size()) {
    const Rune rune = rune_at(text, position);
    if (!(rune.classes & any_of)) break;
    position += rune.length;
  }
  return position;
}

size_t skip_none_of(std::string_view text, size_t position, Classes classes) {
  while (position < text.size()) {
    const Rune rune = rune_at(text, position);
    if (rune.classes & classes) break;
    position += rune.length;
  }
  return position;
}

bool is_control(const Rune& rune) {
  if (rune.value == '\t' || rune.value == '\n' || rune.value == '\r') return false;
  constexpr char32_t kReplacement = 0xfffd;
  if (rune.value == Rune::kInvalid || rune.value == kReplacement) return true;
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(rune.value));
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_CO;
}

bool is_word_of_its_own(char32_t value) {
  if (value < 0x80) return kAsciiClasses[value] & (kPunctuation | kSymbol);
  const auto between = [value](char32_t first, char32_t last) {
    return value >= first && value <= last;
  };
  // The blocks of ideographs that BERT's tokenizer lists.
  return between(0x3400, 0x4dbf) || between(0x4e00, 0x9fff) || between(0xf900, 0xfaff) ||
         between(0x20000, 0x2a6df) || between(0x2a700, 0x2ceaf) || between(0x2f800, 0x2fa1f) ||
         (classes_of(value) & kPunctuation);
}

size_t fold(char32_t value, std::array<char32_t, kMostDecomposed>& folded) {
  std::array<utf8proc_int32_t, kMostDecomposed> parts{};
  int boundary = UTF8PROC_BOUNDCLASS_START;
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      static_cast<utf8proc_int32_t>(value), parts.data(),
      static_cast<utf8proc_ssize_t>(parts.size()), UTF8PROC_DECOMPOSE, &boundary);
  CRIA_CHECK(count >= 0 && count <= static_cast<utf8proc_ssize_t>(parts.size()));
  size_t kept = 0;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    if (utf8proc_category(parts[i]) == UTF8PROC_CATEGORY_MN) continue;
    folded[kept++] = static_cast<char32_t>(utf8proc_tolower(parts[i]));
  }
  return kept;
}

bool is_valid_utf8(std::string_view text) {
  for (size_t position = 0; position < text.size();) {
    const Rune rune = rune_at(text, position);
    if (rune.value == Rune::kInvalid) return false;
    position += rune.length;
  }
  return true;
}

}  // namespace cria::tokenizer
