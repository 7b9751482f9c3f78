#include "base/quote.h"

#include <gtest/gtest.h>

namespace cria {
namespace {

TEST(Quote, LeavesPlainTextAlone) { EXPECT_EQ(quote("blk.0.attn_q"), "\"blk.0.attn_q\""); }

TEST(Quote, EscapesWhatIsNotPrintableAscii) {
  EXPECT_EQ(quote(std::string_view("a\0\n\"\xc3", 5)), "\"a\\x00\\x0a\\x22\\xc3\"");
}

TEST(Quote, CutsLongText) {
  EXPECT_EQ(quote(std::string(80, 'x')), "\"" + std::string(80, 'x') + "\"");
  EXPECT_EQ(quote(std::string(81, 'x')), "\"" + std::string(80, 'x') + "...\"");
}

}  // namespace
}  // namespace cria
