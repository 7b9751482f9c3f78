#include "image/tiles.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"

namespace cria::image {
namespace {

// Every pixel red = x, green = y, blue = 200.
Image coordinates(int64_t width, int64_t height) {
  Image image{width, height, {}};
  for (int64_t i = 0; i < width * height; ++i) {
    image.pixels.push_back(static_cast<uint8_t>(i % width));
    image.pixels.push_back(static_cast<uint8_t>(i / width));
    image.pixels.push_back(200);
  }
  return image;
}

// Samples as they are.
TileOptions plain(int64_t tile_size, int64_t max_tiles = 4) {
  return {
      .tile_size = tile_size, .max_tiles = max_tiles, .rescale = 1, .mean = {}, .std = {1, 1, 1}};
}

TEST(Tiles, NumberAspectRatiosByRowsThenColumns) {
  const std::vector<AspectRatio> expected = {{1, 1}, {1, 2}, {1, 3}, {1, 4},
                                             {2, 1}, {2, 2}, {3, 1}, {4, 1}};
  EXPECT_EQ(aspect_ratios(4), expected);
}

TEST(Tiles, AreCutFromLeftToRightAndFilledUpWithBlack) {
  // Three wide and two high fits two tiles of 2x2 unchanged; the last column is filled up.
  const Tiles tiles = cut_tiles(coordinates(3, 2), plain(2));
  EXPECT_EQ(tiles.count, 2);
  EXPECT_EQ(tiles.aspect_ratio_id, 2);
  EXPECT_EQ(tiles.values, (std::vector<float>{0, 1, 0, 1, 0, 0, 1, 1, 200, 200, 200, 200,  //
                                              2, 0, 2, 0, 0, 0, 1, 0, 200, 0,   200, 0}));
}

TEST(Tiles, AreNormalisedAfterBlackIsAdded) {
  TileOptions options = plain(2);
  options.rescale = 1 / 255.0;
  options.mean = {0.5, 0, 0};
  options.std = {0.25, 1, 1};
  const Tiles tiles = cut_tiles({2, 1, {255, 0, 0, 0, 0, 0}}, options);
  ASSERT_EQ(tiles.values.size(), 12U);
  EXPECT_EQ(tiles.values[0], 2);   // (1 - 0.5) / 0.25
  EXPECT_EQ(tiles.values[1], -2);  // (0 - 0.5) / 0.25
  EXPECT_EQ(tiles.values[2], -2);  // below the image
}

TEST(Tiles, ChooseTheArrangement) {
  const auto id = [](int64_t width, int64_t height) {
    return cut_tiles(coordinates(width, height), plain(8)).aspect_ratio_id;
  };
  EXPECT_EQ(id(1, 1), 1);  // a tile is the least enlargement
  EXPECT_EQ(id(8, 8), 1);
  EXPECT_EQ(id(9, 8), 2);  // two columns hold it
  EXPECT_EQ(id(8, 9), 5);  // two rows
  EXPECT_EQ(id(9, 9), 6);  // two of each
  EXPECT_EQ(id(17, 8), 3);
  EXPECT_EQ(id(100, 1), 4);  // shrinks least
  EXPECT_EQ(id(1, 100), 8);
  EXPECT_EQ(id(300, 300), 6);
}

TEST(Tiles, KeepAPixelOfTheNarrowest) {
  const Tiles tiles = cut_tiles(coordinates(5000, 2), plain(4));
  EXPECT_EQ(tiles.count, 4);
  EXPECT_EQ(tiles.values[8 * 4], 200);    // blue of the first row
  EXPECT_EQ(tiles.values[8 * 4 + 4], 0);  // of the second
}

TEST(Tiles, RefuseOptionsThatCannotBe) {
  const auto refused = [](const TileOptions& options, std::string_view part) {
    test::expect_error([&] { cut_tiles(coordinates(1, 1), options); },
                       Error::Code::kInvalidArgument, {"image tiles", part});
  };
  refused(plain(0), "4 of 0x0");
  refused(plain(4, 0), "0 of 4x4");
  refused(plain(-1), "-1x-1");
  refused(plain(int64_t{1} << 62), "at most");
  refused(plain(8000), "at most");
  refused(plain(1, int64_t{1} << 40), "at most");
  TileOptions options = plain(2);
  options.std[1] = 0;
  refused(options, "channel 1");
  options = plain(2);
  options.mean[2] = std::nanf("");
  refused(options, "channel 2");
  options = plain(2);
  options.rescale = INFINITY;
  refused(options, "rescale factor inf");
}

}  // namespace
}  // namespace cria::image
