#pragma once
// Files of images for tests, written by the formats' own libraries.

#include <png.h>
#include <webp/encode.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <jpeglib.h>

#include "image/image.h"

namespace cria::image::test {

using Bytes = std::vector<std::byte>;

inline Bytes copy_of(const void* data, size_t size) {
  const auto* bytes = static_cast<const std::byte*>(data);
  return {bytes, bytes + size};
}

// Rows are `width * bits * channels of the type`, without padding between them beyond whole bytes.
struct Png {
  png_uint_32 width, height;
  int bits, color_type;
  std::vector<std::vector<uint8_t>> rows;
  std::vector<png_color> palette = {};
  std::vector<uint8_t> opacities = {};  // of the palette
  bool interlaced = false;

  Bytes bytes() const {
    Bytes out;
    png_struct* png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_info* info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png))) std::abort();
    const auto append = [](png_struct* to, png_byte* data, size_t size) {
      const Bytes more = copy_of(data, size);
      auto& all = *static_cast<Bytes*>(png_get_io_ptr(to));
      all.insert(all.end(), more.begin(), more.end());
    };
    png_set_write_fn(png, &out, append, [](png_struct*) {});
    png_set_IHDR(png, info, width, height, bits, color_type,
                 interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!palette.empty()) png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    if (!opacities.empty()) {
      png_set_tRNS(png, info, opacities.data(), static_cast<int>(opacities.size()), nullptr);
    }
    std::vector<png_byte*> pointers;
    for (const auto& row : rows) pointers.push_back(const_cast<png_byte*>(row.data()));
    png_set_rows(png, info, pointers.data());
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
    png_destroy_write_struct(&png, &info);
    return out;
  }
};

// An image of one colour, as libjpeg takes it.
inline Bytes jpeg(int width, int height, J_COLOR_SPACE space, const std::vector<uint8_t>& pixel,
                  bool progressive = false) {
  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* data = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's
  jpeg_mem_dest(&jpeg, &data, &size);
  jpeg.image_width = static_cast<JDIMENSION>(width);
  jpeg.image_height = static_cast<JDIMENSION>(height);
  jpeg.input_components = static_cast<int>(pixel.size());
  jpeg.in_color_space = space;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  if (progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<uint8_t> row;
  for (int x = 0; x < width; ++x) row.insert(row.end(), pixel.begin(), pixel.end());
  uint8_t* pointer = row.data();
  while (jpeg.next_scanline < jpeg.image_height) jpeg_write_scanlines(&jpeg, &pointer, 1);
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  Bytes out = copy_of(data, size);
  std::free(data);
  return out;
}

// Lossless, of red, green, blue, opacity.
inline Bytes webp(int width, int height, const std::vector<uint8_t>& rgba) {
  uint8_t* data = nullptr;
  const size_t size = WebPEncodeLosslessRGBA(rgba.data(), width, height, width * 4, &data);
  Bytes out = copy_of(data, size);
  WebPFree(data);
  return out;
}

}  // namespace cria::image::test
