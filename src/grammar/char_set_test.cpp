#include "grammar/char_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/utf8.h"
#include "grammar/utf8.h"

namespace cria::grammar {
namespace {

std::vector<CharRange> ranges(const CharSet& set) {
  return {set.ranges().begin(), set.ranges().end()};
}

TEST(CharSet, JoinsRangesThatTouch) {
  EXPECT_EQ(ranges(CharSet({{'d', 'f'}, {'a', 'b'}, {'c', 'e'}, {'x', 'x'}})),
            (std::vector<CharRange>{{'a', 'f'}, {'x', 'x'}}));
}

TEST(CharSet, HoldsNoSurrogates) {
  EXPECT_EQ(ranges(CharSet::all()), (std::vector<CharRange>{{0, 0xd7ff}, {0xe000, 0x10ffff}}));
  EXPECT_TRUE(CharSet({{0xd800, 0xdfff}}).empty());
}

TEST(CharSet, ComplementsAndSubtracts) {
  const CharSet letters({{'a', 'z'}});
  EXPECT_FALSE(letters.complement().contains('q'));
  EXPECT_TRUE(letters.complement().contains(kLastChar));
  EXPECT_EQ(letters.complement().complement(), letters);
  EXPECT_EQ(letters - CharSet({{'b', 'y'}}), CharSet({{'a', 'a'}, {'z', 'z'}}));
  EXPECT_TRUE((CharSet::all() - CharSet::all()).empty());
}

bool fits(const ByteSequence& sequence, std::string_view bytes) {
  if (bytes.size() != sequence.length) return false;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    if (byte < sequence.ranges[i].first || byte > sequence.ranges[i].last) return false;
  }
  return true;
}

size_t texts_of(const ByteSequence& sequence) {
  size_t count = 1;
  for (size_t i = 0; i < sequence.length; ++i) {
    count *= size_t{sequence.ranges[i].last} - sequence.ranges[i].first + 1;
  }
  return count;
}

TEST(Utf8, SequencesAreExactlyTheCharactersOfASet) {
  const CharSet sets[] = {CharSet::all(),
                          CharSet({{'a', 'z'}}),
                          CharSet({{0x7f, 0x80}}),
                          CharSet({{0x7fe, 0x801}, {0xfff0, 0x10010}, {0x3041, 0x30ff}}),
                          CharSet({{0x10fffe, 0x10ffff}}),
                          CharSet()};
  for (const CharSet& set : sets) {
    const std::vector<ByteSequence> sequences = utf8_sequences(set);
    size_t characters = 0, texts = 0;
    for (const ByteSequence& sequence : sequences) texts += texts_of(sequence);
    for (const CharRange& range : set.ranges()) {
      for (char32_t c = range.first; c <= range.last; ++c) {
        std::string bytes;
        append_utf8(bytes, c);
        ++characters;
        const auto count =
            std::count_if(sequences.begin(), sequences.end(),
                          [&](const ByteSequence& sequence) { return fits(sequence, bytes); });
        ASSERT_EQ(count, 1) << "character " << static_cast<uint32_t>(c);
      }
    }
    EXPECT_EQ(texts, characters);
  }
}

TEST(Utf8, TakesOnlyValidCharacters) {
  std::string_view good = "\xe2\x82\xac!";
  EXPECT_EQ(take_utf8(good), 0x20acu);
  EXPECT_EQ(good, "!");
  for (std::string_view bad : {"", "\x80", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80",
                               "\xe2\x82", "\xe2\x28\xa1", "\xff"}) {
    EXPECT_FALSE(take_utf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace cria::grammar
