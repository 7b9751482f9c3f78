#pragma once
// Matmuls with block-quantised weights: integer dot products per block, then a float step that
// applies the scales of the weights and of the activations. Needs a tile_<isa>.h.

namespace cria::ml::cpu {
namespace {

// Of tiles that are read side by side: each is a stream of its own from memory.
constexpr int kMostTiles = 4;

// value = scale * (quant - 8)
struct Q4_0 {
  static constexpr int64_t kHeaderBytes = 32, kVectorsBytes = 256;
  static constexpr bool kMinimums = false;
  CRIA_INLINE static IntLanes center(IntLanes sum, const std::byte* x) {
    return add(sum, broadcast_integer(x + offsetof(ActivationBlock, eightfold_sum)));
  }
  template <int kSums>
  CRIA_INLINE static void dot(const std::byte* quants, const std::byte* x, int64_t stride,
                              IntLanes (&sums)[kSums]) {
    dot_u4<kSums>(quants, x, stride, sums);
  }
};

// value = scale * quant + minimum
struct Q4_1 : Q4_0 {
  static constexpr int64_t kHeaderBytes = 64;
  static constexpr bool kMinimums = true;
  CRIA_INLINE static IntLanes center(IntLanes sum, const std::byte*) { return sum; }
};

// value = scale * quant
struct Q8_0 {
  static constexpr int64_t kHeaderBytes = 32, kVectorsBytes = 512;
  static constexpr bool kMinimums = false;
  CRIA_INLINE static IntLanes center(IntLanes sum, const std::byte*) { return sum; }
  template <int kSums>
  CRIA_INLINE static void dot(const std::byte* quants, const std::byte* x, int64_t stride,
                              IntLanes (&sums)[kSums]) {
    dot_s8<kSums>(quants, x, stride, sums);
  }
};

// The float step of a block is sum += scale * (x_scale * integer), then, with minimums, sum +=
// minimum * x_scaled_sum.
template <class Format>
struct Quantized {
  static constexpr int kMostTokens = kMostQuantizedTokens;
  static constexpr int kAccumulators = kMostQuantizedTokens * kMostTiles;

  static int64_t tile_bytes(int64_t cols) {
    return header_bytes(cols) + cols / kBlock * Format::kVectorsBytes;
  }

  // results[tile * kTokens + token] of consecutive tiles.
  template <int kTiles, int kTokens>
  CRIA_INLINE static void multiply(const std::byte* tile, int64_t cols, const std::byte* x,
                                   int64_t stride, Lanes (&results)[kTiles * kTokens]) {
    const int64_t next_tile = tile_bytes(cols);
    const std::byte* header = tile;
    const std::byte* quants = tile + header_bytes(cols);
    for (Lanes& result : results) result = zero_lanes();
    for (int64_t b = 0; b < cols / kBlock; ++b) {
#pragma GCC unroll 1
      for (int i = 0; i < kTiles; ++i) {
        multiply_block<kTokens>(header + i * next_tile, quants + i * next_tile, x, stride,
                                results + i * kTokens);
      }
      header += Format::kHeaderBytes;
      quants += Format::kVectorsBytes;
      x += sizeof(ActivationBlock);
    }
  }

 private:
  template <int kTokens>
  CRIA_INLINE static void multiply_block(const std::byte* header, const std::byte* quants,
                                         const std::byte* x, int64_t stride, Lanes* results) {
    IntLanes digits[2 * kTokens];
#pragma GCC unroll 16
    for (int i = 0; i < 2 * kTokens; ++i) digits[i] = zero_integers();
    Format::template dot<2 * kTokens>(quants, x, stride, digits);
    const Lanes scales = load_halves(header);
    const Lanes minimums = Format::kMinimums ? load_halves(header + 32) : zero_lanes();
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; ++t) {
      const std::byte* block = x + t * stride;
      const Lanes x_scale = broadcast_float(block + offsetof(ActivationBlock, scale));
      const IntLanes integer = Format::center(join_digits(digits[2 * t], digits[2 * t + 1]), block);
      Lanes sum = multiply_add(scales, cpu::multiply(to_float(integer), x_scale), results[t]);
      if constexpr (Format::kMinimums) {
        const Lanes x_sum = broadcast_float(block + offsetof(ActivationBlock, scaled_sum));
        sum = multiply_add(minimums, x_sum, sum);
      }
      results[t] = sum;
    }
  }

  static int64_t header_bytes(int64_t cols) {
    return (cols / kBlock * Format::kHeaderBytes + kAlignment - 1) / kAlignment * kAlignment;
  }
};

}  // namespace
}  // namespace cria::ml::cpu
