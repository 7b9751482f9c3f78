#include "ml/shape_rules.h"

#include "base/error.h"
#include "ml/ops.h"

namespace cria::ml::shape_rules {
namespace {

// "matmul: blk.0.attn_q.weight [64, 48] and rms_norm(x) [5, 64]: <expectation>"
[[noreturn]] void misfit(const Node& node, std::string_view expectation) {
  std::string operands;
  for (const Node* input : node.inputs) {
    if (input) operands += (operands.empty() ? "" : " and ") + describe(input);
  }
  fail(Error::Code::kInvalidArgument, info(node.op).name, ": ", operands, ": ", expectation);
}

void expect(const Node& node, bool fits, std::string_view expectation) {
  if (!fits) misfit(node, expectation);
}

const Shape& in(const Node& node, size_t i) { return node.inputs[i]->shape; }

bool is_index(const Node* node, const Shape& shape) {
  return node->dtype == DType::kI32 && node->shape == shape;
}

bool has_axis(const Shape& shape, int axis) { return axis >= 0 && axis < shape.rank(); }

// Whether operand i is a recurrent state [slots, rows, dim], and the next one names slots of it.
bool has_state(const Node& node, size_t i, int64_t tokens, int64_t rows, int64_t dim) {
  const Node* state = node.inputs[i];
  return state->state && state->dtype == DType::kF32 && state->shape.rank() == 3 &&
         state->shape[1] == rows && state->shape[2] == dim &&
         is_index(node.inputs[i + 1], {tokens});
}

// Whether ids can name elements of x along a dimension: in others they are as many, or one.
bool names_along(const Node* ids, const Shape& x, int axis) {
  bool fits = ids->dtype == DType::kI32 && ids->shape.rank() == x.rank();
  for (int i = 0; fits && i < x.rank(); ++i)
    fits = i == axis || ids->shape[i] == x[i] || ids->shape[i] == 1;
  return fits;
}

}  // namespace

Shape same(const Node& node) { return in(node, 0); }

Shape equal(const Node& node) {
  expect(node, in(node, 0) == in(node, 1), "shapes must be equal");
  return in(node, 0);
}

Shape broadcast(const Node& node) {
  const Shape &a = in(node, 0), &b = in(node, 1);
  bool fits = b.rank() <= a.rank();
  for (int i = 1; fits && i <= b.rank(); ++i) fits = b[-i] == a[-i] || b[-i] == 1;
  expect(node, fits, "the second must have the first's sizes, or 1");
  return a;
}

Shape clamp(const Node& node) {
  const auto& o = std::get<ClampOptions>(node.options);
  expect(node, o.low <= o.high, "the lower limit must not be above the upper one");
  return in(node, 0);
}

Shape reduce_last(const Node& node) {
  expect(node, in(node, 0).rank() > 0, "needs a dimension");
  return in(node, 0).with(-1, 1);
}

Shape top_k(const Node& node) {
  const Shape& x = in(node, 0);
  const auto& o = std::get<TopKOptions>(node.options);
  expect(node, x.rank() > 0 && o.k >= 0 && o.k <= x[-1], "k must be at most the last dimension");
  return x.with(-1, o.k);
}

Shape matmul(const Node& node) {
  const Shape &a = in(node, 0), &b = in(node, 1);
  expect(node, a.rank() >= 2 && b.rank() >= 1 && a[-1] == b[-1],
         "the last dimensions must be equal");
  if (a.rank() == 3) {
    expect(node, b.rank() == 3 && a[0] > 0 && b[0] % a[0] == 0,
           "the second needs a multiple of the first's matrices");
  } else {
    expect(node, a.rank() == 2, "the first has two or three dimensions");
  }
  return b.with(-1, a[-2]);
}

Shape permute(const Node& node) {
  const Shape& x = in(node, 0);
  const auto& axes = std::get<PermuteOptions>(node.options).axes;
  Shape result = x;
  unsigned seen = 0;
  for (int i = 0; i < x.rank(); ++i) {
    const int axis = axes[static_cast<size_t>(i)];
    expect(node, axis >= 0 && axis < x.rank() && !(seen >> axis & 1u),
           "axes must be a permutation");
    seen |= 1u << axis;
    result = result.with(i, x[axis]);
  }
  return result;
}

Shape slice(const Node& node) {
  const auto& o = std::get<SliceOptions>(node.options);
  const Shape& x = in(node, 0);
  expect(
      node,
      has_axis(x, o.axis) && o.begin >= 0 && o.begin <= o.end && o.end <= x[o.axis] && o.step > 0,
      "the range must lie inside the dimension");
  return x.with(o.axis, (o.end - o.begin + o.step - 1) / o.step);
}

Shape concat(const Node& node) {
  const Shape &a = in(node, 0), &b = in(node, 1);
  const int axis = std::get<AxisOptions>(node.options).axis;
  expect(node, has_axis(a, axis) && a.rank() == b.rank() && a.with(axis, 0) == b.with(axis, 0),
         "all dimensions but the one along which they are joined must be equal");
  expect(node, (node.inputs[0]->dtype == DType::kI32) == (node.inputs[1]->dtype == DType::kI32),
         "both must be i32, or none");
  return a.with(axis, a[axis] + b[axis]);
}

Shape pad(const Node& node) {
  const Shape& x = in(node, 0);
  const auto& o = std::get<PadOptions>(node.options);
  expect(node, has_axis(x, o.axis) && o.before >= 0 && o.after >= 0,
         "needs a dimension of it, and no negative numbers of zeros");
  return x.with(o.axis, x[o.axis] + o.before + o.after);
}

Shape gather(const Node& node) {
  const Shape &x = in(node, 0), &ids = in(node, 1);
  const int axis = std::get<AxisOptions>(node.options).axis;
  expect(node, has_axis(x, axis) && names_along(node.inputs[1], x, axis),
         "needs i32 ids with the sizes of the first, or 1, in all other dimensions");
  return x.with(axis, ids[axis]);
}

Shape scatter(const Node& node) {
  const Shape &x = in(node, 0), &ids = in(node, 1);
  const auto& o = std::get<AxisOptions>(node.options);
  expect(
      node,
      has_axis(x, o.axis) && names_along(node.inputs[1], x, o.axis) && ids[o.axis] == x[o.axis] &&
          o.size >= 0,
      "needs an i32 id for each along the dimension, and the sizes of the first, or 1, in others");
  return x.with(o.axis, o.size);
}

Shape rows(const Node& node) {
  const Shape &table = in(node, 0), &ids = in(node, 1);
  expect(node, table.rank() >= 2 && ids.rank() == 1 && node.inputs[1]->dtype == DType::kI32,
         "needs a table and one dimension of i32 ids");
  return table.with(0, ids[0]);
}

Shape store(const Node& node) {
  const Shape &state = in(node, 0), &x = in(node, 1);
  expect(node,
         node.inputs[0]->state && state.rank() == 3 && x.rank() == 3 &&
             x.with(0, state[0]) == state && is_index(node.inputs[2], {x[0]}),
         "needs a state [slots, heads, head_dim], rows [t, heads, head_dim] and i32 slots [t]");
  return state;
}

Shape history_mask(const Node& node) {
  const Shape &state = in(node, 0), &tables = in(node, 1), &sequences = in(node, 2);
  expect(node,
         tables.rank() == 2 && sequences.rank() == 1 && is_index(node.inputs[1], tables) &&
             is_index(node.inputs[2], sequences) && is_index(node.inputs[3], sequences) &&
             (!node.inputs[4] || is_index(node.inputs[4], sequences)),
         "needs a state, i32 tables [sequences, blocks], sequences, positions and firsts [t]");
  return {sequences[0], state[0]};
}

Shape rope_table(const Node& node) {
  const auto& o = std::get<RopeOptions>(node.options);
  const Shape& positions = in(node, 0);
  expect(node, positions.rank() == 1 && is_index(node.inputs[0], positions),
         "positions are i32 [t]");
  expect(node, o.dims > 0 && o.dims % 2 == 0, "the number of rotated dimensions must be even");
  expect(node, !node.inputs[1] || in(node, 1) == Shape{o.dims / 2},
         "needs half as many factors as dimensions");
  return {positions[0], o.dims};
}

// For one dimension and for two.
Shape conv(const Node& node) {
  const Shape &x = in(node, 0), &weight = in(node, 1);
  const auto& o = std::get<ConvOptions>(node.options);
  expect(node, (x.rank() == 3 || x.rank() == 4) && weight.rank() == x.rank(),
         "needs x [n, in, (h,) w] and weights [out, in / groups, (kh,) kw]");
  expect(node, o.groups > 0 && x[1] == weight[1] * o.groups && weight[0] % o.groups == 0,
         "the channels must be shared out evenly among the groups");
  expect(node, !node.inputs[2] || in(node, 2) == Shape{weight[0]},
         "the bias must have a number for each channel of the result");
  Shape result = x.with(1, weight[0]);
  for (int i = 2; i < x.rank(); ++i) {
    const size_t d = static_cast<size_t>(4 - x.rank() + i - 2);
    const int64_t reach = (weight[i] - 1) * o.dilation[d] + 1;
    expect(node, o.stride[d] > 0 && o.dilation[d] > 0 && weight[i] > 0 && reach <= x[i],
           "the weights must not reach further than x");
    result = result.with(i, (x[i] - reach) / o.stride[d] + 1);
  }
  return result;
}

Shape tri(const Node& node) {
  expect(node, in(node, 0).rank() >= 2, "needs matrices");
  return in(node, 0);
}

Shape solve_tri(const Node& node) {
  const Shape &a = in(node, 0), &b = in(node, 1);
  expect(node, a.rank() >= 2 && a.rank() == b.rank() && a[-1] == a[-2] && b.with(-1, a[-1]) == a,
         "needs square matrices [.., n, n] and as many [.., n, m]");
  return b;
}

Shape causal_conv(const Node& node) {
  const Shape &x = in(node, 0), &weight = in(node, 1);
  expect(node, x.rank() == 2 && weight.rank() == 2 && weight[0] == x[1] && weight[1] > 0,
         "needs x [t, c] and weights [c, k]");
  expect(node, has_state(node, 2, x[0], weight[1] - 1, x[1]),
         "needs a state [slots, k - 1, c] and i32 slots [t]");
  expect(node, !node.inputs[4] || in(node, 4) == Shape{x[1]},
         "the bias must have a number for each channel");
  return x;
}

Shape ssm_scan(const Node& node) {
  const Shape &x = in(node, 0), &dt = in(node, 1), &a = in(node, 2), &b = in(node, 3),
              &c = in(node, 4);
  expect(node, x.rank() == 3 && dt == Shape{x[0], x[1]}, "needs x [t, h, d] and dt [t, h]");
  expect(node, b.rank() == 3 && b == c && b[0] == x[0] && b[1] > 0 && x[1] % b[1] == 0,
         "needs b and c [t, groups, n], where h is a multiple of the groups");
  expect(node, a == Shape{x[1], 1} || a == Shape{x[1], b[2]}, "needs a [h, 1] or [h, n]");
  expect(node, has_state(node, 5, x[0], x[1], x[2] * b[2]),
         "needs a state [slots, h, d * n] and i32 slots [t]");
  return x;
}

Shape delta_rule(const Node& node) {
  const Shape &q = in(node, 0), &k = in(node, 1), &v = in(node, 2);
  const Shape heads = v.rank() == 3 ? Shape{v[0], v[1]} : Shape{};
  expect(node,
         q.rank() == 3 && v.rank() == 3 && q == k && q.with(2, v[2]) == v && in(node, 3) == heads &&
             in(node, 4) == heads,
         "needs q and k [t, h, n], v [t, h, d], gate and beta [t, h]");
  expect(node, has_state(node, 5, q[0], q[1], q[2] * v[2]),
         "needs a state [slots, h, n * d] and i32 slots [t]");
  return v;
}

Shape norm(const Node& node) {
  expect(node, in(node, 0).rank() > 0, "needs a dimension");
  for (size_t i = 1; i < 3; ++i) {
    expect(node, !node.inputs[i] || in(node, i) == Shape{in(node, 0)[-1]},
           "weight and bias must have the last dimension");
  }
  return in(node, 0);
}

Shape rotate(const Node& node) {
  const Shape &x = in(node, 0), &table = in(node, 1);
  expect(node,
         x.rank() == 3 && table.rank() == 2 && x[0] == table[0] && table[1] <= x[2] &&
             table[1] % 2 == 0,
         "needs x [t, heads, head_dim] and a table [t, dims] of at most head_dim");
  return x;
}

Shape paged_attention(const Node& node) {
  const Shape &q = in(node, 0), &keys = in(node, 1), &values = in(node, 2), &tables = in(node, 3);
  const auto& o = std::get<AttentionOptions>(node.options);
  expect(node, q.rank() == 3 && keys.rank() == 3 && values.rank() == 3 && q[2] == keys[2],
         "queries and keys differ in head_dim");
  expect(node, keys[0] == values[0] && keys[1] == values[1] && keys[1] > 0 && q[1] % keys[1] == 0,
         "query heads must be a multiple of key-value heads");
  expect(node,
         tables.rank() == 2 && is_index(node.inputs[3], tables) &&
             is_index(node.inputs[4], {q[0]}) && is_index(node.inputs[5], {q[0]}),
         "needs i32 tables [sequences, blocks], sequences [t] and positions [t]");
  expect(node, o.block_size > 0 && keys[0] % o.block_size == 0,
         "slots must be a multiple of the block size");
  expect(node, o.softcap >= 0 && o.window >= 0, "softcap and window must not be negative");
  expect(node, !node.inputs[6] || in(node, 6) == Shape{q[1]}, "needs a sink for each query head");
  expect(node, !node.inputs[7] || is_index(node.inputs[7], {q[0]}), "needs i32 firsts [t]");
  return {q[0], q[1], values[2]};
}

Shape experts_matmul(const Node& node) {
  const Shape &weights = in(node, 0), &x = in(node, 1), &ids = in(node, 2);
  expect(node,
         weights.rank() == 3 && ids.rank() == 2 && node.inputs[2]->dtype == DType::kI32 &&
             (x == Shape{ids[0], weights[2]} || x == Shape{ids[0], ids[1], weights[2]}),
         "needs weights [experts, m, k], x [t, k] or [t, used, k] and i32 ids [t, used]");
  expect(node, ids[1] <= weights[0], "no more experts can be used than there are");
  return {ids[0], ids[1], weights[1]};
}

Shape weighted_sum(const Node& node) {
  const Shape &x = in(node, 0), &weights = in(node, 1);
  expect(node, x.rank() == 3 && weights == Shape{x[0], x[1]},
         "needs x [t, n, d] and weights [t, n]");
  return {x[0], x[2]};
}

}  // namespace cria::ml::shape_rules
