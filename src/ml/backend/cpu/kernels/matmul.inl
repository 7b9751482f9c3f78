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

// A few tokens, four and two and one at a time, go through a stretch of a tile that stays in the
// first-level cache for all of them. Each group fetches its share of the next stretch, so that
// memory and arithmetic are busy at the same time.
constexpr int64_t kFewTokens = 12;
constexpr int64_t kStretchBlocks = 16;  // 4 KiB of 4-bit weights; whole groups of every layout

template <class Format>
void multiply_few(const MatmulArgs& args) {
  const int64_t tile_bytes = Format::tile_bytes(args.cols), blocks = args.cols / kBlock;
  for (int64_t tile = args.first_tile; tile < args.last_tile; ++tile) {
    const std::byte* weights = args.tiles + tile * tile_bytes;
    Lanes results[kFewTokens];
    for (int64_t t = 0; t < args.tokens; ++t) results[t] = zero_lanes();
    for (int64_t first = 0; first < blocks; first += kStretchBlocks) {
      const int64_t last = first + kStretchBlocks < blocks ? first + kStretchBlocks : blocks;
      const std::byte* x = args.x + first * static_cast<int64_t>(sizeof(ActivationBlock));
      const std::byte* ahead = weights + last * tile_bytes / blocks;
      const int64_t stretch = (last - first) * tile_bytes / blocks;
      int64_t t = 0;
      const auto take = [&]<int kTokens>() {
        for (; t + kTokens <= args.tokens; t += kTokens)
          multiply_direct<typename Format::Weights, kTokens>(
              weights, first, last, x + t * args.x_stride, args.x_stride, results + t,
              ahead + stretch * t / args.tokens, stretch * kTokens / args.tokens / (last - first));
      };
      take.template operator()<4>();
      take.template operator()<2>();
      take.template operator()<1>();
    }
    write_rows(args, tile, 0, results, args.tokens);
  }
}

// Many tokens share what was unpacked: at once as much as stays in the first-level cache beside the
// activations that pass by.
constexpr int64_t kManyTokens = 64;
constexpr int64_t kUnpackedBlocks = 8;  // 10 KiB

template <class Format>
void multiply_pass(const MatmulArgs& args, int64_t tile, int64_t first_token, int64_t tokens) {
  UnpackedBlock unpacked[kUnpackedBlocks];
  Lanes results[kManyTokens];
  for (int64_t t = 0; t < tokens; ++t) results[t] = zero_lanes();
  const std::byte* weights = args.tiles + tile * Format::tile_bytes(args.cols);
  const std::byte* x = args.x + first_token * args.x_stride;
  const int64_t blocks = args.cols / kBlock;
  for (int64_t block = 0; block < blocks; block += kUnpackedBlocks) {
    const int64_t left = blocks - block;
    const int64_t count = left < kUnpackedBlocks ? left : kUnpackedBlocks;
    Format::unpack(weights, block, count, unpacked);
    Format::multiply_unpacked(unpacked, count, x, args.x_stride, tokens, results);
    x += count * static_cast<int64_t>(sizeof(ActivationBlock));
  }
  write_rows(args, tile, first_token, results, tokens);
}

template <class Format>
void multiply_many(const MatmulArgs& args) {
  const int64_t fit = kPassBytes / args.x_stride;
  const int64_t most = fit > kManyTokens ? kManyTokens : fit > kFewTokens ? fit : kFewTokens;
  const int64_t passes = (args.tokens + most - 1) / most;
  for (int64_t i = 0, token = 0; i < passes; ++i) {
    const int64_t tokens = args.tokens / passes + (i < args.tokens % passes ? 1 : 0);
    for (int64_t tile = args.first_tile; tile < args.last_tile; ++tile)
      multiply_pass<Format>(args, tile, token, tokens);
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

// So few tokens that memory is what they wait for: kTiles tiles at a time that lie far apart, each
// part of a stream of its own.
constexpr int kStreamTokens = kFloatAccumulators < 4 ? 1 : kFloatAccumulators < 6 ? 2 : 3;

template <class Format, int kTiles, int kTokens>
void multiply_streams(const MatmulArgs& args, int64_t first, int64_t last) {
  const int64_t tile_bytes = Format::tile_bytes(args.cols);
  const int64_t apart = (last - first) / kTiles;
  for (int64_t tile = first; tile < first + apart; ++tile) {
    Lanes results[kTiles * kTokens];
    for (Lanes& result : results) result = zero_lanes();
    Format::template multiply<kTiles, kTokens>(args.tiles + tile * tile_bytes, apart * tile_bytes,
                                               args.cols, args.x, args.x_stride, results, nullptr,
                                               0);
    for (int i = 0; i < kTiles; ++i)
      write_rows(args, tile + i * apart, 0, results + i * kTokens, kTokens);
  }
  if constexpr (kTiles > 1)
    multiply_streams<Format, 1, kTokens>(args, first + apart * kTiles, last);
}

// f<tokens>(), for 1 .. kTokens of them.
template <int kTokens, class Function>
CRIA_INLINE void with_tokens(int64_t tokens, const Function& f) {
  if (tokens == kTokens) return f.template operator()<kTokens>();
  if constexpr (kTokens > 1) with_tokens<kTokens - 1>(tokens, f);
}

// Columns of a tile that stay in the first-level cache (16 KiB of floats) while groups of tokens
// pass by. Each group fetches its share of the next stretch, so that memory and arithmetic are busy
// at the same time.
constexpr int64_t kStretchColumns = 256;

template <class Format>
void multiply_stretches(const MatmulArgs& args, int64_t tile, int64_t first_token, int64_t tokens) {
  Lanes results[kManyTokens];
  for (int64_t t = 0; t < tokens; ++t) results[t] = zero_lanes();
  // As even groups as can be: 8 tokens as 4 and 4 rather than 6 and 2.
  const int64_t groups = (tokens + Format::kMostTokens - 1) / Format::kMostTokens;
  for (int64_t col = 0; col < args.cols; col += kStretchColumns) {
    const int64_t left = args.cols - col, cols = left < kStretchColumns ? left : kStretchColumns;
    const std::byte* weights =
        args.tiles + tile * Format::tile_bytes(args.cols) + Format::offset(col);
    const std::byte* x =
        args.x + first_token * args.x_stride + col * static_cast<int64_t>(sizeof(float));
    for (int64_t g = 0, t = 0; g < groups; ++g) {
      const int64_t size = tokens / groups + (g < tokens % groups ? 1 : 0);
      with_tokens<Format::kMostTokens>(size, [&]<int kTokens>() {
        Format::template multiply<1, kTokens>(
            weights, 0, cols, x + t * args.x_stride, args.x_stride, results + t,
            weights + Format::offset(kStretchColumns) * (groups + g) / groups,
            Format::kBytes / groups);
      });
      t += size;
    }
  }
  write_rows(args, tile, first_token, results, tokens);
}

template <class Format>
void matmul_float(const MatmulArgs& args) {
  if (args.tokens <= kStreamTokens) {
    return with_tokens<kStreamTokens>(args.tokens, [&]<int kTokens>() {
      multiply_streams<Format, Format::tiles(kTokens), kTokens>(args, args.first_tile,
                                                                args.last_tile);
    });
  }
  const int64_t fit = kPassBytes / args.x_stride;
  const int64_t most = fit > kManyTokens ? kManyTokens : fit > kFewTokens ? fit : kFewTokens;
  const int64_t passes = (args.tokens + most - 1) / most;
  for (int64_t i = 0, token = 0; i < passes; ++i) {
    const int64_t tokens = args.tokens / passes + (i < args.tokens % passes ? 1 : 0);
    for (int64_t tile = args.first_tile; tile < args.last_tile; ++tile)
      multiply_stretches<Format>(args, tile, token, tokens);
    token += tokens;
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
  kernels.matmul[static_cast<int>(DType::kMXFP4_PAIRS)] = matmul_quantized<MXFP4>;
}

}  // namespace
}  // namespace cria::ml::cpu
