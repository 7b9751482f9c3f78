// JPEG by libjpeg-turbo. Its errors jump: the functions that call it hold nothing that needs a
// destructor.

#include <csetjmp>
#include <cstdio>  // which jpeglib.h needs

#include <jpeglib.h>
// After jpeglib.h.
#include <jerror.h>

#include <array>

#include "base/error.h"
#include "image/formats.h"

namespace cria::image {
namespace {

// A small file of many scans would take hours; real ones have about ten.
constexpr int kMaxScans = 500;

// Printed inks on white: libjpeg gives them as Adobe stores them, 255 for none.
void ink_to_rgb(const uint8_t* inks, int64_t pixels, uint8_t* rgb) {
  for (int64_t i = 0; i < pixels; ++i, inks += 4, rgb += 3) {
    const int black = inks[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<uint8_t>(black - multiply(255 - inks[c], black));
    }
  }
}

class JpegReader {
 public:
  explicit JpegReader(std::span<const std::byte> bytes) : bytes_(bytes) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_.client_data = this;
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
    progress_.progress_monitor = on_progress;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  // What is in front of the pixels. This and read() return false on an error.
  bool read_header() {
    if (setjmp(jump_)) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_.progress = &progress_;
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());
    jpeg_read_header(&jpeg_, TRUE);
    jpeg_.out_color_space = inks() ? JCS_CMYK : JCS_RGB;
    return true;
  }

  // `row` holds a row of inks, if they are what the file has.
  bool read(uint8_t* rgb, uint8_t* row) {
    if (setjmp(jump_)) return false;
    jpeg_start_decompress(&jpeg_);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      uint8_t* to = rgb + jpeg_.output_scanline * width() * 3;
      uint8_t* read_to = inks() ? row : to;
      jpeg_read_scanlines(&jpeg_, &read_to, 1);
      if (inks()) ink_to_rgb(row, width(), to);
    }
    return true;
  }

  int64_t width() const { return jpeg_.image_width; }
  int64_t height() const { return jpeg_.image_height; }
  bool inks() const {
    return jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK;
  }
  const char* message() const { return message_.data(); }

 private:
  static void on_error(j_common_ptr jpeg) {
    auto& self = *static_cast<JpegReader*>(jpeg->client_data);
    jpeg->err->format_message(jpeg, self.message_.data());
    std::longjmp(self.jump_, 1);
  }
  // libjpeg makes pixels up where they are missing, and only warns.
  static void on_message(j_common_ptr jpeg, int level) {
    const int code = jpeg->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) on_error(jpeg);
  }
  static void on_progress(j_common_ptr jpeg) {
    auto& self = *static_cast<JpegReader*>(jpeg->client_data);
    if (self.jpeg_.input_scan_number <= kMaxScans) return;
    std::snprintf(self.message_.data(), self.message_.size(), "more than %d scans", kMaxScans);
    std::longjmp(self.jump_, 1);
  }

  std::span<const std::byte> bytes_;
  jpeg_decompress_struct jpeg_ = {};
  jpeg_error_mgr errors_ = {};
  jpeg_progress_mgr progress_ = {};
  std::jmp_buf jump_ = {};
  std::array<char, JMSG_LENGTH_MAX> message_ = {};
};

}  // namespace

Image decode_jpeg(std::string_view name, std::span<const std::byte> bytes) {
  JpegReader reader(bytes);
  const auto require = [&](bool success) {
    if (!success) fail(Error::Code::kCorrupt, name, ": broken JPEG file: ", reader.message());
  };
  require(reader.read_header());
  Image image = allocate(name, reader.width(), reader.height());
  std::vector<uint8_t> row;
  if (reader.inks()) row.resize(static_cast<size_t>(image.width * 4));
  require(reader.read(image.pixels.data(), row.data()));
  return image;
}

}  // namespace cria::image
