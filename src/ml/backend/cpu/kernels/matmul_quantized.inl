#pragma once
// Matmuls with block-quantised weights: integer dot products per block, then a float step that
// applies the scales of the weights and of the activations. Needs a tile_<isa>.h.

namespace cria::ml::cpu {
namespace {

template <int kTokens>
CRIA_INLINE void add_products(const Pairs& weights, const std::byte* const (&x)[kTokens], int pair,
                              IntLanes (&sums)[kTokens]) {
#pragma GCC unroll 8
  for (int t = 0; t < kTokens; ++t) sums[t] = multiply_add(weights, x[t] + 4 * pair, sums[t]);
}

// value = scale * (quant - 8)
struct Q4_0 {
  static constexpr int64_t kHeaderBytes = 32, kVectorsBytes = 256;
  static constexpr bool kMinimums = false;

  // What the sum of a block starts with: the zero point's part of it.
  CRIA_INLINE static IntLanes start(const std::byte* x) {
    return broadcast_integer(x + offsetof(ActivationBlock, eightfold_sum));
  }

  // Adds the dot products with the blocks of some tokens.
  template <int kTokens>
  CRIA_INLINE static void dot(const std::byte* quants, const std::byte* const (&x)[kTokens],
                              IntLanes (&sums)[kTokens]) {
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) {
      add_products(load_nibbles<0>(afresh(quants) + v * 64), x, 2 * v, sums);
      add_products(load_nibbles<8>(afresh(quants) + v * 64), x, 2 * v + 1, sums);
      add_products(load_nibbles<4>(afresh(quants) + v * 64), x, 2 * v + 8, sums);
      add_products(load_nibbles<12>(afresh(quants) + v * 64), x, 2 * v + 9, sums);
    }
  }
};

// value = scale * quant + minimum
struct Q4_1 : Q4_0 {
  static constexpr int64_t kHeaderBytes = 64;
  static constexpr bool kMinimums = true;
  CRIA_INLINE static IntLanes start(const std::byte*) { return zero_integers(); }
};

// value = scale * quant
struct Q8_0 {
  static constexpr int64_t kHeaderBytes = 32, kVectorsBytes = 512;
  static constexpr bool kMinimums = false;
  CRIA_INLINE static IntLanes start(const std::byte*) { return zero_integers(); }

  template <int kTokens>
  CRIA_INLINE static void dot(const std::byte* quants, const std::byte* const (&x)[kTokens],
                              IntLanes (&sums)[kTokens]) {
#pragma GCC unroll 8
    for (int v = 0; v < 8; ++v) {
      add_products(load_even_bytes(afresh(quants) + v * 64), x, 2 * v, sums);
      add_products(load_odd_bytes(afresh(quants) + v * 64), x, 2 * v + 1, sums);
    }
  }
};

// The float step of a block is sum += scale * (x_scale * integer), then, with minimums, sum +=
// minimum * x_scaled_sum.
template <class Format>
struct Quantized {
  static constexpr int kMostTokens = kMostQuantizedTokens;
  // Tiles that are read side by side, each a stream of its own, while weights come from memory: for
  // so few tokens that one group is all of them.
  static constexpr int tiles(int, bool only_group) { return only_group ? 4 : 1; }

  static int64_t tile_bytes(int64_t cols) {
    return (cols / kBlock + kGroup - 1) / kGroup * kGroupBytes;
  }

  // results[tile * kTokens + token] of tiles that are `next_tile` bytes apart.
  template <int kTiles, int kTokens>
  CRIA_INLINE static void multiply(const std::byte* tile, int64_t next_tile, int64_t cols,
                                   const std::byte* x, int64_t stride,
                                   Lanes (&results)[kTiles * kTokens]) {
    for (Lanes& result : results) result = zero_lanes();
    const std::byte* header = tile;
    const std::byte* quants = tile + kAlignment;
    const int64_t blocks = cols / kBlock;
    for (int64_t b = 0; b < blocks; ++b) {
#pragma GCC unroll 1
      for (int i = 0; i < kTiles; ++i) {
        multiply_block<kTokens>(header + i * next_tile, quants + i * next_tile, x, stride,
                                results + i * kTokens);
      }
      const bool last_of_group = b % kGroup == kGroup - 1;
      header +=
          last_of_group ? kGroupBytes - (kGroup - 1) * Format::kHeaderBytes : Format::kHeaderBytes;
      quants += Format::kVectorsBytes + (last_of_group ? kAlignment : 0);
      x += sizeof(ActivationBlock);
    }
  }

 private:
  // Blocks whose headers share a cache line.
  static constexpr int64_t kGroup = kAlignment / Format::kHeaderBytes;
  static constexpr int64_t kGroupBytes = kAlignment + kGroup * Format::kVectorsBytes;

  template <int kTokens>
  CRIA_INLINE static void multiply_block(const std::byte* header, const std::byte* quants,
                                         const std::byte* x, int64_t stride, Lanes* results) {
    const std::byte* blocks[kTokens];
    IntLanes sums[kTokens];
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; ++t) {
      blocks[t] = x + t * stride;
      sums[t] = Format::start(afresh(blocks[t]));
    }
    Format::template dot<kTokens>(quants, blocks, sums);
    const Lanes scales = load_halves(header);
    const Lanes minimums = Format::kMinimums ? load_halves(header + 32) : zero_lanes();
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; ++t) {
      const Lanes x_scale = broadcast_float(blocks[t] + offsetof(ActivationBlock, scale));
      Lanes sum = multiply_add(scales, cpu::multiply(to_float(sums[t]), x_scale), results[t]);
      if constexpr (Format::kMinimums) {
        const Lanes x_sum = broadcast_float(blocks[t] + offsetof(ActivationBlock, scaled_sum));
        sum = multiply_add(minimums, x_sum, sum);
      }
      results[t] = sum;
    }
  }
};

}  // namespace
}  // namespace cria::ml::cpu
