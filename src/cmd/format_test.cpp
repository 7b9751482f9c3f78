#include "cmd/format.h"

#include <gtest/gtest.h>

namespace cria::cmd {
namespace {

TEST(SizeText, CountsInThousandsAndCutsWhatIsBehindThePoint) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1000), "1 KB");
  EXPECT_EQ(size_text(1999), "1.9 KB");
  EXPECT_EQ(size_text(98'765'432), "98 MB");
  EXPECT_EQ(size_text(999'999'999), "999 MB");
  EXPECT_EQ(size_text(4'700'000'000), "4.7 GB");
  EXPECT_EQ(size_text(INT64_MAX), "9.2 EB");
}

TEST(CountText, AbbreviatesMillionsAndBillions) {
  EXPECT_EQ(count_text(512), "512");
  EXPECT_EQ(count_text(293'000), "293K");
  EXPECT_EQ(count_text(134'515'008), "134.52M");
  EXPECT_EQ(count_text(7'000'000'000), "7B");
  EXPECT_EQ(count_text(8'030'261'248), "8B");
  EXPECT_EQ(count_text(1'240'000'000), "1.2B");
}

TEST(DurationText, TakesTheUnitThatFits) {
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(12.3e-6), "12.3\u00b5s");
  EXPECT_EQ(duration_text(0.0125), "12.5ms");
  EXPECT_EQ(duration_text(1.25), "1.25s");
  EXPECT_EQ(duration_text(2), "2s");
  EXPECT_EQ(duration_text(65.25), "1m5.25s");
  EXPECT_EQ(duration_text(3723.5), "1h2m3.5s");
}

TEST(AgeText, IsRough) {
  constexpr double kHour = 3600, kDay = 24 * kHour;
  EXPECT_EQ(age_text(0.4), "Less than a second ago");
  EXPECT_EQ(age_text(-5), "Less than a second ago");
  EXPECT_EQ(age_text(1), "1 second ago");
  EXPECT_EQ(age_text(59), "59 seconds ago");
  EXPECT_EQ(age_text(61), "About a minute ago");
  EXPECT_EQ(age_text(600), "10 minutes ago");
  EXPECT_EQ(age_text(kHour), "About an hour ago");
  EXPECT_EQ(age_text(26 * kHour), "26 hours ago");
  EXPECT_EQ(age_text(3 * kDay), "3 days ago");
  EXPECT_EQ(age_text(21 * kDay), "3 weeks ago");
  EXPECT_EQ(age_text(90 * kDay), "3 months ago");
  EXPECT_EQ(age_text(800 * kDay), "2 years ago");
}

TEST(Escape, ShowsWhatTerminalsObeyAndKeepsText) {
  EXPECT_EQ(escape("a b"), "a b");
  EXPECT_EQ(escape("\n\t\r\\"), "\\n\\t\\r\\\\");
  EXPECT_EQ(escape("\x1b[0m\x7f"), "\\x1b[0m\\x7f");
  EXPECT_EQ(escape("na\u00efve \u20ac"), "na\u00efve \u20ac");
}

TEST(Escape, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(escape("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(escape("\xff!"), "\\xff!");
  EXPECT_EQ(escape("\xc2\x9b"), "\\xc2\\x9b");  // the one-byte CSI of some terminals
}

TEST(AppendItem, PutsSeparatorsBetweenItems) {
  std::string list;
  append_item(list, ", ", "a");
  append_item(list, ", ", "b");
  EXPECT_EQ(list, "a, b");
}

TEST(Abbreviate, NeverCutsACharacter) {
  EXPECT_EQ(abbreviate("abc", 3), "abc");
  EXPECT_EQ(abbreviate("abcd", 3), "abc... (4 bytes)");
  EXPECT_EQ(abbreviate("ab\u20ac", 4), "ab... (5 bytes)");
}

}  // namespace
}  // namespace cria::cmd
