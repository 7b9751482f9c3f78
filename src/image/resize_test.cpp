#include "image/resize.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/expect_error.h"

namespace cria::image {
namespace {

using Row = std::vector<int>;

// A grey image of one row.
Image row_of(const Row& samples) {
  Image image{static_cast<int64_t>(samples.size()), 1, {}};
  for (const int sample : samples) {
    image.pixels.insert(image.pixels.end(), 3, static_cast<uint8_t>(sample));
  }
  return image;
}

Row samples_of(const Image& image) {
  Row row;
  for (size_t i = 0; i < image.pixels.size(); i += 3) row.push_back(image.pixels[i]);
  return row;
}

TEST(Resize, KeepsAnImageOfTheSameSize) {
  const Row row = {0, 255, 3, 77};
  EXPECT_EQ(samples_of(resize(row_of(row), 4, 1, Filter::kBilinear)), row);
  EXPECT_EQ(samples_of(resize(row_of(row), 4, 1, Filter::kBicubic)), row);
}

TEST(Resize, GoesStraightBetweenSamples) {
  // The centres of four pixels are at 1/4, 3/4, 5/4 and 7/4 of two, whose own are at 1/2 and 3/2.
  EXPECT_EQ(samples_of(resize(row_of({0, 100}), 4, 1, Filter::kBilinear)), (Row{0, 25, 75, 100}));
}

TEST(Resize, AveragesWhatShrinks) {
  // Weights 1/4, 3/4, 3/4 and 1/4; the first loses those beyond the edge: 3/7, 3/7 and 1/7.
  EXPECT_EQ(samples_of(resize(row_of({70, 70, 140, 140}), 2, 1, Filter::kBilinear)),
            (Row{80, 130}));
}

TEST(Resize, ResizesColumnsLikeRows) {
  Image column = row_of({0, 100});
  std::swap(column.width, column.height);
  const Image out = resize(column, 1, 4, Filter::kBilinear);
  EXPECT_EQ(out.height, 4);
  EXPECT_EQ(samples_of(out), (Row{0, 25, 75, 100}));
}

TEST(Resize, CutsWhatACubicOvershoots) {
  const Row row = samples_of(resize(row_of({0, 0, 255, 255}), 16, 1, Filter::kBicubic));
  EXPECT_EQ(row.front(), 0);
  EXPECT_EQ(row.back(), 255);
  EXPECT_TRUE(std::is_sorted(row.begin() + 5, row.begin() + 11));
}

TEST(Resize, RefusesSizesBeyondTheLimits) {
  test::expect_error([] { resize(row_of({1}), 65536, 1, Filter::kBilinear); },
                     Error::Code::kInvalidArgument, {"65536x1", "65535"});
  test::expect_error([] { resize(row_of({1}), 10000, 10000, Filter::kBilinear); },
                     Error::Code::kInvalidArgument, {"10000x10000", "64000000"});
}

}  // namespace
}  // namespace cria::image
