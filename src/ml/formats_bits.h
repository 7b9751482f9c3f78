#pragma once
// What the formats of blocks share: where bit fields lie, halves, and careful rounding.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#include "base/half.h"
#include "ml/format_families.h"

namespace cria::ml {

// Rows have no alignment: blocks are of odd sizes.
template <class T>
T load_as(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <class T>
void store_as(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

inline float load_half(const std::byte* from) { return half_to_float(load_as<uint16_t>(from)); }
inline void store_half(std::byte* to, float value) { store_as(to, float_to_half(value)); }

// Fields of kBits bits. The first kSpan of them are the lowest bits of kSpan bytes, the next kSpan
// the bits above, and so on; when the bytes are full, the next kSpan bytes follow.
template <int kBits, size_t kSpan>
struct BitField {
  static constexpr size_t kInByte = 8 / kBits;
  static constexpr int kMask = (1 << kBits) - 1;

  static constexpr size_t bytes(size_t count) { return count * kBits / 8; }
  static size_t byte(size_t i) { return i / (kSpan * kInByte) * kSpan + i % kSpan; }
  static int shift(size_t i) { return kBits * static_cast<int>(i / kSpan % kInByte); }

  static int get(const std::byte* from, size_t i) {
    return std::to_integer<int>(from[byte(i)]) >> shift(i) & kMask;
  }
  // Into bytes that are zero there.
  static void put(std::byte* to, size_t i, int value) {
    to[byte(i)] |= static_cast<std::byte>((value & kMask) << shift(i));
  }
};

// A block that holds a NaN or an infinity gets a NaN for scale, so that it shows wherever the block
// is used.
inline bool is_finite(std::span<const float> x) {
  return std::all_of(x.begin(), x.end(), [](float v) { return std::isfinite(v); });
}
inline float scale_or_nan(std::span<const float> x, float scale) {
  return is_finite(x) ? scale : std::numeric_limits<float>::quiet_NaN();
}

// 0 for the scale 0 and for the smallest ones, whose inverses are infinite.
inline float inverse(float scale) {
  const float result = 1 / scale;
  return std::isfinite(result) ? result : 0;
}

// The integer part of a value, kept within bounds; NaN, whose integer is undefined, becomes the
// lower one.
inline int truncated(float value, int low, int high) {
  if (!(value > static_cast<float>(low))) return low;
  return value < static_cast<float>(high) ? static_cast<int>(value) : high;
}
inline int rounded(float value, int low, int high) {
  return truncated(std::round(value), low, high);
}

// The value of the largest magnitude, with its sign.
inline float extreme(std::span<const float> x) {
  return *std::max_element(x.begin(), x.end(),
                           [](float a, float b) { return std::fabs(a) < std::fabs(b); });
}

// How much the squared error of each element of a block counts: all the same without importance,
// or when nothing in the block is important.
template <size_t N>
std::array<float, N> error_weights(std::span<const float> importance) {
  std::array<float, N> weights;
  const auto matters = [](float weight) { return weight > 0; };
  if (importance.empty() || std::none_of(importance.begin(), importance.end(), matters)) {
    weights.fill(1);
    return weights;
  }
  // Of importances only the relations count: as they are, their sums could overflow or vanish. What
  // is of no importance at all shall still be like itself.
  constexpr float kLeast = 1e-6f;
  const float largest = *std::max_element(importance.begin(), importance.end());
  for (size_t i = 0; i < N; ++i) weights[i] = std::max(importance[i] / largest, kLeast);
  return weights;
}

// The functions of a format whose blocks are of Codec::kElements elements in Codec::kBytes bytes.
template <class Codec>
constexpr Format block_format(DType type) {
  return {type,
          [](const std::byte* row, std::span<float> out) {
            for (size_t i = 0; i < out.size(); i += Codec::kElements, row += Codec::kBytes)
              Codec::read(row, &out[i]);
          },
          [](std::span<const float> x, std::span<const float> importance, std::byte* row) {
            constexpr size_t kElements = Codec::kElements;
            for (size_t i = 0; i < x.size(); i += kElements, row += Codec::kBytes) {
              const auto block = x.subspan(i).template first<kElements>();
              const auto weights = error_weights<kElements>(
                  importance.empty() ? importance : importance.subspan(i, kElements));
              std::memset(row, 0, Codec::kBytes);
              Codec::write(block, weights, row);
            }
          }};
}

}  // namespace cria::ml
