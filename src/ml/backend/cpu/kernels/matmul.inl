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

// Tiles that one token reads side by side: each is part of a long stream from memory. The processor
// fetches ahead in each stream, but is slow to begin with a new one.
constexpr int kStreams = 4;

template <class Format, int kTiles = kStreams>
void multiply_one(const MatmulArgs& args, int64_t first, int64_t last) {
  const int64_t tile_bytes = Format::tile_bytes(args.cols);
  const int64_t apart = (last - first) / kTiles;
  for (int64_t tile = first; tile < first + apart; ++tile) {
    Lanes results[kTiles];
    Format::template multiply_one<kTiles>(args.tiles + tile * tile_bytes, apart * tile_bytes,
                                          args.cols, args.x, results);
    for (int i = 0; i < kTiles; ++i) write_rows(args, tile + i * apart, 0, &results[i], 1);
  }
  if constexpr (kTiles > 1) multiply_one<Format, 1>(args, first + apart * kTiles, last);
}

// Several tokens share what was unpacked. While they are few, weights come from memory all the
// time, again from several streams, and a block is unpacked just before it is used: the processor
// reaches ahead into the next one. While they are many, what is unpacked at once is as much as
// stays in the first-level cache beside the activations that pass by.
constexpr int64_t kFewTokens = 12;
constexpr int64_t kManyTokens = 64;
constexpr int64_t kUnpackedBlocks = 8;  // 10 KiB

struct MatmulPass {
  int64_t first_token, tokens, tiles, blocks;
};

template <class Format>
void multiply_pass(const MatmulArgs& args, int64_t tile, int64_t apart, const MatmulPass& pass) {
  constexpr int64_t kResults =
      kManyTokens > kStreams * kFewTokens ? kManyTokens : kStreams * kFewTokens;
  UnpackedBlock unpacked[kUnpackedBlocks];
  Lanes results[kResults];
  for (int64_t i = 0; i < pass.tiles * pass.tokens; ++i) results[i] = zero_lanes();
  const int64_t tile_bytes = Format::tile_bytes(args.cols), blocks = args.cols / kBlock;
  const std::byte* x = args.x + pass.first_token * args.x_stride;
  for (int64_t block = 0; block < blocks; block += pass.blocks) {
    const int64_t count = blocks - block < pass.blocks ? blocks - block : pass.blocks;
    for (int64_t i = 0; i < pass.tiles; ++i) {
      Format::unpack(args.tiles + (tile + i * apart) * tile_bytes, block, count, unpacked);
      Format::multiply_unpacked(unpacked, count, x, args.x_stride, pass.tokens,
                                results + i * pass.tokens);
    }
    x += count * static_cast<int64_t>(sizeof(ActivationBlock));
  }
  for (int64_t i = 0; i < pass.tiles; ++i)
    write_rows(args, tile + i * apart, pass.first_token, results + i * pass.tokens, pass.tokens);
}

template <class Format>
void multiply_few(const MatmulArgs& args) {
  const int64_t apart = (args.last_tile - args.first_tile) / kStreams;
  for (int64_t tile = args.first_tile; tile < args.first_tile + apart; ++tile)
    multiply_pass<Format>(args, tile, apart, {0, args.tokens, kStreams, 1});
  for (int64_t tile = args.first_tile + apart * kStreams; tile < args.last_tile; ++tile)
    multiply_pass<Format>(args, tile, 0, {0, args.tokens, 1, 1});
}

template <class Format>
void multiply_many(const MatmulArgs& args) {
  const int64_t fit = kPassBytes / args.x_stride;
  const int64_t most = fit > kManyTokens ? kManyTokens : fit > kFewTokens ? fit : kFewTokens;
  const int64_t passes = (args.tokens + most - 1) / most;
  for (int64_t i = 0, token = 0; i < passes; ++i) {
    const int64_t tokens = args.tokens / passes + (i < args.tokens % passes ? 1 : 0);
    for (int64_t tile = args.first_tile; tile < args.last_tile; ++tile)
      multiply_pass<Format>(args, tile, 0, {token, tokens, 1, kUnpackedBlocks});
    token += tokens;
  }
}

template <class Weights>
void matmul_quantized(const MatmulArgs& args) {
  using Format = Quantized<Weights>;
  if (args.tokens == 1) return multiply_one<Format>(args, args.first_tile, args.last_tile);
  if (args.tokens <= kFewTokens) return multiply_few<Format>(args);
  multiply_many<Format>(args);
}

// Tiles [first, last) times tokens [token, token + kTokens), kTiles at a time as far as possible.
// Those lie far apart, each part of a stream of its own.
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
template <class Format, int kTokens = Format::kMostTokens>
void multiply_tokens(const MatmulArgs& args, int64_t first, int64_t last, int64_t token,
                     int64_t tokens) {
  constexpr int kTiles = Format::tiles(kTokens);
  if (tokens == kTokens) return multiply_group<Format, kTiles, kTokens>(args, first, last, token);
  if constexpr (kTokens > 1) multiply_tokens<Format, kTokens - 1>(args, first, last, token, tokens);
}

// Groups as even as can be: 6 tokens as 3 and 3 rather than 5 and 1.
template <class Format>
void multiply_groups(const MatmulArgs& args, int64_t first, int64_t last, int64_t token,
                     int64_t tokens) {
  const int64_t groups = (tokens + Format::kMostTokens - 1) / Format::kMostTokens;
  for (int64_t g = 0; g < groups; ++g) {
    const int64_t size = tokens / groups + (g < tokens % groups ? 1 : 0);
    multiply_tokens<Format>(args, first, last, token, size);
    token += size;
  }
}

template <class Format>
void matmul_float(const MatmulArgs& args) {
  if (args.tokens <= Format::kMostTokens)
    return multiply_tokens<Format>(args, args.first_tile, args.last_tile, 0, args.tokens);
  const int64_t fit = kPassBytes / args.x_stride;
  const int64_t most = fit > Format::kMostTokens ? fit : Format::kMostTokens;
  constexpr int kTiles = Format::tiles(Format::kMostTokens);
  for (int64_t token = 0; token < args.tokens; token += most) {
    const int64_t tokens = args.tokens - token < most ? args.tokens - token : most;
    for (int64_t tile = args.first_tile; tile < args.last_tile; tile += kTiles) {
      const int64_t end = tile + kTiles < args.last_tile ? tile + kTiles : args.last_tile;
      multiply_groups<Format>(args, tile, end, token, tokens);
    }
  }
}

template <class Weights>
constexpr void add_quantized(Kernels& kernels) {
  kernels.matmul[static_cast<int>(Weights::kType)] = matmul_quantized<Weights>;
}

constexpr void add_matmul_kernels(Kernels& kernels) {
  kernels.quantize_row = quantize_row;
  kernels.matmul[static_cast<int>(DType::kF32)] = matmul_float<Float<F32>>;
  kernels.matmul[static_cast<int>(DType::kF16)] = matmul_float<Float<F16>>;
  kernels.matmul[static_cast<int>(DType::kBF16)] = matmul_float<Float<BF16>>;
  add_quantized<Q4_0>(kernels);
  add_quantized<Q4_1>(kernels);
  add_quantized<Q5_0>(kernels);
  add_quantized<Q5_1>(kernels);
  add_quantized<Q8_0>(kernels);
  add_quantized<Q2_K>(kernels);
  add_quantized<Q3_K>(kernels);
  add_quantized<Q4_K>(kernels);
  add_quantized<Q5_K>(kernels);
  add_quantized<Q6_K>(kernels);
  add_quantized<IQ4_NL>(kernels);
  add_quantized<IQ4_XS>(kernels);
  add_quantized<MXFP4>(kernels);
}

}  // namespace
}  // namespace cria::ml::cpu
