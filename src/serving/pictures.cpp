#include "serving/pictures.h"

#include "image/tiles.h"

namespace cria::serving {

model::Picture picture_of(const image::Image& image, const model::VisionSpec& spec) {
  const image::Filter filter =
      spec.pixels.bicubic ? image::Filter::kBicubic : image::Filter::kBilinear;
  image::Tiles tiles = image::cut_tiles(image, {.tile_size = spec.size,
                                                .max_tiles = spec.tiles,
                                                .filter = filter,
                                                .rescale = spec.pixels.rescale,
                                                .mean = spec.pixels.mean,
                                                .std = spec.pixels.deviation});
  // Tiles that are not used are 0.
  tiles.values.resize(static_cast<size_t>(spec.tiles * 3 * spec.size * spec.size));
  return {std::move(tiles.values), tiles.count, tiles.aspect_ratio_id};
}

}  // namespace cria::serving
