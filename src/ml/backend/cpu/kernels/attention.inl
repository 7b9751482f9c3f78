#pragma once
// Attention over the blocks of a sequence: a softmax over each segment of the history, joined with
// those before by their maxima and sums (Milakov and Gimelshein, "Online normalizer calculation for
// softmax", 2018; Dao et al., "FlashAttention", 2022).
//
// A row (a token and a head) goes through the segments that it sees in order: its result does not
// depend on which other rows a call has. What a row does not see is neither part of its maximum nor
// of its sums, whatever lies there.

#include "ml/backend/cpu/kernels/attention_pieces.inl"

namespace cria::ml::cpu {
namespace {

// A row's part of the result, from one segment or from several: values times exponentials relative
// to the largest score [value_dim, in whole vectors], that score, and the sum of the exponentials.
struct Part {
  float* out;
  int64_t stride;  // of `out`
  float& maximum() const { return out[stride]; }
  float& sum() const { return out[stride + 1]; }
};

constexpr int64_t attention_part_floats_kernel(int64_t value_dim) {
  return round_up(value_dim, kLanes) + larger(kLanes, 2);
}

inline Part part_of(const AttentionArgs& args, float* parts, int64_t row) {
  return {parts + row * attention_part_floats_kernel(args.value_dim),
          round_up(args.value_dim, kLanes)};
}

// Row r of a call is head r % group of token r / group.
inline Range seen_by(const AttentionArgs& args, int64_t row) {
  const int64_t end = args.first_position + row / args.group * args.step + 1;
  return {larger(args.first_seen, args.window > 0 ? end - args.window : 0), end};
}

// Rows that go through the history together.
struct Pass {
  const AttentionArgs& args;
  int64_t first_row, rows;
  float* scores;              // [rows][kAttentionSegment], then their exponentials
  float* q = nullptr;         // [rows][head_dim], scaled
  float* expanded = nullptr;  // [kPiece][the larger of head_dim and value_dim]
  Range seen[kAttentionRows] = {};

  // What rows [row, row + count) see of a range: the first of them begins first, the last ends
  // last.
  Range seen_together(int64_t row, int64_t count, Range range) const {
    return overlap({seen[row].begin, seen[row + count - 1].end}, range);
  }
};

// Calls use(row, count) for groups of at most kRowsAtOnce rows, as even as can be.
template <class Use>
inline void each_group(int64_t rows, Use use) {
  const int64_t groups = (rows + kRowsAtOnce - 1) / kRowsAtOnce;
  for (int64_t g = 0; g < groups; ++g) {
    const int64_t row = rows * g / groups;
    use(row, rows * (g + 1) / groups - row);
  }
}

// Products of some rows of queries with keys, at all strips of a piece that they see something of.
template <class T>
void score_piece(const Pass& pass, const Piece<T>& piece, float* scores, int64_t row,
                 int64_t rows) {
  const AttentionArgs& args = pass.args;
  const Range seen = pass.seen_together(row, rows, piece.positions);
  if (seen.empty()) return;
  const Range strips = strips_of(seen);
  const int64_t offset = strips.begin - piece.positions.begin;
  multiply<T>({.a = pass.q + row * args.head_dim,
               .a_stride = args.head_dim,
               .b = piece.data + offset,
               .b_stride = piece.stride,
               .first = 0,
               .last = args.head_dim,
               .out = scores + row * kAttentionSegment + offset,
               .out_stride = kAttentionSegment,
               .lanes = strips.end - strips.begin,
               .accumulate = false},
              rows);
}

void score(const Pass& pass, Range segment) {
  const Range strips = strips_of(pass.seen_together(0, pass.rows, segment));
  each_piece_of_keys(pass.args, strips, pass.expanded, [&](const auto& piece) {
    float* scores = pass.scores + (piece.positions.begin - segment.begin);
    each_group(pass.rows,
               [&](int64_t row, int64_t rows) { score_piece(pass, piece, scores, row, rows); });
  });
}

// Turns a row's scores into exponentials relative to the largest, next to nothing where it does not
// see.
void exponentiate(const AttentionArgs& args, float* scores, Range seen, const Part& part) {
  const Range strips = strips_of(seen);
  if (args.softcap != 0) {
    const Vec cap = splat(args.softcap), inverse = splat(1.0f / args.softcap);
    for (int64_t i = strips.begin; i < strips.end; i += kLanes)
      store(scores + i, cap * tanh(load(scores + i) * inverse));
  }
  const float lowest = -__builtin_inff();
  for (int64_t i = strips.begin; i < seen.begin; ++i) scores[i] = lowest;
  for (int64_t i = seen.end; i < strips.end; ++i) scores[i] = lowest;
  Vec found = splat(lowest);
  for (int64_t i = strips.begin; i < strips.end; i += kLanes) found = max(load(scores + i), found);
  const float maximum = largest(found);
  Vec sums = splat(0);
  for (int64_t i = strips.begin; i < strips.end; i += kLanes) {
    const Vec e = exp_of_negative(load(scores + i) - splat(maximum));
    sums = sums + e;
    store(scores + i, e);
  }
  part.maximum() = maximum;
  part.sum() = sum(sums);
}

// Adds the values of a piece, times their exponentials, to some rows. Those that not all rows see
// are added row by row: multiplying by 0 would not do for what may be infinite or NaN.
template <class T>
void add_piece(const Pass& pass, const Piece<T>& piece, const float* exponentials, float* parts,
               int64_t first_row, int64_t rows) {
  const AttentionArgs& args = pass.args;
  const auto add = [&](int64_t row, int64_t count, Range range) {
    if (range.empty()) return;
    multiply<T>({.a = exponentials + row * kAttentionSegment,
                 .a_stride = kAttentionSegment,
                 .b = piece.data,
                 .b_stride = piece.stride,
                 .first = range.begin - piece.positions.begin,
                 .last = range.end - piece.positions.begin,
                 .out = part_of(args, parts, row).out,
                 .out_stride = attention_part_floats_kernel(args.value_dim),
                 .lanes = args.value_dim,
                 .accumulate = true},
                count);
  };
  const auto add_to_each = [&](Range range) {
    for (int64_t row = first_row; row < first_row + rows; ++row) {
      add(row, 1, overlap(pass.seen[row], range));
    }
  };
  Range common = piece.positions;
  for (int64_t row = first_row; row < first_row + rows; ++row)
    common = overlap(common, pass.seen[row]);
  if (common.empty()) return add_to_each(piece.positions);
  add_to_each({piece.positions.begin, common.begin});
  add(first_row, rows, common);
  add_to_each({common.end, piece.positions.end});
}

void add_values(const Pass& pass, Range segment, float* parts) {
  const Range range = pass.seen_together(0, pass.rows, segment);
  each_piece_of_values(pass.args, range, pass.expanded, [&](const auto& piece) {
    const float* exponentials = pass.scores + (piece.positions.begin - segment.begin);
    each_group(pass.rows, [&](int64_t row, int64_t count) {
      add_piece(pass, piece, exponentials, parts, row, count);
    });
  });
}

// The parts of all rows that see something of a segment.
void attend(const Pass& pass, Range segment, float* parts) {
  score(pass, segment);
  for (int64_t row = 0; row < pass.rows; ++row) {
    const Range seen = overlap(pass.seen[row], segment);
    if (seen.empty()) continue;
    const Part part = part_of(pass.args, parts, row);
    for (int64_t i = 0; i < part.stride; i += kLanes) store(part.out + i, splat(0));
    exponentiate(pass.args, pass.scores + row * kAttentionSegment,
                 {seen.begin - segment.begin, seen.end - segment.begin}, part);
  }
  add_values(pass, segment, parts);
}

void clear(const Part& part) {
  for (int64_t i = 0; i < part.stride; i += kLanes) store(part.out + i, splat(0));
  part.maximum() = -__builtin_inff();
  part.sum() = 0;
}

// e^(x - maximum)
float exponential(float x, float maximum) {
  float lanes[kLanes];
  store(lanes, exp(splat(x) - splat(maximum)));
  return lanes[0];
}

constexpr float larger(float a, float b) { return a > b ? a : b; }

void join(const Part& total, const Part& part) {
  const float maximum = larger(part.maximum(), total.maximum());
  const float old_factor = exponential(total.maximum(), maximum);
  const float factor = exponential(part.maximum(), maximum);
  for (int64_t i = 0; i < total.stride; i += kLanes) {
    store(total.out + i,
          load(total.out + i) * splat(old_factor) + load(part.out + i) * splat(factor));
  }
  total.sum() = total.sum() * old_factor + part.sum() * factor;
  total.maximum() = maximum;
}

// Divides by the sum of all exponentials and writes the result.
void finish(const AttentionArgs& args, int64_t row, const Part& total) {
  const int64_t token = row / args.group, head = row % args.group;
  float factor = 1, sum = total.sum();
  if (args.sinks != nullptr) {
    const float maximum = larger(args.sinks[head], total.maximum());
    factor = exponential(total.maximum(), maximum);
    sum = sum * factor + exponential(args.sinks[head], maximum);
  }
  map(total.out, args.value_dim, args.out + token * args.out_token_stride + head * args.value_dim,
      [scale = splat(factor / sum)](Vec v) { return v * scale; });
}

void begin(Pass& pass) {
  const AttentionArgs& args = pass.args;
  for (int64_t i = 0; i < pass.rows; ++i) {
    const int64_t row = pass.first_row + i;
    pass.seen[i] = seen_by(args, row);
    const float* q =
        args.q + row / args.group * args.q_token_stride + row % args.group * args.head_dim;
    map(q, args.head_dim, pass.q + i * args.head_dim,
        [scale = splat(args.scale)](Vec v) { return v * scale; });
  }
}

// Calls use(pass) for as many rows at a time as may be.
template <class Use>
void each_pass(const AttentionArgs& args, Use use) {
  const int64_t rows = args.tokens * args.group;
  const int64_t passes = (rows + kAttentionRows - 1) / kAttentionRows;
  for (int64_t i = 0; i < passes; ++i) {
    const int64_t first = rows * i / passes, last = rows * (i + 1) / passes;
    Pass pass{.args = args, .first_row = first, .rows = last - first, .scores = args.scratch};
    pass.q = pass.scores + pass.rows * kAttentionSegment;
    pass.expanded = pass.q + pass.rows * args.head_dim;
    begin(pass);
    use(pass);
  }
}

int64_t attention_scratch_floats_kernel(int64_t tokens, int64_t group, int64_t head_dim,
                                        int64_t value_dim) {
  const int64_t of_row = kAttentionSegment + head_dim + 2 * attention_part_floats_kernel(value_dim);
  return smaller(tokens * group, kAttentionRows) * of_row + kPiece * larger(head_dim, value_dim);
}

constexpr Range segment_at(int64_t index) {
  return {index * kAttentionSegment, (index + 1) * kAttentionSegment};
}

// Segments that rows see something of.
constexpr Range segments_of(Range seen) {
  return {seen.begin / kAttentionSegment, (seen.end - 1) / kAttentionSegment + 1};
}

void attend_segment_kernel(const AttentionArgs& args, int64_t segment, float* parts) {
  each_pass(args, [&](const Pass& pass) {
    attend(pass, segment_at(segment), part_of(args, parts, pass.first_row).out);
  });
}

void join_segments_kernel(const AttentionArgs& args, float* parts) {
  const int64_t rows = args.tokens * args.group;
  const int64_t first = segments_of(seen_by(args, 0)).begin;
  const Part total = part_of(args, args.scratch, 0);
  for (int64_t row = 0; row < rows; ++row) {
    const Range segments = segments_of(seen_by(args, row));
    clear(total);
    for (int64_t s = segments.begin; s < segments.end; ++s)
      join(total, part_of(args, parts, (s - first) * rows + row));
    finish(args, row, total);
  }
}

void attention_kernel(const AttentionArgs& args) {
  each_pass(args, [&](const Pass& pass) {
    float* totals = pass.expanded + kPiece * larger(args.head_dim, args.value_dim);
    float* parts = part_of(args, totals, pass.rows).out;
    for (int64_t row = 0; row < pass.rows; ++row) clear(part_of(args, totals, row));
    const Range segments = segments_of({pass.seen[0].begin, pass.seen[pass.rows - 1].end});
    for (int64_t s = segments.begin; s < segments.end; ++s) {
      attend(pass, segment_at(s), parts);
      for (int64_t row = 0; row < pass.rows; ++row) {
        if (overlap(pass.seen[row], segment_at(s)).empty()) continue;
        join(part_of(args, totals, row), part_of(args, parts, row));
      }
    }
    for (int64_t row = 0; row < pass.rows; ++row)
      finish(args, pass.first_row + row, part_of(args, totals, row));
  });
}

}  // namespace
}  // namespace cria::ml::cpu
