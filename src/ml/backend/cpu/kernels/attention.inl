#pragma once
// Attention over the blocks of a sequence, with a running maximum and sum, so that scores of a
// chunk of the history at a time are kept and no more (Milakov and Gimelshein, "Online normalizer
// calculation for softmax", 2018; Dao et al., "FlashAttention", 2022).
//
// Chunks begin at multiples of kChunk of the absolute position, and a row (a token and a head) goes
// through those that it sees in order: its result does not depend on which other rows a call has.
// What a row does not see is neither part of its maximum nor of its sums, whatever lies there.

#include "ml/backend/cpu/kernels/attention_product.inl"
#include "ml/backend/cpu/kernels/elementwise.inl"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kChunk = 64;     // positions
constexpr int64_t kStrip = 16;     // positions; blocks are whole strips
constexpr int64_t kMostRows = 48;  // that go through the history together, while it is in the cache

constexpr int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr int64_t round_down(int64_t x, int64_t unit) { return x / unit * unit; }
constexpr int64_t round_up(int64_t x, int64_t unit) { return (x + unit - 1) / unit * unit; }

// Half-open positions.
struct Range {
  int64_t begin, end;
};

constexpr Range overlap(Range a, Range b) {
  return {larger(a.begin, b.begin), smaller(a.end, b.end)};
}

// Rows on their way through the history.
struct Pass {
  const AttentionArgs& args;
  int64_t rows;
  int64_t value_stride;   // value_dim in whole vectors
  float* scores;          // [rows][kChunk], then their exponentials
  float* sums = nullptr;  // [rows][kLanes]: of the exponentials, a lane each
  float* out = nullptr;   // [rows][value_stride]: values times exponentials
  float* q = nullptr;     // [rows][head_dim], scaled
  Range seen[kMostRows] = {};
  float maximum[kMostRows] = {};
};

// Where a part of the history that lies in one block is: element 0 of its first position.
template <class T>
struct Piece {
  const T* data;
  int64_t begin, end;
};

// The part of `range` in the block of its first position. A position is `step` elements from the
// next.
template <class T>
inline Piece<T> first_piece(const AttentionArgs& args, const std::byte* data, int64_t dim,
                            int64_t step, Range range) {
  const int64_t block = range.begin / args.block_size, offset = range.begin % args.block_size;
  const int64_t slice = args.table[block] * args.kv_heads + args.kv_head;
  const T* start = reinterpret_cast<const T*>(data) + slice * dim * args.block_size;
  return {start + offset * step, range.begin,
          smaller(range.begin + args.block_size - offset, range.end)};
}

// Products of queries and keys at the positions of some strips of a chunk.
template <class T>
void score(const Pass& pass, int64_t chunk, Range strips) {
  const AttentionArgs& args = pass.args;
  while (strips.begin < strips.end) {
    const Piece<T> piece = first_piece<T>(args, args.keys, args.head_dim, 1, strips);
    for (int64_t row = 0; row < pass.rows; row += kRowsAtOnce) {
      multiply<T>({.a = pass.q + row * args.head_dim,
                   .a_stride = args.head_dim,
                   .b = piece.data,
                   .b_stride = args.block_size,
                   .first = 0,
                   .last = args.head_dim,
                   .out = pass.scores + row * kChunk + (piece.begin - chunk),
                   .out_stride = kChunk,
                   .lanes = piece.end - piece.begin,
                   .accumulate = false},
                  smaller(kRowsAtOnce, pass.rows - row));
    }
    strips.begin = piece.end;
  }
}

// Turns a row's scores into exponentials relative to its largest score so far, 0 where it does not
// see, and rescales what it has summed up if that grew.
void update_row(Pass& pass, int64_t row, int64_t chunk, Range strips) {
  const Range seen = overlap(pass.seen[row], strips);
  if (seen.begin >= seen.end) return;
  float* scores = pass.scores + row * kChunk;
  const int64_t begin = strips.begin - chunk, end = strips.end - chunk;
  const float lowest = -__builtin_inff();
  for (int64_t i = begin; i < seen.begin - chunk; ++i) scores[i] = lowest;
  for (int64_t i = seen.end - chunk; i < end; ++i) scores[i] = lowest;

  Vec found = splat(pass.maximum[row]);
  for (int64_t i = begin; i < end; i += kLanes) found = max(load(scores + i), found);
  const float maximum = largest(found);
  Vec sums = load(pass.sums + row * kLanes);
  if (maximum > pass.maximum[row]) {
    const Vec shrink = exp(splat(pass.maximum[row]) - splat(maximum));
    sums = sums * shrink;
    float* out = pass.out + row * pass.value_stride;
    for (int64_t i = 0; i < pass.value_stride; i += kLanes) store(out + i, load(out + i) * shrink);
    pass.maximum[row] = maximum;
  }
  for (int64_t i = begin; i < end; i += kLanes) {
    const Vec e = exp(load(scores + i) - splat(maximum));
    sums = sums + e;
    store(scores + i, e);
  }
  store(pass.sums + row * kLanes, sums);
}

// Adds the values of a piece, times their exponentials, to up to kRowsAtOnce rows. Those that not
// all rows see are added row by row: multiplying by 0 would not do for what may be infinite or NaN.
template <class T>
void add_piece(const Pass& pass, int64_t chunk, Piece<T> piece, int64_t first_row, int64_t rows) {
  const auto add = [&](int64_t row, int64_t count, Range range) {
    if (range.begin >= range.end) return;
    multiply<T>({.a = pass.scores + row * kChunk + (piece.begin - chunk),
                 .a_stride = kChunk,
                 .b = piece.data,
                 .b_stride = pass.args.value_dim,
                 .first = range.begin - piece.begin,
                 .last = range.end - piece.begin,
                 .out = pass.out + row * pass.value_stride,
                 .out_stride = pass.value_stride,
                 .lanes = pass.args.value_dim,
                 .accumulate = true},
                count);
  };
  const auto add_to_each = [&](Range range) {
    for (int64_t row = first_row; row < first_row + rows; ++row) {
      add(row, 1, overlap(pass.seen[row], range));
    }
  };
  Range common = {piece.begin, piece.end};
  for (int64_t row = first_row; row < first_row + rows; ++row)
    common = overlap(common, pass.seen[row]);
  if (common.begin >= common.end) return add_to_each({piece.begin, piece.end});
  add_to_each({piece.begin, common.begin});
  add(first_row, rows, common);
  add_to_each({common.end, piece.end});
}

template <class T>
void add_values(const Pass& pass, int64_t chunk, Range range) {
  const AttentionArgs& args = pass.args;
  while (range.begin < range.end) {
    const Piece<T> piece = first_piece<T>(args, args.values, args.value_dim, args.value_dim, range);
    for (int64_t row = 0; row < pass.rows; row += kRowsAtOnce) {
      add_piece(pass, chunk, piece, row, smaller(kRowsAtOnce, pass.rows - row));
    }
    range.begin = piece.end;
  }
}

// Row r of a call is head r % group of token r / group.
void begin_pass(Pass& pass, int64_t first_row) {
  const AttentionArgs& args = pass.args;
  for (int64_t row = 0; row < pass.rows; ++row) {
    const int64_t token = (first_row + row) / args.group, head = (first_row + row) % args.group;
    const int64_t position = args.first_position + token;
    pass.seen[row] = {args.window > 0 ? larger(0, position - args.window + 1) : 0, position + 1};
    pass.maximum[row] = -__builtin_inff();
    const float* q = args.q + token * args.q_token_stride + head * args.head_dim;
    map(q, args.head_dim, pass.q + row * args.head_dim,
        [scale = splat(args.scale)](Vec v) { return v * scale; });
  }
  for (int64_t i = 0; i < pass.rows * kLanes; i += kLanes) store(pass.sums + i, splat(0));
  for (int64_t i = 0; i < pass.rows * pass.value_stride; i += kLanes) store(pass.out + i, splat(0));
}

void end_pass(const Pass& pass, int64_t first_row) {
  const AttentionArgs& args = pass.args;
  for (int64_t row = 0; row < pass.rows; ++row) {
    const int64_t token = (first_row + row) / args.group, head = (first_row + row) % args.group;
    float* out = args.out + token * args.out_token_stride + head * args.value_dim;
    const Vec scale = splat(1.0f / sum(load(pass.sums + row * kLanes)));
    map(pass.out + row * pass.value_stride, args.value_dim, out,
        [scale](Vec v) { return v * scale; });
  }
}

void run_pass(Pass& pass) {
  const AttentionArgs& args = pass.args;
  // Rows are in order of their positions.
  const Range all = {pass.seen[0].begin, pass.seen[pass.rows - 1].end};
  for (int64_t chunk = round_down(all.begin, kChunk); chunk < all.end; chunk += kChunk) {
    const Range range = overlap(all, {chunk, chunk + kChunk});
    const Range strips = {round_down(range.begin, kStrip), round_up(range.end, kStrip)};
    if (args.key_type == DType::kF32) {
      score<float>(pass, chunk, strips);
    } else {
      score<uint16_t>(pass, chunk, strips);
    }
    for (int64_t row = 0; row < pass.rows; ++row) update_row(pass, row, chunk, strips);
    if (args.value_type == DType::kF32) {
      add_values<float>(pass, chunk, range);
    } else {
      add_values<uint16_t>(pass, chunk, range);
    }
  }
}

constexpr int64_t scratch_floats_of_row(int64_t head_dim, int64_t value_dim) {
  return head_dim + kChunk + kLanes + round_up(value_dim, kLanes);
}

int64_t attention_scratch_floats_kernel(int64_t tokens, int64_t group, int64_t head_dim,
                                        int64_t value_dim, int64_t) {
  return smaller(tokens * group, kMostRows) * scratch_floats_of_row(head_dim, value_dim);
}

void attention_kernel(const AttentionArgs& args) {
  const int64_t rows = args.tokens * args.group;
  const int64_t passes = (rows + kMostRows - 1) / kMostRows;
  for (int64_t i = 0; i < passes; ++i) {
    const int64_t first = rows * i / passes, last = rows * (i + 1) / passes;
    Pass pass{.args = args,
              .rows = last - first,
              .value_stride = round_up(args.value_dim, kLanes),
              .scores = args.scratch};
    pass.sums = pass.scores + pass.rows * kChunk;
    pass.out = pass.sums + pass.rows * kLanes;
    pass.q = pass.out + pass.rows * pass.value_stride;
    begin_pass(pass, first);
    run_pass(pass);
    end_pass(pass, first);
  }
}

}  // namespace
}  // namespace cria::ml::cpu
