#pragma once
// Where everything lies in a packed tile of quantised weights: what packing writes and the kernels
// read. Data alone, since the kernels of an instruction set may not use inline functions of shared
// headers at run time.
//
// Columns are taken by groups of `blocks` blocks of kBlock columns. A group is
//   numbers of 16 bits, [halves][16 rows]: scales and minimums;
//   numbers of 8 bits, [blocks][bytes][16 rows]: scales and minimums of second level;
//   nothing, up to a whole number of cache lines;
//   per block the quants: the lower bits, then the higher ones if `bits` is no power of two.
// Fields of n bits are n vectors of 64 bytes, [16 rows][4 bytes]. The block's columns 4i .. 4i+3
// are in the bytes of vector i % n, from bit i / n * n on. So the even and the odd bytes of a row
// are two pairs of columns, and a pair is 32 bits of one lane.

#include <cstdint>

#include "ml/dtype.h"

namespace cria::ml::cpu {

inline constexpr int64_t kTileRows = 16;
inline constexpr int64_t kBlock = 32;
inline constexpr int64_t kAlignment = 64;  // of packed matrices, in bytes

struct TileLayout {
  int64_t blocks = 0;  // 0: not a quantised type
  int64_t halves = 0;  // of a row in a group
  int64_t bytes = 0;   // of a row in a block
  int bits = 0;

  constexpr int64_t bytes_at() const { return halves * kTileRows * 2; }
  constexpr int64_t header_bytes() const {
    const int64_t used = bytes_at() + blocks * bytes * kTileRows;
    return (used + kAlignment - 1) / kAlignment * kAlignment;
  }
  constexpr int64_t block_bytes() const { return kBlock * kTileRows * bits / 8; }
  constexpr int64_t group_bytes() const { return header_bytes() + blocks * block_bytes(); }
};

// Blocks that share a cache line of scales, or have scales of their scales, are a group.
constexpr TileLayout tile_layout(DType type) {
  switch (type) {
    case DType::kQ4_0:
    case DType::kIQ4_NL:
    case DType::kMXFP4:
    case DType::kMXFP4_PAIRS:
      return {.blocks = 2, .halves = 2, .bytes = 0, .bits = 4};
    case DType::kQ5_0:
      return {.blocks = 2, .halves = 2, .bytes = 0, .bits = 5};
    case DType::kQ8_0:
      return {.blocks = 2, .halves = 2, .bytes = 0, .bits = 8};
    case DType::kQ4_1:
      return {.blocks = 1, .halves = 2, .bytes = 0, .bits = 4};
    case DType::kQ5_1:
      return {.blocks = 1, .halves = 2, .bytes = 0, .bits = 5};
    case DType::kQ2_K:
      return {.blocks = 8, .halves = 2, .bytes = 2, .bits = 2};
    case DType::kQ3_K:
      return {.blocks = 8, .halves = 1, .bytes = 2, .bits = 3};
    case DType::kQ4_K:
      return {.blocks = 8, .halves = 2, .bytes = 2, .bits = 4};
    case DType::kQ5_K:
      return {.blocks = 8, .halves = 2, .bytes = 2, .bits = 5};
    case DType::kQ6_K:
      return {.blocks = 8, .halves = 1, .bytes = 2, .bits = 6};
    case DType::kIQ4_XS:
      return {.blocks = 8, .halves = 1, .bytes = 1, .bits = 4};
    default:
      return {};
  }
}

}  // namespace cria::ml::cpu
