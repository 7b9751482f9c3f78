#include "image/image.h"

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/quote.h"
#include "image/formats.h"

namespace cria::image {

Image decode(std::string_view name, std::span<const std::byte> bytes) {
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               std::min<size_t>(bytes.size(), 12));
  if (start.starts_with("\x89PNG\r\n\x1a\n")) return decode_png(name, bytes);
  if (start.starts_with("\xff\xd8\xff")) return decode_jpeg(name, bytes);
  if (start.starts_with("RIFF") && start.ends_with("WEBP")) return decode_webp(name, bytes);
  fail(Error::Code::kUnsupported, name, ": begins with ", quote(start),
       ", expected an image: PNG, JPEG or WebP");
}

Image read(const std::string& path) {
  const MappedFile file(path);
  return decode(path, file.bytes());
}

Image allocate(std::string_view name, int64_t width, int64_t height) {
  if (width < 1 || height < 1) {
    fail(Error::Code::kCorrupt, name, ": image of ", width, "x", height, " pixels");
  }
  if (width > kMaxSide || height > kMaxSide || width * height > kMaxPixels) {
    fail(Error::Code::kUnsupported, name, ": image of ", width, "x", height,
         " pixels, expected at most ", kMaxPixels, " in all and ", kMaxSide, " a side");
  }
  return {width, height, std::vector<uint8_t>(static_cast<size_t>(width * height * 3))};
}

void put_on_white(const uint8_t* rgba, int64_t pixels, uint8_t* rgb) {
  for (int64_t i = 0; i < pixels; ++i, rgba += 4, rgb += 3) {
    const int opacity = rgba[3];
    for (int c = 0; c < 3; ++c) {
      const int sum = rgba[c] * opacity + 255 * (255 - opacity);
      rgb[c] = static_cast<uint8_t>((sum + 127) / 255);
    }
  }
}

}  // namespace cria::image
