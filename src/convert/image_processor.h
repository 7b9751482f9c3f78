#pragma once
// preprocessor_config.json: how pictures are made ready for a model that can see.

#include "convert/conversion.h"
#include "convert/folder.h"

namespace cria::convert {

// Writes "vision.image_mean" and others, for models with eyes. Unsupported: what the model's tiles
// cannot be.
void write_image_processor(Conversion& conversion, const Folder& folder);

}  // namespace cria::convert
