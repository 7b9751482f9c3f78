#include "ml/backend/cpu/weights.h"

#include <vector>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/formats.h"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kTilesAtOnce = 8;  // what one thread packs before it asks for more

// Types without a layout of their own are packed as floats, tile by tile.
void pack_as_floats(const Node& weight, int64_t first, int64_t last, std::byte* out) {
  const int64_t rows = weight.shape[0], cols = weight.shape[1];
  std::vector<float> tile(static_cast<size_t>(kTileRows * cols));
  for (int64_t i = first; i < last; ++i) {
    const int64_t begin = i * kTileRows, count = std::min(kTileRows, rows - begin);
    dequantize(weight.dtype, weight.data + begin * row_bytes(weight.dtype, cols),
               {tile.data(), static_cast<size_t>(count * cols)});
    pack_tiles(DType::kF32, count, cols, reinterpret_cast<const std::byte*>(tile.data()), 0, 1,
               out + i * packed_tile_bytes(DType::kF32, cols));
  }
}

}  // namespace

void PackedWeights::pack(const Node& weight, ThreadPool& pool) {
  CRIA_CHECK(weight.shape.rank() == 2 && weight.data);
  const int64_t rows = weight.shape[0], cols = weight.shape[1];
  const bool native = can_pack(weight.dtype, cols);
  const DType dtype = native ? weight.dtype : DType::kF32;
  PackedMatrix& matrix =
      matrices_
          .insert_or_assign(
              &weight, PackedMatrix{dtype, rows, cols,
                                    AlignedBytes(tile_count(rows) * packed_tile_bytes(dtype, cols),
                                                 weight.name)})
          .first->second;
  WorkCounter counter;
  pool.run([&](int) {
    for (int64_t first; (first = counter.next() * kTilesAtOnce) < tile_count(rows);) {
      const int64_t last = std::min(first + kTilesAtOnce, tile_count(rows));
      if (native) {
        pack_tiles(dtype, rows, cols, weight.data, first, last, matrix.tiles.data());
      } else {
        pack_as_floats(weight, first, last, matrix.tiles.data());
      }
    }
  });
}

const PackedMatrix* PackedWeights::find(const Node* weight) const {
  const auto found = matrices_.find(weight);
  return found == matrices_.end() ? nullptr : &found->second;
}

}  // namespace cria::ml::cpu
