#include "image/image.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "image/test_images.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::image {
namespace {

using Code = Error::Code;
using Pixels = std::vector<uint8_t>;
using cria::test::expect_error;
using test::Bytes;
using test::Png;

Pixels pixels_of(const Bytes& bytes) { return decode("x", bytes).pixels; }

Bytes text(std::string_view text) { return test::copy_of(text.data(), text.size()); }

Bytes cut(Bytes bytes, size_t size) {
  bytes.resize(size);
  return bytes;
}

const Bytes kPng = Png{2, 1, 8, PNG_COLOR_TYPE_RGB, {{1, 2, 3, 4, 5, 6}}}.bytes();
const Bytes kJpeg = test::jpeg(40, 30, JCS_RGB, {200, 100, 50});
const Bytes kWebp = test::webp(2, 1, {1, 2, 3, 255, 4, 5, 6, 255});

TEST(Image, DecodesByTheSignature) {
  const Image png = decode("x.jpg", kPng);
  EXPECT_EQ(png.width, 2);
  EXPECT_EQ(png.height, 1);
  EXPECT_EQ(png.pixels, (Pixels{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(pixels_of(kWebp), (Pixels{1, 2, 3, 4, 5, 6}));
  const Image jpeg = decode("x", kJpeg);
  EXPECT_EQ(jpeg.width, 40);
  EXPECT_EQ(jpeg.height, 30);
}

TEST(Image, ReadsAFile) {
  const cria::test::TemporaryFolder folder;
  EXPECT_EQ(read(folder.write("x.png", kPng)).pixels, (Pixels{1, 2, 3, 4, 5, 6}));
  expect_error([&] { read(folder.file("none.png")); }, Code::kNotFound, {"none.png"});
}

TEST(Image, PutsWhatIsTransparentOnWhite) {
  // 100 * 51 / 255 + 255 * 204 / 255 = 20 + 204
  const Pixels expected = {224, 224, 224, 255, 255, 255};
  const Pixels rgba = {100, 100, 100, 51, 7, 8, 9, 0};
  EXPECT_EQ(pixels_of(Png{2, 1, 8, PNG_COLOR_TYPE_RGBA, {rgba}}.bytes()), expected);
  EXPECT_EQ(pixels_of(Png{2, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA, {{100, 51, 7, 0}}}.bytes()),
            expected);
  EXPECT_EQ(pixels_of(test::webp(2, 1, rgba)), expected);
}

TEST(Image, DecodesEveryKindOfPng) {
  // Four grey values of two bits; 16 bits, high byte first; a palette of which one is transparent.
  EXPECT_EQ(pixels_of(Png{4, 1, 2, PNG_COLOR_TYPE_GRAY, {{0b00011011}}}.bytes()),
            (Pixels{0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255}));
  EXPECT_EQ(pixels_of(Png{1, 1, 16, PNG_COLOR_TYPE_RGB, {{1, 255, 2, 0, 3, 128}}}.bytes()),
            (Pixels{1, 2, 3}));
  EXPECT_EQ(pixels_of(Png{1, 1, 16, PNG_COLOR_TYPE_GRAY, {{9, 200}}}.bytes()), (Pixels{9, 9, 9}));
  EXPECT_EQ(
      pixels_of(
          Png{2, 1, 8, PNG_COLOR_TYPE_PALETTE, {{1, 0}}, {{1, 2, 3}, {4, 5, 6}}, {0}}.bytes()),
      (Pixels{4, 5, 6, 255, 255, 255}));
  Png interlaced{3, 3, 8, PNG_COLOR_TYPE_GRAY, {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}};
  const Pixels plain = pixels_of(interlaced.bytes());
  interlaced.interlaced = true;
  EXPECT_EQ(pixels_of(interlaced.bytes()), plain);
}

TEST(Image, DecodesEveryKindOfJpeg) {
  const auto expect_color = [](const Bytes& bytes, const Pixels& color) {
    const Pixels pixels = pixels_of(bytes);
    ASSERT_EQ(pixels.size(), size_t{40 * 30 * 3});
    for (size_t i = 0; i < pixels.size(); ++i) ASSERT_NEAR(pixels[i], color[i % 3], 2) << i;
  };
  expect_color(kJpeg, {200, 100, 50});
  expect_color(test::jpeg(40, 30, JCS_RGB, {200, 100, 50}, true), {200, 100, 50});
  expect_color(test::jpeg(40, 30, JCS_GRAYSCALE, {77}), {77, 77, 77});
  // As Adobe stores ink, 255 is none: half of the light is left by black, and a fifth of red by
  // cyan.
  expect_color(test::jpeg(40, 30, JCS_CMYK, {51, 255, 255, 128}), {26, 128, 128});
}

TEST(Image, RefusesWhatIsNoImage) {
  for (const std::string_view start : {"", "GIF89a", "\x89PNG", "RIFF....WAVE", "\xff\xd8"}) {
    expect_error([&] { decode("a.png", text(start)); }, Code::kUnsupported, {"a.png: begins with"});
  }
}

TEST(Image, RefusesWhatIsCutShort) {
  const Bytes progressive = test::jpeg(40, 30, JCS_RGB, {200, 100, 50}, true);
  for (const Bytes& whole : {kJpeg, progressive, kWebp}) {
    for (size_t size = 12; size + 8 < whole.size(); size += 3) {
      expect_error([&] { decode("a.png", cut(whole, size)); }, Code::kCorrupt, {"a.png: broken"});
    }
  }
  for (size_t size = 12; size + 24 < kPng.size(); ++size) {  // without checksum and end
    expect_error([&] { decode("a.png", cut(kPng, size)); }, Code::kCorrupt, {"a.png: broken PNG"});
  }
}

TEST(Image, RefusesSizesBeforeItTakesMemory) {
  const auto with_size = [&](uint32_t width, uint32_t height) {
    Png large{width, height, 8, PNG_COLOR_TYPE_GRAY, {}};
    large.rows.assign(height, Pixels(width));
    return large.bytes();
  };
  expect_error([&] { decode("a.png", with_size(65536, 1)); }, Code::kUnsupported,
               {"a.png", "65536x1", "65535 a side"});
  expect_error([&] { decode("a.png", with_size(8001, 8000)); }, Code::kUnsupported,
               {"a.png", "8001x8000", "64000000"});
  EXPECT_EQ(decode("a.png", with_size(52800, 44)).width, 52800);
  EXPECT_EQ(decode("a.png", with_size(44, 52800)).height, 52800);
}

TEST(Image, RefusesAnimations) {
  // An extended header whose flags say that frames follow, and the size of the canvas less one.
  Bytes bytes =
      text(std::string_view("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x01\0\0\0\0\0", 30));
  expect_error([&] { decode("a.webp", bytes); }, Code::kUnsupported, {"a.webp", "animated"});
}

TEST(Image, SurvivesBrokenBytes) {
  std::mt19937 random(1);
  for (const Bytes& whole : {kPng, kJpeg, kWebp}) {
    for (int i = 0; i < 2000; ++i) {
      Bytes bytes = whole;
      for (int changes = 0; changes < 3; ++changes) {
        bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      }
      try {
        const Image image = decode("x", bytes);
        EXPECT_EQ(image.pixels.size(), static_cast<size_t>(image.width * image.height * 3));
      } catch (const Error&) {  // is as good
      }
    }
  }
}

}  // namespace
}  // namespace cria::image
