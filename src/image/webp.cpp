// WebP by libwebp.

#include <webp/decode.h>

#include "base/error.h"
#include "image/formats.h"

namespace cria::image {
namespace {

const char* message_of(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return "the file ends early";
    case VP8_STATUS_OUT_OF_MEMORY:
      return "not enough memory";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "a feature that libwebp lacks";
    default:
      return "the data are not as they must be";
  }
}

void require(std::string_view name, VP8StatusCode status) {
  if (status != VP8_STATUS_OK) {
    fail(Error::Code::kCorrupt, name, ": broken WebP file: ", message_of(status));
  }
}

}  // namespace

Image decode_webp(std::string_view name, std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  WebPDecoderConfig config;
  CRIA_CHECK(WebPInitDecoderConfig(&config));
  require(name, WebPGetFeatures(data, bytes.size(), &config.input));
  if (config.input.has_animation) {
    fail(Error::Code::kUnsupported, name, ": an animated WebP file, expected a still image");
  }
  Image image = allocate(name, config.input.width, config.input.height);

  const bool opaque = !config.input.has_alpha;
  const int channels = opaque ? 3 : 4;
  std::vector<uint8_t> rgba;
  if (!opaque) rgba.resize(static_cast<size_t>(image.width * image.height * 4));
  std::vector<uint8_t>& samples = opaque ? image.pixels : rgba;
  config.output.colorspace = opaque ? MODE_RGB : MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {samples.data(), config.input.width * channels, samples.size()};
  require(name, WebPDecode(data, bytes.size(), &config));
  if (!opaque) put_on_white(rgba.data(), image.width * image.height, image.pixels.data());
  return image;
}

}  // namespace cria::image
