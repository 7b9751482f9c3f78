#pragma once
// Images to the square tiles that mllama's vision model takes.

#include <array>

#include "image/image.h"
#include "image/resize.h"

namespace cria::image {

// What a model's metadata says of its images.
struct TileOptions {
  int64_t tile_size = 560;  // pixels a side
  int64_t max_tiles = 4;
  Filter filter = Filter::kBilinear;
  double rescale = 1 / 255.0;  // of samples, before normalisation
  std::array<float, 3> mean = {0.48145466F, 0.4578275F, 0.40821073F};  // red, green, blue
  std::array<float, 3> std = {0.26862954F, 0.26130258F, 0.27577711F};
};

struct Tiles {
  int64_t count = 0;
  int64_t aspect_ratio_id = 0;  // from 1, in the order of aspect_ratios()
  std::vector<float> values;    // [count, 3, tile_size, tile_size], rows of tiles after each other
};

struct AspectRatio {
  int64_t rows, columns;  // of tiles
  bool operator==(const AspectRatio&) const = default;
};

// All that have at most max_tiles, by rows and then by columns: an image's aspect_ratio_id is its
// place among them, counted from 1.
std::vector<AspectRatio> aspect_ratios(int64_t max_tiles);

// Chooses the arrangement of tiles in which the image needs least enlarging or, if it must shrink,
// loses least; resizes it to fit, keeping its proportions; fills up with black at the right and the
// bottom; normalises: (sample * rescale - mean) / std. InvalidArgument for options that cannot be.
Tiles cut_tiles(const Image& image, const TileOptions& options);

}  // namespace cria::image
