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

Shape reduce_last(const Node& node) {
  expect(node, in(node, 0).rank() > 0, "needs a dimension");
  return in(node, 0).with(-1, 1);
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
  expect(node,
         o.axis >= 0 && o.axis < x.rank() && o.begin >= 0 && o.begin <= o.end && o.end <= x[o.axis],
         "the range must lie inside the dimension");
  return x.with(o.axis, o.end - o.begin);
}

Shape concat_last(const Node& node) {
  const Shape &a = in(node, 0), &b = in(node, 1);
  expect(node, a.rank() > 0 && a.rank() == b.rank() && a.with(-1, 0) == b.with(-1, 0),
         "all dimensions but the last must be equal");
  return a.with(-1, a[-1] + b[-1]);
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
             is_index(node.inputs[2], sequences) && is_index(node.inputs[3], sequences),
         "needs a state, i32 tables [sequences, blocks], sequences [t] and positions [t]");
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

Shape norm(const Node& node) {
  expect(node, in(node, 0).rank() > 0, "needs a dimension");
  expect(node, !node.inputs[1] || in(node, 1) == Shape{in(node, 0)[-1]},
         "the weight must have the last dimension");
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
  return {q[0], q[1], values[2]};
}

}  // namespace cria::ml::shape_rules
