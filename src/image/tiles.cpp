#include "image/tiles.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace cria::image {
namespace {

void check(const TileOptions& options) {
  const int64_t side = options.tile_size, tiles = options.max_tiles;
  if (side < 1 || tiles < 1 || side > kMaxSide / tiles || side * side > kMaxPixels / tiles) {
    fail(Error::Code::kInvalidArgument, "image tiles: ", tiles, " of ", side, "x", side,
         " pixels, expected at most ", kMaxPixels, " pixels in all and ", kMaxSide, " a side");
  }
  if (!std::isfinite(options.rescale)) {
    fail(Error::Code::kInvalidArgument, "image tiles: rescale factor ", options.rescale,
         ", expected a finite number");
  }
  for (size_t c = 0; c < 3; ++c) {
    if (std::isfinite(options.mean[c]) && std::isfinite(options.std[c]) && options.std[c] > 0) {
      continue;
    }
    fail(Error::Code::kInvalidArgument, "image tiles: channel ", c, " has mean ", options.mean[c],
         " and standard deviation ", options.std[c], ", expected a finite and a positive number");
  }
}

// By how much an image must be enlarged to fill an arrangement in one direction and fit in the
// other.
double scale_to(const Image& image, AspectRatio ratio, int64_t tile_size) {
  return std::min(
      static_cast<double>(ratio.rows * tile_size) / static_cast<double>(image.height),
      static_cast<double>(ratio.columns * tile_size) / static_cast<double>(image.width));
}

// The index of the best: the smallest that does not shrink, else the one that shrinks least; of
// equals that with the fewest tiles, then the first.
size_t choose(const Image& image, const std::vector<AspectRatio>& ratios, int64_t tile_size) {
  const auto better = [&](const AspectRatio& a, const AspectRatio& b) {
    const double scale_a = scale_to(image, a, tile_size), scale_b = scale_to(image, b, tile_size);
    if (scale_a == scale_b) return a.rows * a.columns < b.rows * b.columns;
    if (scale_a >= 1 && scale_b >= 1) return scale_a < scale_b;
    return scale_a > scale_b;
  };
  return static_cast<size_t>(std::min_element(ratios.begin(), ratios.end(), better) -
                             ratios.begin());
}

// Into the canvas with the proportions kept; what is smaller than a tile grows to one.
Image fit(const Image& image, AspectRatio ratio, const TileOptions& options) {
  const int64_t tile = options.tile_size;
  const int64_t target_width = std::clamp(image.width, tile, ratio.columns * tile);
  const int64_t target_height = std::clamp(image.height, tile, ratio.rows * tile);
  const double scale_width = static_cast<double>(target_width) / static_cast<double>(image.width);
  const double scale_height =
      static_cast<double>(target_height) / static_cast<double>(image.height);
  const auto scaled = [](int64_t side, double scale, int64_t target) {
    const auto length = static_cast<int64_t>(std::floor(static_cast<double>(side) * scale));
    return std::min(std::max<int64_t>(length, 1), target);
  };
  if (scale_width < scale_height) {
    return resize(image, target_width, scaled(image.height, scale_width, target_height),
                  options.filter);
  }
  return resize(image, scaled(image.width, scale_height, target_width), target_height,
                options.filter);
}

float normalised(uint8_t sample, size_t channel, const TileOptions& options) {
  const auto rescaled = static_cast<float>(sample * options.rescale);
  return (rescaled - options.mean[channel]) / options.std[channel];
}

}  // namespace

std::vector<AspectRatio> aspect_ratios(int64_t max_tiles) {
  std::vector<AspectRatio> ratios;
  for (int64_t rows = 1; rows <= max_tiles; ++rows) {
    for (int64_t columns = 1; rows * columns <= max_tiles; ++columns) {
      ratios.push_back({rows, columns});
    }
  }
  return ratios;
}

Tiles cut_tiles(const Image& image, const TileOptions& options) {
  check(options);
  const std::vector<AspectRatio> ratios = aspect_ratios(options.max_tiles);
  const size_t chosen = choose(image, ratios, options.tile_size);
  const auto [rows, columns] = ratios[chosen];
  const Image fitted = fit(image, ratios[chosen], options);

  const int64_t size = options.tile_size, plane = size * size;
  Tiles tiles{rows * columns, static_cast<int64_t>(chosen) + 1, {}};
  tiles.values.resize(static_cast<size_t>(tiles.count * 3 * plane));
  for (size_t c = 0; c < 3; ++c) {
    std::array<float, 256> value;
    for (size_t i = 0; i < 256; ++i) value[i] = normalised(static_cast<uint8_t>(i), c, options);
    for (int64_t y = 0; y < rows * size; ++y) {
      for (int64_t x = 0; x < columns * size; ++x) {
        const int64_t tile = y / size * columns + x / size;
        const int64_t at =
            (tile * 3 + static_cast<int64_t>(c)) * plane + y % size * size + x % size;
        const bool inside = y < fitted.height && x < fitted.width;
        const size_t from = static_cast<size_t>((y * fitted.width + x) * 3) + c;
        tiles.values[static_cast<size_t>(at)] = value[inside ? fitted.pixels[from] : 0];
      }
    }
  }
  return tiles;
}

}  // namespace cria::image
