// Two passes, along rows and then along columns, each a weighted sum in fixed point that is rounded
// to 8 bits.

#include "image/resize.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace cria::image {
namespace {

constexpr int kFractionBits = 22;  // 8 for the sample and 2 to spare of 32

double support_of(Filter filter) { return filter == Filter::kBilinear ? 1 : 2; }

double weight(Filter filter, double x) {
  x = std::abs(x);
  if (x >= support_of(filter)) return 0;
  if (filter == Filter::kBilinear) return 1 - x;
  constexpr double kA = -0.5;  // Keys' cubic convolution
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  return (((x - 5) * x + 8) * x - 4) * kA;
}

// Which samples of a line make one of the new line, and how much of each.
struct Taps {
  int64_t first;
  std::vector<int32_t> weights;  // a sum of about 1 << kFractionBits
};

Taps taps_at(int64_t position, int64_t from, int64_t to, Filter filter) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double widening = std::max(scale, 1.0);
  const double reach = support_of(filter) * widening;
  const double center = (static_cast<double>(position) + 0.5) * scale;
  const int64_t first = std::max<int64_t>(static_cast<int64_t>(center - reach + 0.5), 0);
  const int64_t end = std::min(static_cast<int64_t>(center + reach + 0.5), from);

  std::vector<double> weights;
  double sum = 0;
  for (int64_t i = first; i < end; ++i) {
    const double distance = static_cast<double>(i) - center + 0.5;
    weights.push_back(weight(filter, distance * (1 / widening)));
    sum += weights.back();
  }
  Taps taps{first, {}};
  for (const double w : weights) {
    const double fixed = (sum == 0 ? w : w / sum) * (1 << kFractionBits);
    taps.weights.push_back(static_cast<int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
  }
  return taps;
}

std::vector<Taps> all_taps(int64_t from, int64_t to, Filter filter) {
  std::vector<Taps> all;
  for (int64_t i = 0; i < to; ++i) all.push_back(taps_at(i, from, to, filter));
  return all;
}

// Samples lie `stride` apart.
uint8_t sum_of(const Taps& taps, const uint8_t* line, int64_t stride) {
  const uint8_t* sample = line + taps.first * stride;
  int64_t sum = 1 << (kFractionBits - 1);
  for (const int32_t w : taps.weights) {
    sum += static_cast<int64_t>(w) * *sample;
    sample += stride;
  }
  return static_cast<uint8_t>(std::clamp<int64_t>(sum >> kFractionBits, 0, 255));
}

Image empty(int64_t width, int64_t height) {
  return {width, height, std::vector<uint8_t>(static_cast<size_t>(width * height * 3))};
}

Image resize_rows(const Image& image, int64_t width, Filter filter) {
  const std::vector<Taps> taps = all_taps(image.width, width, filter);
  Image out = empty(width, image.height);
  uint8_t* to = out.pixels.data();
  for (int64_t y = 0; y < image.height; ++y) {
    const uint8_t* row = image.pixels.data() + y * image.width * 3;
    for (const Taps& t : taps) {
      for (int c = 0; c < 3; ++c) *to++ = sum_of(t, row + c, 3);
    }
  }
  return out;
}

Image resize_columns(const Image& image, int64_t height, Filter filter) {
  Image out = empty(image.width, height);
  const int64_t samples = image.width * 3;
  uint8_t* to = out.pixels.data();
  for (const Taps& t : all_taps(image.height, height, filter)) {
    for (int64_t i = 0; i < samples; ++i) *to++ = sum_of(t, image.pixels.data() + i, samples);
  }
  return out;
}

}  // namespace

Image resize(const Image& image, int64_t width, int64_t height, Filter filter) {
  CRIA_CHECK(image.width > 0 && image.height > 0 && width > 0 && height > 0);
  // The image between the passes is as wide as the new one and as high as the old.
  if (width > kMaxSide || height > kMaxSide || width * height > kMaxPixels) {
    fail(Error::Code::kInvalidArgument, "resize an image to ", width, "x", height,
         " pixels, expected at most ", kMaxPixels, " in all and ", kMaxSide, " a side");
  }
  return resize_columns(resize_rows(image, width, filter), height, filter);
}

}  // namespace cria::image
