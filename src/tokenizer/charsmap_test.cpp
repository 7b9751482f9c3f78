#include "tokenizer/charsmap.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/expect_error.h"
#include "tokenizer/test_charsmap.h"

namespace cria::tokenizer {
namespace {

using cria::test::expect_error;
using test::CharsmapBuilder;

// "ﬁ", a decomposed letter and its base alone, a letter that vanishes.
const test::Rules kRules = {
    {"\xef\xac\x81", "fi"}, {"e", "E"}, {"e\xcc\x81", "\xc3\xa9"}, {"z", ""}};

TEST(Charsmap, TakesTheLongestRule) {
  const Charsmap map(CharsmapBuilder(kRules).bytes());
  const auto expect = [&](std::string_view text, size_t length, std::string_view replacement) {
    const Charsmap::Match match = map.longest(text);
    EXPECT_EQ(match.length, length) << text;
    EXPECT_EQ(match.replacement, replacement) << text;
  };
  expect("\xef\xac\x81n", 3, "fi");
  expect("ex", 1, "E");
  expect("e\xcc\x81x", 3, "\xc3\xa9");
  expect("e\xcc", 1, "E");
  expect("zz", 1, "");
  expect("x", 0, "");
  expect("", 0, "");
}

TEST(Charsmap, HasNoRulesWithoutBytes) { EXPECT_EQ(Charsmap("").longest("e").length, 0u); }

void expect_corrupt(const std::string& bytes, std::string_view complaint) {
  expect_error([&] { Charsmap map(bytes); }, Error::Code::kCorrupt,
               {"precompiled_charsmap", complaint});
}

TEST(Charsmap, RefusesDamagedOnes) {
  const CharsmapBuilder builder(kRules);
  const std::string whole = builder.bytes();
  expect_corrupt("abc", "has 3 bytes");
  expect_corrupt(whole.substr(0, 4 * builder.units.size() + 4), "expected whole ones and texts");
  expect_corrupt(whole + "x", "does not end with the zero");
  expect_corrupt(std::string(4, '\0') + '\0', "has no nodes");

  // A rule of one byte, spoilt.
  const size_t first = builder.units[0] >> 10;  // base of the root
  const auto changed = [&](size_t index, uint32_t unit) {
    CharsmapBuilder copy = builder;
    copy.units[index] = unit;
    return copy.bytes();
  };
  const size_t z = first + 'z';
  expect_corrupt(changed(z, builder.units[z] | 0x1fffffu << 10), "has its value at");
  expect_corrupt(changed(z ^ (builder.units[z] >> 10), 1u << 31 | 5000), "text is at 5000");
  // A node that is its own child.
  expect_corrupt(changed(z, 'z' | static_cast<uint32_t>(z ^ first) << 10), "more than 256 bytes");
  expect_corrupt(CharsmapBuilder(test::Rules{{"\xff", "a"}}).bytes(), "not valid UTF-8");
  expect_corrupt(CharsmapBuilder(test::Rules{{"a", "\xff"}}).bytes(), "not valid UTF-8");
}

// Whatever is accepted can be looked up in; the sanitizers watch.
TEST(Charsmap, NeverReadsBeyondItsBytes) {
  const std::string whole = CharsmapBuilder(kRules).bytes();
  std::mt19937 random(5);
  const auto attempt = [](const std::string& bytes) {
    try {
      const Charsmap map(bytes);
      for (int byte = 0; byte < 256; ++byte) map.longest(std::string(3, static_cast<char>(byte)));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Error::Code::kCorrupt);
    }
  };
  for (int round = 0; round < 2000; ++round) {
    attempt(whole.substr(0, random() % whole.size()));
    std::string spoilt = whole;
    for (int i = 0; i < 4; ++i)
      spoilt[4 + random() % (spoilt.size() - 4)] = static_cast<char>(random());
    attempt(spoilt);
    std::string noise(40 + random() % 4000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    const size_t units = (noise.size() - 8) / 4 * 4;
    for (size_t i = 0; i < 4; ++i) noise[i] = static_cast<char>(units >> (8 * i));
    noise.back() = '\0';
    attempt(noise);
  }
}

}  // namespace
}  // namespace cria::tokenizer
