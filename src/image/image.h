#pragma once
// Pictures as vision models take them: files of PNG, JPEG and WebP to RGB.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cria::image {

struct Image {
  int64_t width = 0, height = 0;
  std::vector<uint8_t> pixels;  // [height, width, 3]: red, green, blue
};

// Larger images are refused before memory is taken for them.
constexpr int64_t kMaxSide = 65535;
constexpr int64_t kMaxPixels = 64'000'000;

// The image in a file's bytes. What is transparent shows white. Samples of 16 bits lose the lower
// half; colour profiles and the rotation in a camera's metadata are not applied. Errors begin with
// `name`: Unsupported for other formats, animations and sizes beyond the limits, Corrupt for what
// is cut short or broken.
Image decode(std::string_view name, std::span<const std::byte> bytes);

// The same of a file; its errors also are those of MappedFile.
Image read(const std::string& path);

}  // namespace cria::image
