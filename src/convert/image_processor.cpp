#include "convert/image_processor.h"

#include "base/error.h"
#include "convert/json_file.h"

namespace cria::convert {

void write_image_processor(Conversion& conversion, const Folder& folder) {
  const auto eyes = conversion.whole_config().child("vision_config");
  if (!eyes || !conversion.sees() || !folder.has("preprocessor_config.json")) return;
  const Config c = read_config(folder.file("preprocessor_config.json"));
  for (const char* step : {"do_convert_rgb", "do_normalize", "do_pad", "do_rescale", "do_resize"})
    c.expect_flag(step, true);
  const auto colours = [&](const char* to, const char* from) {
    if (!c.has(from)) return;
    const std::vector<double> values = c.reals(from);
    if (values.size() != 3) c.corrupt(from, "has ", values.size(), " numbers, expected 3");
    conversion.set(to, std::vector<float>(values.begin(), values.end()));
  };
  colours("vision.image_mean", "image_mean");
  colours("vision.image_std", "image_std");
  constexpr int64_t kBilinear = 2, kBicubic = 3;  // of Pillow
  const int64_t filter = c.count("resample", kBilinear);
  if (filter != kBilinear && filter != kBicubic)
    c.unsupported("resample", "is ", filter, ", expected 2 (bilinear) or 3 (bicubic)");
  if (filter == kBicubic) conversion.set("vision.image_filter", std::string("bicubic"));
  const double rescale = c.positive("rescale_factor", 1 / 255.0);
  if (rescale != 1 / 255.0) conversion.set("vision.image_rescale", rescale);
  const int64_t tiles = eyes->dim("max_num_tiles", 4);
  if (c.dim("max_image_tiles", tiles) != tiles) {
    c.unsupported("max_image_tiles", "is ", c.dim("max_image_tiles", tiles), ", expected ", tiles,
                  ", as the model has");
  }
  if (const auto size = c.child("size")) {
    const int64_t side = eyes->dim("image_size", 448);
    for (const char* of : {"height", "width"}) {
      if (size->dim(of, side) != side)
        size->unsupported(of, "is ", size->dim(of, side), ", expected ", side, ", as of the model");
    }
  }
}

}  // namespace cria::convert
