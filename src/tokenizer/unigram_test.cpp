#include "tokenizer/unigram.h"

#include <gtest/gtest.h>

#include "tokenizer/test_charsmap.h"
#include "tokenizer/test_vocabularies.h"

namespace cria::tokenizer {
namespace {

using Ids = std::vector<Id>;

const std::string kMark = "\xe2\x96\x81";  // U+2581

std::vector<Ids> encoded(const Tokenizer& tokenizer, const std::vector<std::string>& texts) {
  std::vector<Ids> all;
  for (const std::string& text : texts) all.push_back(tokenizer.encode(text));
  return all;
}

// Trained by SentencePiece, which gave the ids too.
TEST(Unigram, GivesTheIdsOfTheOriginal) {
  const auto tokenizer = make_tokenizer(test::unigram_vocabulary(
      {{kMark + "th", -2.0125},  {"e", -2.1239},          {"n", -2.4618},
       {kMark + "cat", -2.47},   {kMark, -2.5838},        {kMark + "o", -2.6914},
       {kMark + "a", -2.7144},   {kMark + "sat", -2.985}, {"at", -3.3849},
       {"d", -3.3857},           {"i", -3.3857},          {kMark + "mat", -3.3931},
       {kMark + "hat", -3.3993}, {"th", -3.9242},         {"s", -4.0877},
       {"βα", -4.0914},          {"f", -4.0915},          {"w", -4.0915},
       {"r", -4.0915},           {kMark + "αβ", -4.0966}, {"m", -4.0971},
       {"β", -4.0972},           {"α", -4.0973},          {"o", -4.0974},
       {"c", -4.0975},           {"h", -4.0976},          {"a", -4.0977},
       {"t", -4.0978},           {kMark + "αβα", -4.0978}}));
  EXPECT_EQ(
      encoded(*tokenizer, {"the cat sat on the mat", "  thecatsat   onthemat ", "atathatheαβαβ",
                           "zebra XYZ cat", "", "  ", "a" + kMark + "b aaaaaaaa", "ααβ\nthat"}),
      (std::vector<Ids>{{3, 4, 6, 10, 8, 5, 3, 4, 14},
                        {3, 4, 27, 11, 17, 11, 8, 5, 16, 4, 23, 11},
                        {7, 11, 11, 28, 11, 28, 4, 25, 18, 24},
                        {7, 0, 4, 0, 21, 29, 7, 0, 6},
                        {},
                        {},
                        {9, 7, 0, 9, 29, 29, 29, 29, 29, 29, 29},
                        {7, 25, 25, 24, 0, 16, 11}}));
  EXPECT_EQ(tokenizer->decode(Ids{3, 4, 6, 10}), "the cat sat");
}

TEST(Unigram, TakesTheFirstOfEqualWays) {
  Vocabulary vocabulary = test::unigram_vocabulary({{"a", -1}, {"ab", -2}, {"bc", -2}, {"c", -1}});
  vocabulary.add_space_prefix = false;
  // "a bc" and "ab c" weigh the same; the way to the end that is found first starts earlier.
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("abc"), (Ids{3, 5}));
}

TEST(Unigram, FindsTokensThatReachOverSpaces) {
  const Vocabulary vocabulary = test::unigram_vocabulary(
      {{kMark, -3}, {"a", -3}, {kMark + "a" + kMark + "a", -4}, {kMark + kMark, -1}});
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("a a"), Ids{5});
}

TEST(Unigram, KeepsOrRemovesSpaces) {
  Vocabulary vocabulary = test::unigram_vocabulary({{kMark, -1}, {"a", -1}});
  const std::vector<std::string> texts = {" a  a ", "a", " ", ""};
  EXPECT_EQ(encoded(*make_tokenizer(vocabulary), texts),
            (std::vector<Ids>{{3, 4, 3, 4}, {3, 4}, {}, {}}));
  vocabulary.remove_extra_whitespaces = false;
  EXPECT_EQ(encoded(*make_tokenizer(vocabulary), texts),
            (std::vector<Ids>{{3, 3, 4, 3, 3, 4, 3}, {3, 4}, {3, 3}, {}}));
  vocabulary.add_space_prefix = false;
  EXPECT_EQ(encoded(*make_tokenizer(vocabulary), texts),
            (std::vector<Ids>{{3, 4, 3, 3, 4, 3}, {4}, {3}, {}}));
}

TEST(Unigram, StartsEveryTextBetweenSpecialTokensAnew) {
  const auto tokenizer = make_tokenizer(test::unigram_vocabulary({{kMark, -1}, {"a", -1}}));
  EXPECT_EQ(tokenizer->encode(" a </s>a", true), (Ids{3, 4, 2, 3, 4}));
  EXPECT_EQ(tokenizer->encode("</s>"), (Ids{3, 0}));
}

TEST(Unigram, NormalisesByTheVocabularysRules) {
  Vocabulary vocabulary = test::unigram_vocabulary({{kMark, -1}, {"f", -1}, {"i", -1}});
  vocabulary.precompiled_charsmap =
      test::CharsmapBuilder(test::Rules{{"ﬁ", "fi"}, {"\n", " "}, {"\xc2\xad", ""}}).bytes();
  const auto tokenizer = make_tokenizer(vocabulary);
  EXPECT_EQ(encoded(*tokenizer, {"ﬁ", "f\n\n i", "\nf\xc2\xad\n", "\xc2\xad"}),
            (std::vector<Ids>{{3, 4, 5}, {3, 4, 3, 5}, {3, 4}, {}}));
}

TEST(Unigram, FallsBackToBytesAndThenToOneUnknownToken) {
  Vocabulary vocabulary = test::unigram_vocabulary({{"a", -1}, {"\xef\xbf\xbd", -2}});
  vocabulary.add_space_prefix = false;
  // What is not UTF-8 is U+FFFD, byte by byte.
  EXPECT_EQ(encoded(*make_tokenizer(vocabulary), {"éêaé", "\xff\xc3"}),
            (std::vector<Ids>{{0, 3, 0}, {4, 4}}));
  test::add_token(vocabulary, "<0xC3>", TokenType::kByte);
  test::add_token(vocabulary, "<0xA9>", TokenType::kByte);
  const auto tokenizer = make_tokenizer(vocabulary);
  EXPECT_EQ(tokenizer->encode("éêaé"), (Ids{5, 6, 0, 3, 5, 6}));
  EXPECT_EQ(tokenizer->decode(Ids{5, 6, 3}), "éa");
  EXPECT_EQ(tokenizer->encode("<0xC3>"), Ids{0});  // text is never a byte token
}

}  // namespace
}  // namespace cria::tokenizer
