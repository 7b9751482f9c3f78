#include "cmd/metadata_text.h"

#include <gtest/gtest.h>

namespace cria::cmd {
namespace {

TEST(MetadataText, WritesScalarsOnOneLine) {
  EXPECT_EQ(metadata_text(true), "true");
  EXPECT_EQ(metadata_text(int64_t{-3}), "-3");
  EXPECT_EQ(metadata_text(uint64_t{3}), "3");
  EXPECT_EQ(metadata_text(0.5), "0.5");
  EXPECT_EQ(metadata_text(std::string("a\nb")), "\"a\\nb\"");
}

TEST(MetadataText, AbbreviatesLongArraysAndTexts) {
  EXPECT_EQ(metadata_text(std::vector<int64_t>{1, 2}), "[1, 2]");
  EXPECT_EQ(metadata_text(std::vector<std::string>{}), "[]");
  EXPECT_EQ(metadata_text(std::vector<bool>(8, true)),
            "[true, true, true, true, true, true, ... (8 in all)]");
  const std::string text = metadata_text(std::string(1000, 'x'));
  EXPECT_EQ(text.size(), 1 + 200 + std::string("... (1000 bytes)").size() + 1);
}

TEST(ShapeText, ListsDimensions) {
  EXPECT_EQ(shape_text(std::vector<int64_t>{48, 64}), "[48, 64]");
  EXPECT_EQ(shape_text({}), "[]");
}

}  // namespace
}  // namespace cria::cmd
