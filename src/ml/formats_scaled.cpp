// Formats of blocks of 32 elements: a half as scale, in some a half as offset, and 32 integers of 4
// or 8 bits. Nibbles are stored with element i in the low and element i + 16 in the high half of
// byte i.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/half.h"
#include "ml/format_families.h"

namespace cria::ml {
namespace {

constexpr size_t kBlock = 32;
constexpr size_t kHalfBytes = 2;
using Block = std::span<const float, kBlock>;

float load_half(const std::byte* from) { return half_to_float(load_as<uint16_t>(from)); }
void store_half(std::byte* to, float value) { store_as(to, float_to_half(value)); }

// A block that holds a NaN or an infinity gets a NaN for scale, so that it shows wherever the block
// is used.
float scale_or_nan(Block x, float scale) {
  const bool finite = std::all_of(x.begin(), x.end(), [](float v) { return std::isfinite(v); });
  return finite ? scale : std::numeric_limits<float>::quiet_NaN();
}

// 0 for the scale 0 and for the smallest ones, whose inverses are infinite.
float inverse(float scale) {
  const float result = 1 / scale;
  return std::isfinite(result) ? result : 0;
}

// The integer part of a value, kept within bounds; NaN, whose integer is undefined, becomes the
// lower one.
int truncated(float value, int low, int high) {
  if (!(value > static_cast<float>(low))) return low;
  return value < static_cast<float>(high) ? static_cast<int>(value) : high;
}

void store_nibbles(std::byte* to, const std::array<int, kBlock>& q) {
  for (size_t i = 0; i < kBlock / 2; ++i) to[i] = static_cast<std::byte>(q[i] | q[i + 16] << 4);
}

// out[i] = scale * (q[i] - zero) + offset
void load_nibbles(const std::byte* from, float scale, int zero, float offset, float* out) {
  for (size_t i = 0; i < kBlock / 2; ++i) {
    const int byte = std::to_integer<int>(from[i]);
    out[i] = scale * static_cast<float>((byte & 15) - zero) + offset;
    out[i + 16] = scale * static_cast<float>((byte >> 4) - zero) + offset;
  }
}

struct SymmetricNibbles {
  static constexpr size_t kBytes = kHalfBytes + kBlock / 2;

  static void read(const std::byte* block, float* out) {
    load_nibbles(block + kHalfBytes, load_half(block), 8, 0, out);
  }

  // The value of the largest magnitude becomes -8, the end of the range that has no counterpart.
  static void write(Block x, std::byte* block) {
    const float extreme = *std::max_element(
        x.begin(), x.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); });
    const float scale = scale_or_nan(x, extreme / -8);
    const float factor = inverse(scale);
    std::array<int, kBlock> q;
    for (size_t i = 0; i < kBlock; ++i) q[i] = truncated(x[i] * factor + 8.5f, 0, 15);
    store_half(block, scale);
    store_nibbles(block + kHalfBytes, q);
  }
};

struct OffsetNibbles {
  static constexpr size_t kBytes = 2 * kHalfBytes + kBlock / 2;

  static void read(const std::byte* block, float* out) {
    load_nibbles(block + 2 * kHalfBytes, load_half(block), 0, load_half(block + kHalfBytes), out);
  }

  static void write(Block x, std::byte* block) {
    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    const float scale = scale_or_nan(x, (*high - *low) / 15);
    const float factor = inverse(scale);
    std::array<int, kBlock> q;
    for (size_t i = 0; i < kBlock; ++i) q[i] = truncated((x[i] - *low) * factor + 0.5f, 0, 15);
    store_half(block, scale);
    store_half(block + kHalfBytes, *low);
    store_nibbles(block + 2 * kHalfBytes, q);
  }
};

struct SymmetricBytes {
  static constexpr size_t kBytes = kHalfBytes + kBlock;

  static void read(const std::byte* block, float* out) {
    const float scale = load_half(block);
    for (size_t i = 0; i < kBlock; ++i) {
      out[i] = scale * static_cast<float>(load_as<int8_t>(block + kHalfBytes + i));
    }
  }

  static void write(Block x, std::byte* block) {
    float largest = 0;
    for (const float v : x) largest = std::max(largest, std::fabs(v));
    const float scale = scale_or_nan(x, largest / 127);
    const float factor = inverse(scale);
    store_half(block, scale);
    for (size_t i = 0; i < kBlock; ++i) {
      const int q = truncated(std::round(x[i] * factor), -127, 127);
      store_as(block + kHalfBytes + i, static_cast<int8_t>(q));
    }
  }
};

template <class Codec>
void read_row(const std::byte* row, std::span<float> out) {
  for (size_t i = 0; i < out.size(); i += kBlock, row += Codec::kBytes) Codec::read(row, &out[i]);
}

template <class Codec>
void write_row(std::span<const float> x, std::byte* row) {
  for (size_t i = 0; i < x.size(); i += kBlock, row += Codec::kBytes) {
    Codec::write(x.subspan(i).first<kBlock>(), row);
  }
}

template <class Codec>
constexpr Format format(DType type) {
  return {type, read_row<Codec>, write_row<Codec>};
}

constexpr Format kFormats[] = {
    format<SymmetricNibbles>(DType::kQ4_0),
    format<OffsetNibbles>(DType::kQ4_1),
    format<SymmetricBytes>(DType::kQ8_0),
};

}  // namespace

std::span<const Format> scaled_formats() { return kFormats; }

}  // namespace cria::ml
