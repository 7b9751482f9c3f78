#pragma once
// Packs quantised weights into tiles, see tile_layout.h.

#include <cstddef>
#include <cstdint>

#include "ml/dtype.h"

namespace cria::ml::cpu {

// Rows of a tile as they lie in a file, of which the last tile of a matrix may have less than
// kTileRows.
struct TileRows {
  const std::byte* source;  // of the first row
  int64_t stride, valid;
};

// `out` is the tile; rows that do not exist are left alone.
void pack_quantized_tile(DType type, const TileRows& rows, int64_t cols, std::byte* out);

}  // namespace cria::ml::cpu
