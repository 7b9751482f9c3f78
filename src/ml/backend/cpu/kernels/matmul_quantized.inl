#pragma once
// Matmuls with block-quantised weights: integer dot products per block, then a float step that
// applies the scales of the weights and of the activations. Needs a tile_<isa>.h.

namespace cria::ml::cpu {
namespace {

// value = scale * (quant - 8)
struct Q4_0 {
  static constexpr int64_t kHeaderBytes = 32, kVectorsBytes = 256;
  static constexpr bool kMinimums = false;
  CRIA_INLINE static IntLanes start(const std::byte* x) {
    return broadcast_integer(x + offsetof(ActivationBlock, eightfold_sum));
  }
  template <int kTokens>
  CRIA_INLINE static void dot(const std::byte* quants, const std::byte* x, int64_t stride,
                              IntLanes (&sums)[kTokens]) {
    dot_u4<kTokens>(quants, x, stride, sums);
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
  CRIA_INLINE static void dot(const std::byte* quants, const std::byte* x, int64_t stride,
                              IntLanes (&sums)[kTokens]) {
    dot_s8<kTokens>(quants, x, stride, sums);
  }
};

// results[t][row] of one tile and kTokens tokens. The float step of a block is result += scale *
// (x_scale * sum) and, with minimums, result += minimum * x_scaled_sum after it.
template <class Format>
struct Quantized {
  static constexpr int kMostTokens = kMostQuantizedTokens;
  static constexpr int kAccumulators = 1;

  static int64_t tile_bytes(int64_t cols) {
    return header_bytes(cols) + cols / kBlock * Format::kVectorsBytes;
  }

  template <int kTiles, int kTokens>
  CRIA_INLINE static void multiply(const std::byte* tile, int64_t cols, const std::byte* x,
                                   int64_t stride, Lanes (&results)[kTiles * kTokens]) {
    const std::byte* header = tile;
    const std::byte* quants = tile + header_bytes(cols);
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; ++t) results[t] = zero_lanes();
    for (int64_t b = 0; b < cols / kBlock; ++b) {
      IntLanes sums[kTokens];
#pragma GCC unroll 8
      for (int t = 0; t < kTokens; ++t) sums[t] = Format::start(x + t * stride);
      Format::template dot<kTokens>(quants, x, stride, sums);
      const Lanes scales = load_halves(header);
#pragma GCC unroll 8
      for (int t = 0; t < kTokens; ++t) {
        const Lanes x_scale = broadcast_float(x + t * stride + offsetof(ActivationBlock, scale));
        results[t] = multiply_add(scales, cpu::multiply(to_float(sums[t]), x_scale), results[t]);
      }
      if constexpr (Format::kMinimums) {
        const Lanes minimums = load_halves(header + 32);
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; ++t) {
          const Lanes x_sum =
              broadcast_float(x + t * stride + offsetof(ActivationBlock, scaled_sum));
          results[t] = multiply_add(minimums, x_sum, results[t]);
        }
      }
      header += Format::kHeaderBytes;
      quants += Format::kVectorsBytes;
      x += sizeof(ActivationBlock);
    }
  }

 private:
  static int64_t header_bytes(int64_t cols) {
    return (cols / kBlock * Format::kHeaderBytes + kAlignment - 1) / kAlignment * kAlignment;
  }
};

}  // namespace
}  // namespace cria::ml::cpu
