#pragma once
// Weights of matmuls, rearranged so that each vector lane is another output row: no horizontal sums, and one order of
// additions for one token and for many. The layout is the same for every instruction set.

#include <cstddef>
#include <cstdint>
#include <functional>

#include "ml/dtype.h"

namespace cria::ml::cpu {

inline constexpr int64_t kTileRows = 16;

// Whether a matrix of this type and width can be packed. Others are converted to F32 first by the caller.
bool can_pack(DType type, int64_t cols);

// Bytes of a tile of kTileRows rows; a matrix is ceil(rows / kTileRows) of them, the last filled up with zeros.
int64_t packed_tile_bytes(DType type, int64_t cols);
inline int64_t tile_count(int64_t rows) { return (rows + kTileRows - 1) / kTileRows; }

// Packs tiles [first, last) of a matrix stored row by row as in a file. `out` is the start of the whole packed matrix,
// aligned to 64 bytes.
void pack_tiles(DType type, int64_t rows, int64_t cols, const std::byte* source, int64_t first, int64_t last,
                std::byte* out);

// Whether activations for this weight type are quantised (by Kernels::quantize_row) or plain floats.
bool quantizes_activations(DType type);

// Bytes of one token's quantised activations; a multiple of 64.
int64_t quantized_row_bytes(int64_t cols);

}  // namespace cria::ml::cpu
