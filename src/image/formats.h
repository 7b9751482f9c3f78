#pragma once
// The formats that decode() knows, each by its library, and what their adapters share.

#include "image/image.h"

namespace cria::image {

Image decode_png(std::string_view name, std::span<const std::byte> bytes);
Image decode_jpeg(std::string_view name, std::span<const std::byte> bytes);
Image decode_webp(std::string_view name, std::span<const std::byte> bytes);

// An image of this size, black; fails beyond the limits of image.h.
Image allocate(std::string_view name, int64_t width, int64_t height);

// a * b / 255 of samples, rounded.
constexpr uint8_t multiply(int a, int b) { return static_cast<uint8_t>((a * b + 127) / 255); }

// Pixels of red, green, blue, opacity on white, to red, green, blue. They may be the same memory.
void put_on_white(const uint8_t* rgba, int64_t pixels, uint8_t* rgb);

}  // namespace cria::image
