#include "cmd/input.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace cria::cmd {
namespace {

using Ids = std::vector<int32_t>;

TEST(ParseIds, AcceptsSpacesCommasAndNewlines) {
  EXPECT_EQ(parse_ids("1,2,3"), (Ids{1, 2, 3}));
  EXPECT_EQ(parse_ids(" 1 2\n3, 4,\n"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(parse_ids("0"), (Ids{0}));
  EXPECT_EQ(parse_ids("2147483647"), (Ids{INT32_MAX}));
  EXPECT_EQ(parse_ids(""), Ids());
  EXPECT_EQ(parse_ids(" ,\n"), Ids());
}

TEST(ParseIds, NamesWhatIsNoId) {
  for (const char* text : {"1 x 2", "-1", "1.5", "2147483648", "0x10", "1;2"}) {
    EXPECT_THROW(parse_ids(text), Error) << text;
  }
  try {
    parse_ids("1 abc");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find("\"abc\""), std::string::npos);
  }
}

TEST(ReadFile, SaysWhichFileIsMissing) {
  try {
    read_file("/nowhere/ids.txt");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kNotFound);
    EXPECT_NE(std::string(error.what()).find("/nowhere/ids.txt"), std::string::npos);
  }
}

}  // namespace
}  // namespace cria::cmd
