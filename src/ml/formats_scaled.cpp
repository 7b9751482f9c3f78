// Formats of blocks of 32 elements: a half as scale, in some a half as offset, and 32 integers. Of
// those of 4 and 5 bits, the low four lie with element i in the low and element i + 16 in the high
// half of byte i, and the fifth ones side by side in four bytes before.

#include "ml/fit.h"
#include "ml/formats_bits.h"

namespace cria::ml {
namespace {

constexpr size_t kBlock = 32;
constexpr size_t kHalfBytes = 2;
using Block = std::span<const float, kBlock>;

// Unsigned integers of kBits bits, 4 or 5, as they lie in a block.
template <int kBits>
struct Quants {
  using Low = BitField<4, 16>;
  using High = BitField<1, 1>;
  static constexpr size_t kHighBytes = kBits == 5 ? High::bytes(kBlock) : 0;
  static constexpr size_t kBytes = kHighBytes + Low::bytes(kBlock);

  static int get(const std::byte* from, size_t i) {
    const int low = Low::get(from + kHighBytes, i);
    return kBits == 5 ? low | High::get(from, i) << 4 : low;
  }
  static void put(std::byte* to, size_t i, int value) {
    Low::put(to + kHighBytes, i, value);
    if (kBits == 5) High::put(to, i, value >> 4);
  }
};

// value = scale * (quant - half of the range)
template <int kBits>
struct Symmetric {
  static constexpr size_t kElements = kBlock, kBytes = kHalfBytes + Quants<kBits>::kBytes;
  static constexpr int kZero = 1 << (kBits - 1);

  static void read(const std::byte* block, float* out) {
    const float scale = load_half(block);
    for (size_t i = 0; i < kBlock; ++i)
      out[i] = scale * static_cast<float>(Quants<kBits>::get(block + kHalfBytes, i) - kZero);
  }

  static void write(Block x, Block weights, std::byte* block) {
    constexpr Integers kRound{-kZero, kZero - 1};
    const ScaleFit fit =
        fit_scale(Part<kBlock>{x, weights}, kRound, kRound.low, kRound.high, {-1, 1, 0.125f});
    store_half(block, scale_or_nan(x, fit.scale));
    const float factor = inverse(load_half(block));
    for (size_t i = 0; i < kBlock; ++i) {
      const int q = rounded(x[i] * factor, -kZero, kZero - 1);
      Quants<kBits>::put(block + kHalfBytes, i, q + kZero);
    }
  }
};

// value = scale * quant + offset
template <int kBits>
struct Offset {
  static constexpr size_t kElements = kBlock, kBytes = 2 * kHalfBytes + Quants<kBits>::kBytes;
  static constexpr int kMost = (1 << kBits) - 1;

  static void read(const std::byte* block, float* out) {
    const float scale = load_half(block), offset = load_half(block + kHalfBytes);
    for (size_t i = 0; i < kBlock; ++i)
      out[i] = scale * static_cast<float>(Quants<kBits>::get(block + 2 * kHalfBytes, i)) + offset;
  }

  static void write(Block x, Block weights, std::byte* block) {
    const LineFit fit = fit_line<false>(Part<kBlock>{x, weights}, kMost, {-1, 1, 0.125f});
    store_half(block, scale_or_nan(x, fit.scale));
    store_half(block + kHalfBytes, fit.offset);
    const float factor = inverse(load_half(block)), offset = load_half(block + kHalfBytes);
    for (size_t i = 0; i < kBlock; ++i)
      Quants<kBits>::put(block + 2 * kHalfBytes, i, rounded((x[i] - offset) * factor, 0, kMost));
  }
};

// Scales of so fine integers need no search: the largest magnitude is the end of the range.
struct SymmetricBytes {
  static constexpr size_t kElements = kBlock, kBytes = kHalfBytes + kBlock;

  static void read(const std::byte* block, float* out) {
    const float scale = load_half(block);
    for (size_t i = 0; i < kBlock; ++i)
      out[i] = scale * static_cast<float>(load_as<int8_t>(block + kHalfBytes + i));
  }

  static void write(Block x, Block /*weights*/, std::byte* block) {
    const float scale = scale_or_nan(x, std::fabs(extreme(x)) / 127);
    const float factor = inverse(scale);
    store_half(block, scale);
    for (size_t i = 0; i < kBlock; ++i)
      store_as(block + kHalfBytes + i, static_cast<int8_t>(rounded(x[i] * factor, -127, 127)));
  }
};

constexpr Format kFormats[] = {
    block_format<Symmetric<4>>(DType::kQ4_0),   block_format<Offset<4>>(DType::kQ4_1),
    block_format<Symmetric<5>>(DType::kQ5_0),   block_format<Offset<5>>(DType::kQ5_1),
    block_format<SymmetricBytes>(DType::kQ8_0),
};

}  // namespace

std::span<const Format> scaled_formats() { return kFormats; }

}  // namespace cria::ml
