#pragma once
// Resizing as Pillow does, bit for bit: vision models were trained on what that makes. Rows always
// come before columns, as in Pillow before version 13, which swaps them for tall images.

#include "image/image.h"

namespace cria::image {

enum class Filter { kBilinear, kBicubic };  // widened where the image shrinks (antialiasing)

// Both sides at least 1; beyond the limits of image.h it is an InvalidArgument error.
Image resize(const Image& image, int64_t width, int64_t height, Filter filter);

}  // namespace cria::image
