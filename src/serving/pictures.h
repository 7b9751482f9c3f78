#pragma once
// Picture files, as a model that can see takes them.

#include "image/image.h"
#include "model/vision.h"

namespace cria::serving {

model::Picture picture_of(const image::Image& image, const model::VisionSpec& spec);

}  // namespace cria::serving
