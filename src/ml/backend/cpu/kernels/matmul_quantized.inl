#pragma once
// Matmuls with block-quantised weights: integer dot products per part of a block, then a float step
// that applies the scales of the weights and of the activations. One token, and a few, read tiles
// straight away; many share blocks that were unpacked once. Needs a tile_<isa>.h.

#include "ml/backend/cpu/kernels/fetch.h"
#include "ml/backend/cpu/kernels/matmul_formats.inl"

namespace cria::ml::cpu {
namespace {

constexpr int kPairs = kBlock / 2;

// The float step, the same for every way to come by the integers: sum += scale * (x_scale *
// integer), then, with minimums, sum += minimum * x_scaled_sum.
template <bool kMinimums>
CRIA_INLINE Lanes add_part(IntLanes integers, Lanes scale, Lanes minimum, const std::byte* x,
                           int64_t x_sum_at, Lanes sum) {
  const Lanes x_scale = broadcast_float(x + offsetof(ActivationBlock, scale));
  sum = multiply_add(scale, multiply(to_float(integers), x_scale), sum);
  if constexpr (kMinimums) sum = multiply_add(minimum, broadcast_float(x + x_sum_at), sum);
  return sum;
}

template <int kParts>
CRIA_INLINE int64_t x_sum_at(int part) {
  return kParts == 1 ? offsetof(ActivationBlock, scaled_sum)
                     : offsetof(ActivationBlock, scaled_half_sums) + part * sizeof(float);
}

// What the sum over half a block starts with: the zero point's part of it.
template <int kZero>
CRIA_INLINE IntLanes start(const std::byte* x, int half) {
  if constexpr (kZero == 0) return zero_integers();
  constexpr int kBits = __builtin_ctz(kZero + (kZero == 0));
  return shift_left<kBits>(broadcast_integer(x + offsetof(ActivationBlock, negative_half_sums) +
                                             half * static_cast<int>(sizeof(int32_t))));
}

// The integer dot product of half a block of a tile and of one token. Two chains of additions hide
// more of the latency of a multiply-add.
template <class Format, int kHalf>
CRIA_INLINE IntLanes multiply_half(const std::byte* quants, const std::byte* x) {
  IntLanes even = start<Format::kZero>(x, kHalf), odd = zero_integers();
  unrolled<4 * kHalf, 4 * kHalf + 4>([&]<int kGroup>() CRIA_INLINE_LAMBDA {
    const Columns weights = Format::template weights<kGroup>(quants);
    even = multiply_add(weights.even, x + 8 * kGroup, even);
    odd = multiply_add(weights.odd, x + 8 * kGroup + 4, odd);
  });
  return add(even, odd);
}

template <class Format, int kPart>
CRIA_INLINE Lanes add_part_of(const std::byte* group, int64_t block, IntLanes integers,
                              const std::byte* x, Lanes sum) {
  Lanes minimum = zero_lanes();
  if constexpr (Format::kMinimums) minimum = Format::minimum(group, block, kPart);
  return add_part<Format::kMinimums>(integers, Format::scale(group, block, kPart), minimum, x,
                                     x_sum_at<Format::kParts>(kPart), sum);
}

// Adds the product of a block of a tile and one token's activations.
template <class Format>
CRIA_INLINE Lanes multiply_block(const std::byte* group, int64_t block, const std::byte* quants,
                                 const std::byte* x, Lanes sum) {
  const IntLanes first = multiply_half<Format, 0>(quants, x);
  if constexpr (Format::kParts == 2) {
    sum = add_part_of<Format, 0>(group, block, first, x, sum);
    return add_part_of<Format, 1>(group, block, multiply_half<Format, 1>(quants, x), x, sum);
  }
  return add_part_of<Format, 0>(group, block, add(first, multiply_half<Format, 1>(quants, x)), x,
                                sum);
}

// Blocks [first, last) of a tile times kTokens tokens, whose activations begin at `x` with those of
// block `first`: weights go from the tile to registers, and from there to all tokens. With each
// block, `ahead_step` bytes from `ahead` on are fetched for later.
template <class Format, int kTokens>
void multiply_direct(const std::byte* tile, int64_t first, int64_t last, const std::byte* x,
                     int64_t stride, Lanes* results, const std::byte* ahead, int64_t ahead_step) {
  constexpr int64_t kBlocks = Format::kLayout.blocks;
  constexpr int kHalves = 2 / Format::kParts;
  for (int64_t b = first; b < last; ++b, x += sizeof(ActivationBlock)) {
    const std::byte* group = tile + b / kBlocks * Format::kGroupBytes;
    const int64_t block = b % kBlocks;
    const std::byte* quants = group + Format::kHeaderBytes + block * Format::kBlockBytes;
    for (int64_t i = 0; i < ahead_step; i += kAlignment) fetch_ahead(ahead + i);
    ahead += ahead_step;
    unrolled<0, Format::kParts>([&]<int kPart>() CRIA_INLINE_LAMBDA {
      IntLanes sums[kTokens];
#pragma GCC unroll 8
      for (int t = 0; t < kTokens; ++t) {
        sums[t] = start<Format::kZero>(x + t * stride, kPart);
        if constexpr (kHalves == 2 && Format::kZero != 0)
          sums[t] = add(sums[t], start<Format::kZero>(x + t * stride, 1));
      }
      unrolled<4 * kHalves * kPart, 4 * kHalves*(kPart + 1)>([&]<int kGroup>() CRIA_INLINE_LAMBDA {
        const Columns weights = Format::template weights<kGroup>(quants);
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; ++t) {
          sums[t] = multiply_add(weights.even, x + t * stride + 8 * kGroup, sums[t]);
          sums[t] = multiply_add(weights.odd, x + t * stride + 8 * kGroup + 4, sums[t]);
        }
      });
#pragma GCC unroll 8
      for (int t = 0; t < kTokens; ++t)
        results[t] = add_part_of<Format, kPart>(group, block, sums[t], x + t * stride, results[t]);
    });
  }
}

// A block as the kernel for many tokens reads it: weights as pairs, sixteen numbers of each row.
struct alignas(64) UnpackedBlock {
  std::byte weights[kPairs * 64];
  float scales[2][kTileRows], minimums[2][kTileRows];  // of each part
};

template <class Format>
CRIA_INLINE void unpack_block(const std::byte* group, int64_t block, UnpackedBlock& out) {
  const std::byte* quants = group + Format::kHeaderBytes + block * Format::kBlockBytes;
  unrolled<0, kPairs / 2>([&]<int kGroup>() CRIA_INLINE_LAMBDA {
    const Columns weights = Format::template weights<kGroup>(quants);
    store_pairs(out.weights + kGroup * 128, subtract<Format::kZero>(weights.even));
    store_pairs(out.weights + kGroup * 128 + 64, subtract<Format::kZero>(weights.odd));
  });
  unrolled<0, Format::kParts>([&]<int kPart>() CRIA_INLINE_LAMBDA {
    store_floats(out.scales[kPart], Format::scale(group, block, kPart));
    if constexpr (Format::kMinimums)
      store_floats(out.minimums[kPart], Format::minimum(group, block, kPart));
  });
}

// Adds the products of some unpacked blocks and the activations of kTokens tokens to `results`.
template <int kParts, bool kMinimums, int kTokens>
void multiply_unpacked(const UnpackedBlock* blocks, int64_t count, const std::byte* x,
                       int64_t stride, Lanes* results) {
  constexpr int kPartPairs = kPairs / kParts;
  for (int64_t b = 0; b < count; ++b, x += sizeof(ActivationBlock)) {
    const UnpackedBlock& block = blocks[b];
#pragma GCC unroll 2
    for (int part = 0; part < kParts; ++part) {
      IntLanes sums[kTokens];
#pragma GCC unroll 16
      for (int t = 0; t < kTokens; ++t) sums[t] = zero_integers();
#pragma GCC unroll 16
      for (int pair = part * kPartPairs; pair < (part + 1) * kPartPairs; ++pair) {
        const Pairs weights = load_pairs(block.weights + pair * 64);
#pragma GCC unroll 16
        for (int t = 0; t < kTokens; ++t)
          sums[t] = multiply_add(weights, x + t * stride + 4 * pair, sums[t]);
      }
      const Lanes scale = load_floats(block.scales[part]);
      const Lanes minimum = kMinimums ? load_floats(block.minimums[part]) : zero_lanes();
#pragma GCC unroll 16
      for (int t = 0; t < kTokens; ++t)
        results[t] = add_part<kMinimums>(sums[t], scale, minimum, x + t * stride,
                                         x_sum_at<kParts>(part), results[t]);
    }
  }
}

// A function per number of tokens, 1 .. kTokens.
template <int kParts, bool kMinimums, int kTokens = kMostQuantizedTokens>
void multiply_unpacked_tokens(const UnpackedBlock* blocks, int64_t count, const std::byte* x,
                              int64_t stride, int64_t tokens, Lanes* results) {
  if (tokens == kTokens)
    return multiply_unpacked<kParts, kMinimums, kTokens>(blocks, count, x, stride, results);
  if constexpr (kTokens > 1)
    multiply_unpacked_tokens<kParts, kMinimums, kTokens - 1>(blocks, count, x, stride, tokens,
                                                             results);
}

template <class Format>
struct Quantized {
  using Weights = Format;

  static int64_t tile_bytes(int64_t cols) {
    constexpr int64_t kBlocks = Format::kLayout.blocks;
    return (cols / kBlock + kBlocks - 1) / kBlocks * Format::kGroupBytes;
  }

  // One token: kTiles tiles that are `next_tile` bytes apart. The processor does not always see by
  // itself that several streams are read: without fetching, Q4_K_M decodes a quarter slower with
  // AVX2 on Zen 4. Of 8 bits it does, and would be a tenth slower.
  static constexpr int64_t kNear = 1024;
  static constexpr int64_t kNearBlockBytes = Format::kLayout.bits < 8 ? Format::kBlockBytes : 0;

  template <int kTiles>
  static void multiply_one(const std::byte* tile, int64_t next_tile, int64_t cols,
                           const std::byte* x, Lanes* results) {
    constexpr int64_t kBlocks = Format::kLayout.blocks;
    Lanes sums[kTiles];
    for (Lanes& sum : sums) sum = zero_lanes();
    for (int64_t left = cols / kBlock; left > 0; left -= kBlocks, tile += Format::kGroupBytes) {
      const std::byte* quants = tile + Format::kHeaderBytes;
      const int64_t blocks = left < kBlocks ? left : kBlocks;
      for (int64_t b = 0; b < blocks; ++b) {
#pragma GCC unroll 1
        for (int i = 0; i < kTiles; ++i) {
          const std::byte* near = quants + i * next_tile;
          for (int64_t k = 0; k < kNearBlockBytes; k += kAlignment) fetch_near(near + kNear + k);
          sums[i] = multiply_block<Format>(tile + i * next_tile, b, near, x, sums[i]);
        }
        quants += Format::kBlockBytes;
        x += sizeof(ActivationBlock);
      }
    }
    for (int i = 0; i < kTiles; ++i) results[i] = sums[i];
  }

  // Blocks [first, first + count) of a tile.
  static void unpack(const std::byte* tile, int64_t first, int64_t count, UnpackedBlock* out) {
    constexpr int64_t kBlocks = Format::kLayout.blocks;
    for (int64_t b = first; b < first + count; ++b)
      unpack_block<Format>(tile + b / kBlocks * Format::kGroupBytes, b % kBlocks, out[b - first]);
  }

  static void multiply_unpacked(const UnpackedBlock* blocks, int64_t count, const std::byte* x,
                                int64_t stride, int64_t tokens, Lanes* results) {
    // As even groups as can be: 8 tokens as 4 and 4 rather than 6 and 2.
    const int64_t groups = (tokens + kMostQuantizedTokens - 1) / kMostQuantizedTokens;
    for (int64_t g = 0; g < groups; ++g) {
      const int64_t size = tokens / groups + (g < tokens % groups ? 1 : 0);
      multiply_unpacked_tokens<Format::kParts, Format::kMinimums>(blocks, count, x, stride, size,
                                                                  results);
      x += size * stride;
      results += size;
    }
  }
};

}  // namespace
}  // namespace cria::ml::cpu
