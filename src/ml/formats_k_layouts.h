#pragma once
// Formats of blocks of 256 elements with scales of two levels: integers, of each 16 or 32 of them
// an integer scale and in some an integer minimum, and a half as scale of each of those. What
// differs is where the bits lie.

#include <array>

#include "ml/formats_bits.h"

namespace cria::ml {

inline constexpr size_t kSuperBlock = 256;

// value = scale * scales[part] * quant - minimum_scale * minimums[part]
struct Fields {
  float scale = 0, minimum_scale = 0;
  std::array<int, 16> scales{}, minimums{};
  std::array<int, kSuperBlock> quants{};
};

struct Q2K {
  static constexpr size_t kBytes = 84, kPart = 16;
  static constexpr int kQuantBits = 2, kScaleBits = 4;
  static constexpr bool kMinimums = true;
  static constexpr size_t kQuants = 16, kScale = 80;
  using Quants = BitField<2, 32>;

  static Fields unpack(const std::byte* block) {
    Fields f{.scale = load_half(block + kScale), .minimum_scale = load_half(block + kScale + 2)};
    for (size_t i = 0; i < 16; ++i) {
      f.scales[i] = std::to_integer<int>(block[i] & std::byte{15});
      f.minimums[i] = std::to_integer<int>(block[i] >> 4);
    }
    for (size_t i = 0; i < kSuperBlock; ++i) f.quants[i] = Quants::get(block + kQuants, i);
    return f;
  }
  static void pack(const Fields& f, std::byte* block) {
    for (size_t i = 0; i < 16; ++i)
      block[i] = static_cast<std::byte>(f.scales[i] | f.minimums[i] << 4);
    for (size_t i = 0; i < kSuperBlock; ++i) Quants::put(block + kQuants, i, f.quants[i]);
    store_half(block + kScale, f.scale);
    store_half(block + kScale + 2, f.minimum_scale);
  }
};

struct Q3K {
  static constexpr size_t kBytes = 110, kPart = 16;
  static constexpr int kQuantBits = 3, kScaleBits = 6;
  static constexpr bool kMinimums = false;
  static constexpr size_t kLow = 32, kScales = 96, kScale = 108;
  using High = BitField<1, 32>;
  using Low = BitField<2, 32>;
  using LowScales = BitField<4, 8>;
  using HighScales = BitField<2, 4>;  // after the eight bytes of the low ones

  static Fields unpack(const std::byte* block) {
    Fields f{.scale = load_half(block + kScale)};
    for (size_t i = 0; i < 16; ++i) {
      const int high = HighScales::get(block + kScales + 8, i);
      f.scales[i] = (LowScales::get(block + kScales, i) | high << 4) - 32;
    }
    for (size_t i = 0; i < kSuperBlock; ++i)
      f.quants[i] = (Low::get(block + kLow, i) | High::get(block, i) << 2) - 4;
    return f;
  }
  static void pack(const Fields& f, std::byte* block) {
    for (size_t i = 0; i < 16; ++i) {
      LowScales::put(block + kScales, i, f.scales[i] + 32);
      HighScales::put(block + kScales + 8, i, (f.scales[i] + 32) >> 4);
    }
    for (size_t i = 0; i < kSuperBlock; ++i) {
      Low::put(block + kLow, i, f.quants[i] + 4);
      High::put(block, i, (f.quants[i] + 4) >> 2);
    }
    store_half(block + kScale, f.scale);
  }
};

// What Q4_K and Q5_K share: two halves, then twelve bytes of scales and minimums of 6 bits. Those
// of the first four parts are the low bits of four bytes each; of the other four parts the low bits
// are a byte's halves, and the high ones lie above those of the first four.
struct Scales6 {
  using Low = BitField<4, 1>;

  static void unpack(const std::byte* block, Fields& f) {
    f.scale = load_half(block);
    f.minimum_scale = load_half(block + 2);
    const std::byte* bytes = block + 4;
    for (size_t i = 0; i < 4; ++i) {
      const int scale = std::to_integer<int>(bytes[i]),
                minimum = std::to_integer<int>(bytes[i + 4]);
      f.scales[i] = scale & 63;
      f.minimums[i] = minimum & 63;
      f.scales[i + 4] = Low::get(bytes + 8, 2 * i) | scale >> 6 << 4;
      f.minimums[i + 4] = Low::get(bytes + 8, 2 * i + 1) | minimum >> 6 << 4;
    }
  }
  static void pack(const Fields& f, std::byte* block) {
    store_half(block, f.scale);
    store_half(block + 2, f.minimum_scale);
    std::byte* bytes = block + 4;
    for (size_t i = 0; i < 4; ++i) {
      bytes[i] = static_cast<std::byte>(f.scales[i] | f.scales[i + 4] >> 4 << 6);
      bytes[i + 4] = static_cast<std::byte>(f.minimums[i] | f.minimums[i + 4] >> 4 << 6);
      Low::put(bytes + 8, 2 * i, f.scales[i + 4]);
      Low::put(bytes + 8, 2 * i + 1, f.minimums[i + 4]);
    }
  }
};

struct Q4K {
  static constexpr size_t kBytes = 144, kPart = 32;
  static constexpr int kQuantBits = 4, kScaleBits = 6;
  static constexpr bool kMinimums = true;
  static constexpr size_t kQuants = 16;
  using Quants = BitField<4, 32>;

  static Fields unpack(const std::byte* block) {
    Fields f;
    Scales6::unpack(block, f);
    for (size_t i = 0; i < kSuperBlock; ++i) f.quants[i] = Quants::get(block + kQuants, i);
    return f;
  }
  static void pack(const Fields& f, std::byte* block) {
    Scales6::pack(f, block);
    for (size_t i = 0; i < kSuperBlock; ++i) Quants::put(block + kQuants, i, f.quants[i]);
  }
};

struct Q5K {
  static constexpr size_t kBytes = 176, kPart = 32;
  static constexpr int kQuantBits = 5, kScaleBits = 6;
  static constexpr bool kMinimums = true;
  static constexpr size_t kHigh = 16, kLow = 48;
  using High = BitField<1, 32>;
  using Low = BitField<4, 32>;

  static Fields unpack(const std::byte* block) {
    Fields f;
    Scales6::unpack(block, f);
    for (size_t i = 0; i < kSuperBlock; ++i)
      f.quants[i] = Low::get(block + kLow, i) | High::get(block + kHigh, i) << 4;
    return f;
  }
  static void pack(const Fields& f, std::byte* block) {
    Scales6::pack(f, block);
    for (size_t i = 0; i < kSuperBlock; ++i) {
      Low::put(block + kLow, i, f.quants[i]);
      High::put(block + kHigh, i, f.quants[i] >> 4);
    }
  }
};

struct Q6K {
  static constexpr size_t kBytes = 210, kPart = 16;
  static constexpr int kQuantBits = 6, kScaleBits = 8;
  static constexpr bool kMinimums = false;
  static constexpr size_t kHigh = 128, kScales = 192, kScale = 208;
  using Low = BitField<4, 64>;
  using High = BitField<2, 32>;

  static Fields unpack(const std::byte* block) {
    Fields f{.scale = load_half(block + kScale)};
    for (size_t i = 0; i < 16; ++i) f.scales[i] = load_as<int8_t>(block + kScales + i);
    for (size_t i = 0; i < kSuperBlock; ++i)
      f.quants[i] = (Low::get(block, i) | High::get(block + kHigh, i) << 4) - 32;
    return f;
  }
  static void pack(const Fields& f, std::byte* block) {
    for (size_t i = 0; i < 16; ++i) store_as(block + kScales + i, static_cast<int8_t>(f.scales[i]));
    for (size_t i = 0; i < kSuperBlock; ++i) {
      Low::put(block, i, f.quants[i] + 32);
      High::put(block + kHigh, i, (f.quants[i] + 32) >> 4);
    }
    store_half(block + kScale, f.scale);
  }
};

}  // namespace cria::ml
