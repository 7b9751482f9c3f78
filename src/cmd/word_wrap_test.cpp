#include "cmd/word_wrap.h"

#include <gtest/gtest.h>

#include <vector>

#include "cmd/terminal.h"

namespace cria::cmd {
namespace {

// What a terminal shows of bytes that move the cursor left and clear the rest of its line.
std::string shown(std::string_view bytes) {
  std::vector<std::string> lines(1);
  while (!bytes.empty()) {
    if (bytes.starts_with("\033[K")) {
      bytes.remove_prefix(3);
    } else if (bytes.starts_with("\033[")) {
      const size_t end = bytes.find('D');
      const size_t back = std::stoul(std::string(bytes.substr(2, end - 2)));
      EXPECT_LE(back, lines.back().size());
      lines.back().resize(lines.back().size() - back);
      bytes.remove_prefix(end + 1);
    } else {
      if (bytes[0] == '\n') {
        lines.emplace_back();
      } else {
        lines.back() += bytes[0];
      }
      bytes.remove_prefix(1);
    }
  }
  std::string text;
  for (const std::string& line : lines) text += line + "|";
  return text;
}

std::string wrapped(int columns, std::initializer_list<const char*> pieces) {
  WordWrap wrap(columns);
  std::string out;
  for (const char* piece : pieces) out += wrap.add(piece);
  return shown(out);
}

TEST(WordWrap, MovesAWordThatDoesNotFit) {
  EXPECT_EQ(wrapped(11, {"Once upon a time"}), "Once upon |a time|");
  EXPECT_EQ(wrapped(11, {"Once up", "on", " a", " ti", "me"}), "Once upon |a time|");
  EXPECT_EQ(wrapped(11, {"aaaa bbbbbb"}), "aaaa |bbbbbb|");
  EXPECT_EQ(wrapped(11, {"aaaa bbbb", "bb cc"}), "aaaa |bbbbbb cc|");
}

TEST(WordWrap, BreaksWordsThatAreLongerThanALine) {
  EXPECT_EQ(wrapped(5, {"aaaaaaaaaa b"}), "aaaa|aaaa|aa b|");
}

TEST(WordWrap, KeepsLinesAsTheyAre) {
  EXPECT_EQ(wrapped(11, {"a\nb\n\n  c"}), "a|b||  c|");
  EXPECT_EQ(wrapped(0, {"a long line that stays"}), "a long line that stays|");
}

TEST(WordWrap, CountsColumnsAndNotBytes) {
  use_utf8_locale();
  EXPECT_EQ(wrapped(7, {"\u00e9\u00e9\u00e9 \u00e9\u00e9"}), "\u00e9\u00e9\u00e9 \u00e9\u00e9|");
  EXPECT_EQ(wrapped(7, {"\u65e5\u65e5\u65e5\u65e5"}), "\u65e5\u65e5\u65e5|\u65e5|");
}

}  // namespace
}  // namespace cria::cmd
