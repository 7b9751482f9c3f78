#include "template/common/search.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace cria::chat {
namespace {

TEST(Search, FindsWhatTheStandardLibraryFinds) {
  std::mt19937 random(5);
  const auto letters = [&](size_t size) {
    std::string text;
    while (text.size() < size) text += "ab"[random() % 2];
    return text;
  };
  for (int i = 0; i < 2000; ++i) {
    const std::string unit = letters(1 + random() % 3);
    std::string in, part;
    while (in.size() < 400) in += random() % 40 == 0 ? letters(1) : unit;
    while (part.size() < random() % 150) part += unit;
    const size_t from = random() % 410;
    EXPECT_EQ(find_text(in, part, from), in.find(part, from)) << in << " " << part;
    EXPECT_EQ(find_last_text(in, part), in.rfind(part)) << in << " " << part;
  }
  EXPECT_EQ(find_text("", std::string(100, 'a')), std::string::npos);
  EXPECT_EQ(find_last_text("a", std::string(100, 'a')), std::string::npos);
}

}  // namespace
}  // namespace cria::chat
