#include "tokenizer/unicode.h"

#include <gtest/gtest.h>
#include <utf8proc.h>

namespace cria::tokenizer {
namespace {

Classes classes_of(std::string_view character) { return rune_at(character, 0).classes; }

TEST(Unicode, ReadsOneRuneWhereItStands) {
  const Rune rune = rune_at("a\xc3\xa9", 1);
  EXPECT_EQ(rune.value, U'\u00e9');
  EXPECT_EQ(rune.length, 2u);
  EXPECT_EQ(rune.classes, kLetter | kLowerOrCaseless);
}

TEST(Unicode, TakesEachInvalidByteAsARuneWithoutClasses) {
  // A lone continuation, a character cut short, an overlong slash, a surrogate, and a byte that
  // never occurs.
  for (const std::string_view text : {"\x80", "\xe4\xb8", "\xc0\xaf", "\xed\xa0\x80", "\xff"}) {
    for (size_t position = 0; position < text.size(); ++position) {
      const Rune rune = rune_at(text, position);
      EXPECT_EQ(rune.value, Rune::kInvalid);
      EXPECT_EQ(rune.length, 1u);
      EXPECT_EQ(rune.classes, 0);
    }
    EXPECT_FALSE(is_valid_utf8(text));
  }
  EXPECT_TRUE(is_valid_utf8("a\xe4\xb8\xad"));
}

TEST(Unicode, ClassifiesByGeneralCategory) {
  EXPECT_EQ(classes_of("A"), kLetter | kUpperOrCaseless);
  EXPECT_EQ(classes_of("\xc7\x85"), kLetter | kUpperOrCaseless);  // U+01C5, title case
  EXPECT_EQ(classes_of("\xe4\xb8\xad"), kLetter | kUpperOrCaseless | kLowerOrCaseless);
  EXPECT_EQ(classes_of("\xcc\x81"), kMark | kUpperOrCaseless | kLowerOrCaseless);
  EXPECT_EQ(classes_of("\xc2\xbd"), kNumber);  // one half
  EXPECT_EQ(classes_of("_"), kPunctuation);
  EXPECT_EQ(classes_of("$"), kSymbol);
  EXPECT_EQ(classes_of("\t"), kSpace);
  EXPECT_EQ(classes_of("\r"), kSpace | kNewline);
  EXPECT_EQ(classes_of("\xc2\x85"), kSpace);      // next line
  EXPECT_EQ(classes_of("\xe3\x80\x80"), kSpace);  // ideographic space
  EXPECT_EQ(classes_of("\xe2\x80\x8b"), 0);       // zero width space is no White_Space
}

TEST(Unicode, ClassifiesAsciiAsTheLibraryDoes) {
  for (char32_t c = 0; c < 128; ++c) {
    const std::string category = utf8proc_category_string(static_cast<utf8proc_int32_t>(c));
    const Classes classes = kAsciiClasses[c];
    EXPECT_EQ((classes & kLetter) != 0, category[0] == 'L') << static_cast<int>(c);
    EXPECT_EQ((classes & kNumber) != 0, category[0] == 'N') << static_cast<int>(c);
    EXPECT_EQ((classes & kPunctuation) != 0, category[0] == 'P') << static_cast<int>(c);
    EXPECT_EQ((classes & kSymbol) != 0, category[0] == 'S') << static_cast<int>(c);
    EXPECT_EQ((classes & kUpperOrCaseless) != 0, category == "Lu") << static_cast<int>(c);
    EXPECT_EQ((classes & kSpace) != 0, category == "Zs" || (c >= 9 && c <= 13))
        << static_cast<int>(c);
  }
}

}  // namespace
}  // namespace cria::tokenizer
