#pragma once
// Matmuls with float weights: a chain of multiply-adds per row and token, in the order of the
// columns. Needs a tile_<isa>.h.

#include "ml/backend/cpu/kernels/fetch.h"

namespace cria::ml::cpu {
namespace {

struct F32 {
  static constexpr int kColumns = 1;     // that lie together,
  static constexpr int64_t kBytes = 64;  // and their bytes in a tile
  CRIA_INLINE static Lanes load(const std::byte* p, int) {
    return load_floats(reinterpret_cast<const float*>(p));
  }
};

struct F16 {
  static constexpr int kColumns = 1;
  static constexpr int64_t kBytes = 32;
  CRIA_INLINE static Lanes load(const std::byte* p, int) { return load_halves(p); }
};

struct BF16 {
  static constexpr int kColumns = 2;
  static constexpr int64_t kBytes = 64;
  CRIA_INLINE static Lanes load(const std::byte* p, int column) {
    return column == 0 ? load_even_bfloats(p) : load_odd_bfloats(p);
  }
};

template <class Format>
struct Float {
  static constexpr int64_t kBytes = Format::kBytes;
  static constexpr int kMostTokens = kMostFloatTokens;
  // With few tokens, as many tiles at a time as there are accumulators for: more chains of
  // additions hide the latency of each.
  static constexpr int tiles(int tokens) {
    const int fit = kFloatAccumulators / tokens;
    return fit < 1 ? 1 : fit > 4 ? 4 : fit;
  }

  static int64_t tile_bytes(int64_t cols) {
    const int64_t bytes = (cols + Format::kColumns - 1) / Format::kColumns * Format::kBytes;
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  }

  // Of a column in a tile; even columns where two lie together.
  static int64_t offset(int64_t col) { return col / Format::kColumns * Format::kBytes; }

  // Adds the products of some columns to results[tile * kTokens + token], of tiles that are
  // `next_tile` bytes apart. With each step, `ahead_step` bytes from `ahead` on are fetched for
  // later, if that is not null.
  template <int kTiles, int kTokens>
  CRIA_INLINE static void multiply(const std::byte* tile, int64_t next_tile, int64_t cols,
                                   const std::byte* x, int64_t stride, Lanes* results,
                                   const std::byte* ahead, int64_t ahead_step) {
    Lanes sums[kTiles * kTokens];
#pragma GCC unroll 32
    for (int i = 0; i < kTiles * kTokens; ++i) sums[i] = results[i];
    for (int64_t i = 0; i < cols / Format::kColumns; ++i) {
      if (ahead != nullptr) fetch_ahead(ahead + i * ahead_step);
      step<Format::kColumns, kTiles, kTokens>(tile, next_tile, x, stride, sums);
      tile += Format::kBytes;
      x += Format::kColumns * sizeof(float);
    }
    if (cols % Format::kColumns != 0) step<1, kTiles, kTokens>(tile, next_tile, x, stride, sums);
#pragma GCC unroll 32
    for (int i = 0; i < kTiles * kTokens; ++i) results[i] = sums[i];
  }

 private:
  template <int kColumns, int kTiles, int kTokens>
  CRIA_INLINE static void step(const std::byte* tile, int64_t next_tile, const std::byte* x,
                               int64_t stride, Lanes (&sums)[kTiles * kTokens]) {
#pragma GCC unroll 2
    for (int c = 0; c < kColumns; ++c) {
      Lanes weights[kTiles];
#pragma GCC unroll 8
      for (int i = 0; i < kTiles; ++i) weights[i] = Format::load(tile + i * next_tile, c);
#pragma GCC unroll 16
      for (int t = 0; t < kTokens; ++t) {
        const Lanes xs = broadcast_float(x + t * stride + c * 4);
#pragma GCC unroll 8
        for (int i = 0; i < kTiles; ++i)
          sums[i * kTokens + t] = multiply_add(weights[i], xs, sums[i * kTokens + t]);
      }
    }
  }
};

}  // namespace
}  // namespace cria::ml::cpu
