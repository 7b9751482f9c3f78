#pragma once
// The history as operands of products: pieces of keys and values that lie in one block, in place
// where products convert their type as they read, and Q8_0 expanded to floats.

#include "ml/backend/cpu/kernels/attention_encode.inl"
#include "ml/backend/cpu/kernels/attention_product.inl"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kPiece = 32;  // positions at most: expanded they stay in the first-level cache
constexpr int64_t kStrip = 16;  // positions; blocks are whole strips

constexpr int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr int64_t round_down(int64_t x, int64_t unit) { return x / unit * unit; }
constexpr int64_t round_up(int64_t x, int64_t unit) { return (x + unit - 1) / unit * unit; }

// Half-open positions.
struct Range {
  int64_t begin, end;
  constexpr bool empty() const { return begin >= end; }
};

constexpr Range overlap(Range a, Range b) {
  return {larger(a.begin, b.begin), smaller(a.end, b.end)};
}
constexpr Range strips_of(Range a) {
  return {round_down(a.begin, kStrip), round_up(a.end, kStrip)};
}

// Keys [head_dim][positions] or values [positions][value_dim].
template <class T>
struct Piece {
  const T* data;
  int64_t stride;  // elements from one row to the next
  Range positions;
};

// The positions of a range, which begins in a block, that a piece can have.
inline Range first_piece(const AttentionArgs& args, Range range) {
  const int64_t rest = args.block_size - range.begin % args.block_size;
  return {range.begin, smaller(range.end, range.begin + smaller(rest, kPiece))};
}

// The keys or values of this head in the block of a position.
inline const std::byte* head_block(const AttentionArgs& args, const std::byte* data, DType type,
                                   int64_t dim, int64_t position) {
  const int64_t slice = args.table[position / args.block_size] * args.kv_heads + args.kv_head;
  const int64_t elements = slice * args.block_size * dim;
  if (type == DType::kQ8_0) return data + elements / kQuants * kBlockBytes;
  return data + elements * (type == DType::kF32 ? 4 : 2);
}

// Scales and quants of a block, from a position in it on.
void expand_keys(const AttentionArgs& args, const std::byte* block, int64_t offset,
                 int64_t positions, float* out) {
  for (int64_t k = 0; k < args.head_dim; k += kQuants) {
    const auto* scales = reinterpret_cast<const uint16_t*>(block) + offset;
    const auto* quants =
        reinterpret_cast<const int8_t*>(block + kScaleBytes * args.block_size) + offset;
    for (int64_t i = 0; i < positions; i += kLanes) {
      const Vec scale = load(scales + i);
      for (int64_t j = 0; j < kQuants; ++j) {
        store(out + (k + j) * kPiece + i, load(quants + j * args.block_size + i) * scale);
      }
    }
    block += kBlockBytes * args.block_size;
  }
}

void expand_values(const std::byte* values, int64_t blocks, float* out) {
  for (int64_t b = 0; b < blocks; ++b, values += kBlockBytes, out += kQuants) {
    const Vec scale = splat_half(reinterpret_cast<const uint16_t*>(values));
    const auto* quants = reinterpret_cast<const int8_t*>(values + kScaleBytes);
    for (int64_t i = 0; i < kQuants; i += kLanes) store(out + i, load(quants + i) * scale);
  }
}

template <class T>
inline Piece<T> piece_of_keys(const AttentionArgs& args, const std::byte* block, Range positions) {
  return {reinterpret_cast<const T*>(block) + positions.begin % args.block_size, args.block_size,
          positions};
}

template <class T>
inline Piece<T> piece_of_values(const AttentionArgs& args, const std::byte* block,
                                Range positions) {
  const int64_t offset = positions.begin % args.block_size;
  return {reinterpret_cast<const T*>(block) + offset * args.value_dim, args.value_dim, positions};
}

// Calls use(piece) for the keys of a range of whole strips, in order.
template <class Use>
void each_piece_of_keys(const AttentionArgs& args, Range range, float* expanded, Use use) {
  for (Range piece{}; !range.empty(); range.begin = piece.end) {
    piece = first_piece(args, range);
    const std::byte* block = head_block(args, args.keys, args.key_type, args.head_dim, piece.begin);
    switch (args.key_type) {
      case DType::kF16:
        use(piece_of_keys<uint16_t>(args, block, piece));
        break;
      case DType::kBF16:
        use(piece_of_keys<BFloat>(args, block, piece));
        break;
      case DType::kQ8_0:
        expand_keys(args, block, piece.begin % args.block_size, piece.end - piece.begin, expanded);
        use(Piece<float>{expanded, kPiece, piece});
        break;
      default:
        use(piece_of_keys<float>(args, block, piece));
    }
  }
}

// Calls use(piece) for the values of a range, in order.
template <class Use>
void each_piece_of_values(const AttentionArgs& args, Range range, float* expanded, Use use) {
  for (Range piece{}; !range.empty(); range.begin = piece.end) {
    piece = first_piece(args, range);
    const std::byte* block =
        head_block(args, args.values, args.value_type, args.value_dim, piece.begin);
    const int64_t offset = piece.begin % args.block_size, blocks = args.value_dim / kQuants;
    switch (args.value_type) {
      case DType::kF16:
        use(piece_of_values<uint16_t>(args, block, piece));
        break;
      case DType::kBF16:
        use(piece_of_values<BFloat>(args, block, piece));
        break;
      case DType::kQ8_0:
        expand_values(block + offset * blocks * kBlockBytes, (piece.end - piece.begin) * blocks,
                      expanded);
        use(Piece<float>{expanded, args.value_dim, piece});
        break;
      default:
        use(piece_of_values<float>(args, block, piece));
    }
  }
}

}  // namespace
}  // namespace cria::ml::cpu
