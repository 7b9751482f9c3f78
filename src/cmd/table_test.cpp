#include "cmd/table.h"

#include <gtest/gtest.h>

namespace cria::cmd {
namespace {

TEST(Table, AlignsColumnsByCharactersAndEndsLinesWithoutSpaces) {
  Table table({Table::Align::kLeft, Table::Align::kRight});
  table.row({"NAME", "SIZE"});
  table.row({"\u00e9t\u00e9", "5"});
  table.row({"x"});
  EXPECT_EQ(table.text(),
            "NAME    SIZE\n"
            "\u00e9t\u00e9        5\n"
            "x\n");
}

TEST(Table, IndentsEachLine) {
  Table table({}, "  ");
  EXPECT_TRUE(table.empty());
  table.row({"a", "b"});
  EXPECT_EQ(table.text(), "  a    b\n");
}

}  // namespace
}  // namespace cria::cmd
