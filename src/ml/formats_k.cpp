// Reads and writes the formats of 256 integers with scales of two levels.

#include "ml/fit_blocks.h"
#include "ml/formats_k_layouts.h"

namespace cria::ml {
namespace {

using Block = std::span<const float, kSuperBlock>;

// Where the largest magnitude may lie beyond the end of the range of quants, from which each part's
// search sets out.
template <class Layout>
constexpr Steps steps() {
  constexpr float kStep[] = {0.1f, 0.1f, 0.125f, 0.125f, 0.25f};
  return {-1, 1, kStep[Layout::kQuantBits - 2]};
}

// Scales and quants of [-half, half).
template <class Layout>
void choose_symmetric(Block x, Block weights, Fields& f) {
  constexpr int kHalf = 1 << (Layout::kQuantBits - 1), kScaleHalf = 1 << (Layout::kScaleBits - 1);
  constexpr size_t kPart = Layout::kPart, kParts = kSuperBlock / kPart;
  constexpr Integers kRound{-kHalf, kHalf - 1};
  SharedScaleFit<kParts, kPart, Integers> fit(x, weights, kRound, {-kScaleHalf, kScaleHalf - 1});
  const auto found = fit(kRound.low, kRound.high, steps<Layout>());
  f.scale = found.scale;
  for (size_t i = 0; i < kParts; ++i) {
    f.scales[i] = found.scales[i];
    const float factor = inverse(f.scale * static_cast<float>(f.scales[i]));
    for (size_t j = i * kPart; j < (i + 1) * kPart; ++j)
      f.quants[j] = rounded(x[j] * factor, -kHalf, kHalf - 1);
  }
}

// Quants of [0, most] above a minimum that is zero or negative. Minimums are stored negated.
template <class Layout>
void choose_with_minimums(Block x, Block weights, Fields& f) {
  constexpr int kMost = (1 << Layout::kQuantBits) - 1, kScaleMost = (1 << Layout::kScaleBits) - 1;
  constexpr size_t kPart = Layout::kPart, kParts = kSuperBlock / kPart;
  SharedLineFit<kParts, kPart> fit(x, weights, kMost, kScaleMost);
  const auto found = fit(steps<Layout>());
  f.scale = found.scale;
  f.minimum_scale = found.minimum_scale;
  for (size_t i = 0; i < kParts; ++i) {
    f.scales[i] = found.scales[i];
    f.minimums[i] = found.minimums[i];
    const float minimum = f.minimum_scale * static_cast<float>(f.minimums[i]);
    const float factor = inverse(f.scale * static_cast<float>(f.scales[i]));
    for (size_t j = i * kPart; j < (i + 1) * kPart; ++j)
      f.quants[j] = rounded((x[j] + minimum) * factor, 0, kMost);
  }
}

template <class Layout>
struct Codec {
  static constexpr size_t kElements = kSuperBlock, kBytes = Layout::kBytes;

  static void read(const std::byte* block, float* out) {
    const Fields f = Layout::unpack(block);
    for (size_t i = 0; i < kSuperBlock; ++i) {
      const size_t part = i / Layout::kPart;
      const float scale = f.scale * static_cast<float>(f.scales[part]);
      out[i] = scale * static_cast<float>(f.quants[i]);
      if (Layout::kMinimums) out[i] -= f.minimum_scale * static_cast<float>(f.minimums[part]);
    }
  }

  static void write(Block x, Block weights, std::byte* block) {
    Fields f;
    if (!is_finite(x)) {
      f.scale = std::numeric_limits<float>::quiet_NaN();
    } else if constexpr (Layout::kMinimums) {
      choose_with_minimums<Layout>(x, weights, f);
    } else {
      choose_symmetric<Layout>(x, weights, f);
    }
    Layout::pack(f, block);
  }
};

constexpr Format kFormats[] = {
    block_format<Codec<Q2K>>(DType::kQ2_K), block_format<Codec<Q3K>>(DType::kQ3_K),
    block_format<Codec<Q4K>>(DType::kQ4_K), block_format<Codec<Q5K>>(DType::kQ5_K),
    block_format<Codec<Q6K>>(DType::kQ6_K),
};

}  // namespace

std::span<const Format> k_formats() { return kFormats; }

}  // namespace cria::ml
