// Packing of floats, and what is common to all types.

#include "ml/backend/cpu/kernels/pack.h"

#include <cstring>
#include <type_traits>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack_quantized.h"

namespace cria::ml::cpu {
namespace {

constexpr int64_t round_up(int64_t n, int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

// out[unit][row] = source[row][unit] for units [first, last), in units of kUnit bytes.
template <int64_t kUnit>
void transpose_units(const TileRows& rows, int64_t first, int64_t last, std::byte* out) {
  for (int64_t r = 0; r < rows.valid; ++r) {
    const std::byte* from = rows.source + r * rows.stride;
    std::byte* to = out + r * kUnit;
    for (int64_t u = first; u < last; ++u)
      std::memcpy(to + u * kTileRows * kUnit, from + u * kUnit, kUnit);
  }
}

// The same for two units of two rows, as two numbers of which each holds two.
template <int64_t kUnit>
void transpose_square(const std::byte* from, int64_t stride, std::byte* to) {
  using Two = std::conditional_t<kUnit == 4, uint64_t, uint32_t>;
  constexpr int kBits = 8 * kUnit;
  constexpr Two kLow = (Two{1} << kBits) - 1;
  Two a, b;
  std::memcpy(&a, from, sizeof(Two));
  std::memcpy(&b, from + stride, sizeof(Two));
  const Two first = (a & kLow) | b << kBits, second = a >> kBits | (b & ~kLow);
  std::memcpy(to, &first, sizeof(Two));
  std::memcpy(to + kTileRows * kUnit, &second, sizeof(Two));
}

// All units. A few at a time, so that cache lines of `out` are filled while they are at hand.
template <int64_t kUnit>
void transpose(const TileRows& rows, int64_t units, std::byte* out) {
  constexpr int64_t kStrip = 4;
  int64_t u = 0;
  for (; rows.valid == kTileRows && u + kStrip <= units; u += kStrip) {
    for (int64_t r = 0; r < kTileRows; r += 2) {
      for (int64_t i = u; i < u + kStrip; i += 2)
        transpose_square<kUnit>(rows.source + r * rows.stride + i * kUnit, rows.stride,
                                out + (i * kTileRows + r) * kUnit);
    }
  }
  transpose_units<kUnit>(rows, u, units, out);
}

void pack_bf16(const TileRows& rows, int64_t cols, std::byte* out) {
  transpose<4>(rows, cols / 2, out);
  if (cols % 2 == 0) return;
  std::byte* last = out + cols / 2 * kTileRows * 4;
  for (int64_t r = 0; r < rows.valid; ++r)
    std::memcpy(last + r * 4, rows.source + r * rows.stride + (cols - 1) * 2, 2);
}

}  // namespace

bool quantizes_activations(DType type) { return tile_layout(type).blocks != 0; }

bool can_pack(DType type, int64_t cols) {
  if (cols <= 0) return false;
  if (quantizes_activations(type)) return cols % info(type).block_elements == 0;
  return type == DType::kF32 || type == DType::kF16 || type == DType::kBF16;
}

int64_t packed_tile_bytes(DType type, int64_t cols) {
  CRIA_CHECK(can_pack(type, cols));
  if (type == DType::kF32) return cols * 4 * kTileRows;
  if (type == DType::kF16) return round_up(cols * 2 * kTileRows, kAlignment);
  if (type == DType::kBF16) return round_up(cols, 2) * 2 * kTileRows;
  const TileLayout layout = tile_layout(type);
  return round_up(cols / kBlock, layout.blocks) / layout.blocks * layout.group_bytes();
}

void pack_tiles(DType type, int64_t rows, int64_t cols, const std::byte* source, int64_t first,
                int64_t last, std::byte* out) {
  const int64_t tile_bytes = packed_tile_bytes(type, cols);
  const int64_t stride = row_bytes(type, cols);
  for (int64_t tile = first; tile < last; ++tile) {
    const int64_t left = rows - tile * kTileRows;
    const TileRows tile_rows{source + tile * kTileRows * stride, stride,
                             left < kTileRows ? left : kTileRows};
    std::byte* to = out + tile * tile_bytes;
    if (tile_rows.valid < kTileRows) std::memset(to, 0, static_cast<size_t>(tile_bytes));
    switch (type) {
      case DType::kF32:
        transpose<4>(tile_rows, cols, to);
        break;
      case DType::kF16:
        transpose<2>(tile_rows, cols, to);
        break;
      case DType::kBF16:
        pack_bf16(tile_rows, cols, to);
        break;
      default:
        pack_quantized_tile(type, tile_rows, cols, to);
    }
  }
}

int64_t quantized_row_bytes(int64_t cols) {
  CRIA_CHECK(cols % kBlock == 0);
  const int64_t bytes = cols / kBlock * static_cast<int64_t>(sizeof(ActivationBlock));
  // An odd number of cache lines spreads the rows of tokens over all sets of the cache.
  return (round_up(bytes, kAlignment) / kAlignment | 1) * kAlignment;
}

}  // namespace cria::ml::cpu
