// PNG by libpng. Its errors jump: the functions that call it hold nothing that needs a destructor.

#include <png.h>

#include <csetjmp>
#include <cstring>

#include "base/error.h"
#include "image/formats.h"

namespace cria::image {
namespace {

class PngReader {
 public:
  explicit PngReader(std::span<const std::byte> bytes) : rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    if (png_) info_ = png_create_info_struct(png_);
    if (!info_) message_ = "not enough memory";
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  // What is in front of the pixels. This and read() return false on an error.
  bool read_header() {
    if (!info_ || setjmp(png_jmpbuf(png_))) return false;
    png_set_read_fn(png_, this, on_read);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // ours say which size it is
    png_read_info(png_, info_);
    png_set_expand(png_);  // palettes, few bits and transparent colours
    png_set_strip_16(png_);
    png_set_gray_to_rgb(png_);
    png_set_interlace_handling(png_);
    return true;
  }

  bool read(png_byte** rows) {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_read_image(png_, rows);
    return true;
  }

  int64_t width() const { return png_get_image_width(png_, info_); }
  int64_t height() const { return png_get_image_height(png_, info_); }
  // Of the rows that are read: with or without opacity.
  int64_t channels() const {
    const bool opacity = png_get_color_type(png_, info_) & PNG_COLOR_MASK_ALPHA ||
                         png_get_valid(png_, info_, PNG_INFO_tRNS);
    return opacity ? 4 : 3;
  }
  const std::string& message() const { return message_; }

 private:
  static void on_error(png_struct* png, const char* message) {
    static_cast<PngReader*>(png_get_error_ptr(png))->message_ = message;
    png_longjmp(png, 1);
  }
  static void on_warning(png_struct*, const char*) {}
  static void on_read(png_struct* png, png_byte* to, size_t count) {
    auto& rest = static_cast<PngReader*>(png_get_io_ptr(png))->rest_;
    if (count > rest.size()) png_error(png, "the file ends early");
    std::memcpy(to, rest.data(), count);
    rest = rest.subspan(count);
  }

  std::span<const std::byte> rest_;
  png_struct* png_ = nullptr;
  png_info* info_ = nullptr;
  std::string message_;
};

}  // namespace

Image decode_png(std::string_view name, std::span<const std::byte> bytes) {
  PngReader reader(bytes);
  const auto require = [&](bool success) {
    if (!success) fail(Error::Code::kCorrupt, name, ": broken PNG file: ", reader.message());
  };
  require(reader.read_header());
  Image image = allocate(name, reader.width(), reader.height());

  const bool opaque = reader.channels() == 3;
  std::vector<uint8_t> rgba;
  if (!opaque) rgba.resize(static_cast<size_t>(image.width * image.height * 4));
  uint8_t* const samples = opaque ? image.pixels.data() : rgba.data();
  std::vector<png_byte*> rows;
  for (int64_t y = 0; y < image.height; ++y) {
    rows.push_back(samples + y * image.width * reader.channels());
  }
  require(reader.read(rows.data()));
  if (!opaque) put_on_white(rgba.data(), image.width * image.height, image.pixels.data());
  return image;
}

}  // namespace cria::image
