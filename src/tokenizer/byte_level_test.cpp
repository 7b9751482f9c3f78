#include "tokenizer/byte_level.h"

#include <gtest/gtest.h>

#include <set>

namespace cria::tokenizer {
namespace {

TEST(ByteLevel, WritesEveryByteAsAnotherPrintableCharacter) {
  std::set<std::string> characters;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    const std::string character = to_byte_alphabet(bytes);
    EXPECT_EQ(from_byte_alphabet(character), bytes);
    characters.insert(character);
  }
  EXPECT_EQ(characters.size(), 256u);
}

TEST(ByteLevel, UsesTheAlphabetOfGpt2) {
  EXPECT_EQ(to_byte_alphabet("a b"),
            "a\xc4\xa0"
            "b");                                   // space: U+0120
  EXPECT_EQ(to_byte_alphabet("\n"), "\xc4\x8a");    // U+010A
  EXPECT_EQ(to_byte_alphabet("\x7f"), "\xc4\xa1");  // U+0121
  EXPECT_EQ(to_byte_alphabet("\xad"), "\xc5\x83");  // U+0143, the last one
  EXPECT_EQ(to_byte_alphabet("\xe9"), "\xc3\xa9");  // stays U+00E9
}

TEST(ByteLevel, RefusesWhatIsNotInTheAlphabet) {
  EXPECT_EQ(from_byte_alphabet("a b"), std::nullopt);
  EXPECT_EQ(from_byte_alphabet("\xe2\x96\x81"), std::nullopt);
  EXPECT_EQ(from_byte_alphabet("\xff"), std::nullopt);
}

}  // namespace
}  // namespace cria::tokenizer
