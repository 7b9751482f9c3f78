#pragma once
// Weights of matmuls, rearranged so that each vector lane is another output row: no horizontal
// sums, and one order of additions for one token and for many. The layout is the same for every
// instruction set.
//
// A tile holds kTileRows rows. Of floats it is
//   F32, F16  [cols][16 rows]
//   BF16      [ceil(cols / 2)][16 rows][2 columns], so that shifting or masking 32-bit lanes gives
//   a column of floats
// and of quantised weights, whose rows are blocks of kBlock columns as in a file, block after block
//   a header of 16 half scales and, for Q4_1, 16 half minimums; where that fills only half a cache
//   line, the headers of two blocks come first and then what else belongs to the two;
//   vectors of 64 bytes, each [16 rows][4 columns]: Q8_0 has eight of them; Q4_0 and Q4_1 have
//   four, vector g with columns 4g .. 4g+3 in the low and 16+4g .. 16+4g+3 in the high half of its
//   bytes.

#include <cstddef>
#include <cstdint>

#include "ml/dtype.h"

namespace cria::ml::cpu {

inline constexpr int64_t kTileRows = 16;
inline constexpr int64_t kBlock = 32;
inline constexpr int64_t kAlignment = 64;  // of packed matrices, in bytes

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
  int16_t quants[kBlock];  // of every four columns in the order 0 2 1 3: the even and the odd bytes
                           // of a lane of weights are a pair of 16-bit numbers each
  float scale;             // largest magnitude / kLargestQuant
  int32_t eightfold_sum;   // -8 * the sum of the quants: what the zero point of Q4_0 adds to a dot
                           // product
  float scaled_sum;        // scale * the sum of the quants
};
static_assert(sizeof(ActivationBlock) == 76);
inline constexpr int kLargestQuant = 32767;

// Bytes of one token's quantised activations; a multiple of kAlignment. `cols` must be a multiple
// of kBlock.
int64_t quantized_row_bytes(int64_t cols);

}  // namespace cria::ml::cpu
