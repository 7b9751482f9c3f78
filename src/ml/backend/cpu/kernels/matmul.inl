#pragma once
// The walk of a matmul over tiles and groups of tokens, and the table entries. The file of an
// instruction set includes its tile_<isa>.h first.

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/matmul_float.inl"
#include "ml/backend/cpu/kernels/matmul_quantized.inl"
#include "ml/backend/cpu/kernels/quantize.inl"

namespace cria::ml::cpu {
namespace {

// Bytes of activations that a pass over the tiles reads again for every tile: they stay in the
// second-level cache.
constexpr int64_t kPassBytes = 256 * 1024;

// Writes the results of a tile for some tokens; the last tile of a matrix may have fewer rows.
void write_rows(const MatmulArgs& args, int64_t tile, int64_t token, const Lanes* results,
                int64_t tokens) {
  const int64_t row = tile * kTileRows, left = args.rows - row;
  for (int64_t t = 0; t < tokens; ++t) {
    const int64_t at = (token + t) * args.out_stride + row;
    if (left >= kTileRows) {
      const bool adds = args.addend != nullptr;
      store_floats(args.out + at,
                   adds ? add(results[t], load_floats(args.addend + at)) : results[t]);
      continue;
    }
    float values[kTileRows];
    store_floats(values, results[t]);
    for (int64_t r = 0; r < left; ++r)
      args.out[at + r] = args.addend != nullptr ? values[r] + args.addend[at + r] : values[r];
  }
}

// Tiles [first, last) times tokens [token, token + kTokens), kTiles at a time as far as possible.
// Those lie far apart, so that each is part of a long stream from memory: the processor fetches
// ahead in each stream, but is slow to begin with a new one.
template <class Format, int kTiles, int kTokens>
void multiply_group(const MatmulArgs& args, int64_t first, int64_t last, int64_t token) {
  const std::byte* x = args.x + token * args.x_stride;
  const int64_t tile_bytes = Format::tile_bytes(args.cols);
  const int64_t apart = (last - first) / kTiles;
  for (int64_t tile = first; tile < first + apart; ++tile) {
    Lanes results[kTiles * kTokens];
    Format::template multiply<kTiles, kTokens>(args.tiles + tile * tile_bytes, apart * tile_bytes,
                                               args.cols, x, args.x_stride, results);
    for (int i = 0; i < kTiles; ++i)
      write_rows(args, tile + i * apart, token, results + i * kTokens, kTokens);
  }
  if constexpr (kTiles > 1)
    multiply_group<Format, 1, kTokens>(args, first + apart * kTiles, last, token);
}

// A function per number of tokens, 1 .. kTokens.
template <class Format, bool kOnlyGroup, int kTokens = Format::kMostTokens>
void multiply_tokens(const MatmulArgs& args, int64_t first, int64_t last, int64_t token,
                     int64_t tokens) {
  constexpr int kTiles = Format::tiles(kTokens, kOnlyGroup);
  if (tokens == kTokens) return multiply_group<Format, kTiles, kTokens>(args, first, last, token);
  if constexpr (kTokens > 1)
    multiply_tokens<Format, kOnlyGroup, kTokens - 1>(args, first, last, token, tokens);
}

// Groups as even as can be: 6 tokens as 3 and 3 rather than 5 and 1.
template <class Format>
void multiply_pass(const MatmulArgs& args, int64_t first, int64_t last, int64_t token,
                   int64_t tokens) {
  const int64_t groups = (tokens + Format::kMostTokens - 1) / Format::kMostTokens;
  for (int64_t g = 0; g < groups; ++g) {
    const int64_t size = tokens / groups + (g < tokens % groups ? 1 : 0);
    multiply_tokens<Format, false>(args, first, last, token, size);
    token += size;
  }
}

template <class Format>
void matmul(const MatmulArgs& args) {
  if (args.tokens <= Format::kMostTokens)
    return multiply_tokens<Format, true>(args, args.first_tile, args.last_tile, 0, args.tokens);
  const int64_t fit = kPassBytes / args.x_stride;
  const int64_t most = fit > Format::kMostTokens ? fit : Format::kMostTokens;
  constexpr int kTiles = Format::tiles(Format::kMostTokens, false);
  for (int64_t token = 0; token < args.tokens; token += most) {
    const int64_t tokens = args.tokens - token < most ? args.tokens - token : most;
    for (int64_t tile = args.first_tile; tile < args.last_tile; tile += kTiles) {
      const int64_t end = tile + kTiles < args.last_tile ? tile + kTiles : args.last_tile;
      multiply_pass<Format>(args, tile, end, token, tokens);
    }
  }
}

constexpr void add_matmul_kernels(Kernels& kernels) {
  kernels.quantize_row = quantize_row;
  kernels.matmul[static_cast<int>(DType::kF32)] = matmul<Float<F32>>;
  kernels.matmul[static_cast<int>(DType::kF16)] = matmul<Float<F16>>;
  kernels.matmul[static_cast<int>(DType::kBF16)] = matmul<Float<BF16>>;
  kernels.matmul[static_cast<int>(DType::kQ4_0)] = matmul<Quantized<Q4_0>>;
  kernels.matmul[static_cast<int>(DType::kQ4_1)] = matmul<Quantized<Q4_1>>;
  kernels.matmul[static_cast<int>(DType::kQ8_0)] = matmul<Quantized<Q8_0>>;
}

}  // namespace
}  // namespace cria::ml::cpu
