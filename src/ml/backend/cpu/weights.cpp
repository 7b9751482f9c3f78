#include "ml/backend/cpu/weights.h"

#include <vector>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/formats.h"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kTilesAtOnce = 8;  // what one thread packs before it asks for more

// Tiles of one matrix of a weight.
struct Part {
  DType dtype;
  int64_t rows, cols;
  const std::byte* source;
  std::byte* out;  // of its first tile
};

// Types without a layout of their own are packed as floats, tile by tile.
void pack_as_floats(const Part& part, int64_t first, int64_t last) {
  std::vector<float> tile(static_cast<size_t>(kTileRows * part.cols));
  for (int64_t i = first; i < last; ++i) {
    const int64_t begin = i * kTileRows, count = std::min(kTileRows, part.rows - begin);
    dequantize(part.dtype, part.source + begin * row_bytes(part.dtype, part.cols),
               {tile.data(), static_cast<size_t>(count * part.cols)});
    pack_tiles(DType::kF32, count, part.cols, reinterpret_cast<const std::byte*>(tile.data()), 0, 1,
               part.out + i * packed_tile_bytes(DType::kF32, part.cols));
  }
}

void pack_part(const Part& part, int64_t first, int64_t last) {
  if (!can_pack(part.dtype, part.cols)) return pack_as_floats(part, first, last);
  pack_tiles(part.dtype, part.rows, part.cols, part.source, first, last, part.out);
}

}  // namespace

void PackedWeights::pack(const Node& weight, ThreadPool& pool) {
  CRIA_CHECK((weight.shape.rank() == 2 || weight.shape.rank() == 3) && weight.data);
  const int64_t rows = weight.shape[-2], cols = weight.shape[-1], tiles = tile_count(rows);
  const int64_t matrices = weight.shape.rank() == 3 ? weight.shape[0] : 1;
  const DType dtype = can_pack(weight.dtype, cols) ? weight.dtype : DType::kF32;
  const int64_t bytes = tiles * packed_tile_bytes(dtype, cols);  // of a matrix
  PackedMatrix& packed =
      matrices_
          .insert_or_assign(&weight, PackedMatrix{dtype, matrices, rows, cols,
                                                  AlignedBytes(matrices * bytes, weight.name)})
          .first->second;
  WorkCounter counter;
  const int64_t pieces = (tiles + kTilesAtOnce - 1) / kTilesAtOnce;  // of a matrix
  pool.run([&](int) {
    for (int64_t i; (i = counter.next()) < matrices * pieces;) {
      const int64_t matrix = i / pieces, first = i % pieces * kTilesAtOnce;
      pack_part({.dtype = weight.dtype,
                 .rows = rows,
                 .cols = cols,
                 .source = weight.data + matrix * rows * row_bytes(weight.dtype, cols),
                 .out = packed.tiles.data() + matrix * bytes},
                first, std::min(first + kTilesAtOnce, tiles));
    }
  });
}

const PackedMatrix* PackedWeights::find(const Node* weight) const {
  const auto found = matrices_.find(weight);
  return found == matrices_.end() ? nullptr : &found->second;
}

}  // namespace cria::ml::cpu
