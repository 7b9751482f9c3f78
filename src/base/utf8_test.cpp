#include "base/utf8.h"

#include <gtest/gtest.h>

namespace cria {
namespace {

TEST(AppendUtf8, WritesCharactersOfEachLength) {
  const std::pair<char32_t, const char*> kCharacters[] = {{0x7f, "\x7f"},
                                                          {0x80, "\xc2\x80"},
                                                          {0x7ff, "\xdf\xbf"},
                                                          {0x800, "\xe0\xa0\x80"},
                                                          {0x20ac, "\xe2\x82\xac"},
                                                          {0xffff, "\xef\xbf\xbf"},
                                                          {0x10000, "\xf0\x90\x80\x80"},
                                                          {0x1f999, "\xf0\x9f\xa6\x99"},
                                                          {0x10ffff, "\xf4\x8f\xbf\xbf"}};
  std::string all, expected;
  for (const auto& [code, bytes] : kCharacters) {
    append_utf8(all, code);
    expected += bytes;
    EXPECT_EQ(all, expected);
  }
  append_utf8(all, 0);
  EXPECT_EQ(all, expected + '\0');
}

}  // namespace
}  // namespace cria
