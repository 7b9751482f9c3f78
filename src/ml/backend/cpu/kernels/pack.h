#pragma once
// Weights of matmuls, rearranged so that each vector lane is another output row: no horizontal
// sums, and one order of additions for one token and for many. The layout is the same for every
// instruction set.
//
// A tile holds kTileRows rows. Of floats it is
//   F32, F16  [cols][16 rows]
//   BF16      [ceil(cols / 2)][16 rows][2 columns], so that shifting or masking 32-bit lanes gives
//   a column of floats
// and of quantised weights what tile_layout.h says.

#include <cstddef>
#include <cstdint>

#include "ml/backend/cpu/kernels/tile_layout.h"
#include "ml/dtype.h"

namespace cria::ml::cpu {

// Whether a matrix of this type and width can be packed. Others are converted to F32 first by the
// caller.
bool can_pack(DType type, int64_t cols);

// Bytes of a tile of kTileRows rows; a matrix is ceil(rows / kTileRows) of them, the last filled up
// with zeros.
int64_t packed_tile_bytes(DType type, int64_t cols);
inline int64_t tile_count(int64_t rows) { return (rows + kTileRows - 1) / kTileRows; }

// Packs tiles [first, last) of a matrix stored row by row as in a file. `out` is the start of the
// whole packed matrix, aligned to kAlignment bytes; `source` may be misaligned.
void pack_tiles(DType type, int64_t rows, int64_t cols, const std::byte* source, int64_t first,
                int64_t last, std::byte* out);

// Whether activations for this weight type are quantised (by Kernels::quantize_row) or plain
// floats.
bool quantizes_activations(DType type);

// A token's quantised activations are a row of these, one per kBlock columns: value = scale *
// quant. With 8 bits the models we run would show the error. The scale is NaN if one of the values
// is not finite.
struct ActivationBlock {
  int16_t quants[kBlock];     // of every four columns in the order 0 2 1 3: the even and the odd
                              // bytes of a lane of weights are a pair of 16-bit numbers each
  float scale;                // largest magnitude / kLargestQuant
  float scaled_sum;           // scale * the sum of the quants: what a minimum is multiplied by,
  float scaled_half_sums[2];  // and the same of each half of the columns
  int32_t negative_half_sums[2];  // of the quants: what zero points are multiplied by
};
static_assert(sizeof(ActivationBlock) == 88);
inline constexpr int kLargestQuant = 32767;

// Bytes of one token's quantised activations; a multiple of kAlignment. `cols` must be a multiple
// of kBlock.
int64_t quantized_row_bytes(int64_t cols);

}  // namespace cria::ml::cpu
