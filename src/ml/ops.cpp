#include "ml/ops.h"

#include "base/error.h"
#include "ml/lowering.h"
#include "ml/shape_rules.h"

namespace cria::ml {
namespace {

using namespace shape_rules;  // NOLINT(google-build-using-namespace): the names of ops.def

constexpr OpInfo kTable[] = {
#define OP(enumerator, name, fewest, most, shape, lower, summary) \
  {Op::k##enumerator, name, fewest, most, shape, lower, summary},
#include "ml/ops.def"
#undef OP
};

}  // namespace

std::span<const OpInfo> ops() { return kTable; }

const OpInfo& info(Op op) { return kTable[static_cast<size_t>(op)]; }

Tensor apply(Op op, std::initializer_list<Tensor> inputs, Options options) {
  const OpInfo& row = info(op);
  CRIA_CHECK(row.shape != nullptr && inputs.size() <= row.most_inputs);
  Node node;
  node.op = op;
  node.options = options;
  Graph* graph = nullptr;
  size_t i = 0;
  for (const Tensor& tensor : inputs) {
    if (!tensor && i < row.fewest_inputs) {
      fail(Error::Code::kInvalidArgument, row.name, ": operand ", i, " is absent");
    }
    if (tensor.graph()) graph = tensor.graph();
    node.inputs[i++] = tensor.node();
  }
  CRIA_CHECK(i >= row.fewest_inputs);
  if (!graph) fail(Error::Code::kInvalidArgument, row.name, ": no activation among the operands");
  node.shape = row.shape(node);
  if (op == Op::kStore) {
    node.dtype = node.inputs[0]->dtype;
    node.state = node.inputs[0]->state;
  }
  return graph->add(std::move(node));
}

Tensor operator+(Tensor a, Tensor b) { return apply(Op::kAdd, {a, b}); }
Tensor operator-(Tensor a, Tensor b) { return apply(Op::kSub, {a, b}); }
Tensor operator*(Tensor a, Tensor b) { return apply(Op::kMul, {a, b}); }
Tensor operator/(Tensor a, Tensor b) { return apply(Op::kDiv, {a, b}); }
Tensor operator*(Tensor a, float scale) { return affine(a, scale, 0); }

Tensor affine(Tensor x, float scale, float offset) {
  return apply(Op::kAffine, {x}, AffineOptions{scale, offset});
}
Tensor exp(Tensor x) { return apply(Op::kExp, {x}); }
Tensor rsqrt(Tensor x) { return apply(Op::kRsqrt, {x}); }
Tensor sigmoid(Tensor x) { return apply(Op::kSigmoid, {x}); }
Tensor sum(Tensor x) { return apply(Op::kSum, {x}); }
Tensor max(Tensor x) { return apply(Op::kMax, {x}); }
Tensor matmul(Tensor a, Tensor b) { return apply(Op::kMatmul, {a, b}); }

Tensor permute(Tensor x, std::initializer_list<int> axes) {
  PermuteOptions options;
  CRIA_CHECK(axes.size() == static_cast<size_t>(x.shape().rank()));
  std::copy(axes.begin(), axes.end(), options.axes.begin());
  return apply(Op::kPermute, {x}, options);
}

Tensor slice(Tensor x, int axis, int64_t begin, int64_t end) {
  return apply(Op::kSlice, {x},
               SliceOptions{axis < 0 ? x.shape().rank() + axis : axis, begin, end});
}

Tensor concat_last(Tensor a, Tensor b) { return apply(Op::kConcat, {a, b}); }
Tensor rows(Tensor table, Tensor ids) { return apply(Op::kRows, {table, ids}); }
Tensor store(Tensor state, Tensor x, Tensor slots) { return apply(Op::kStore, {state, x, slots}); }

Tensor silu(Tensor x) { return apply(Op::kSilu, {x}); }
Tensor swiglu(Tensor gate, Tensor up) { return apply(Op::kSwiglu, {gate, up}); }
Tensor softmax(Tensor x) { return apply(Op::kSoftmax, {x}); }

Tensor rms_norm(Tensor x, Tensor weight, float eps) {
  return apply(Op::kRmsNorm, {x, weight}, NormOptions{eps});
}

Tensor rope(Tensor x, Tensor positions, const RopeOptions& options, Tensor factors) {
  const Tensor table = apply(Op::kRopeTable, {positions, factors}, options);
  return apply(Op::kRotate, {x, table}, options.pairs);
}

Tensor attention(Tensor q, const History& h, const AttentionOptions& options, Tensor sinks) {
  return apply(Op::kPagedAttention,
               {q, h.keys, h.values, h.tables, h.sequences, h.positions, sinks}, options);
}

}  // namespace cria::ml
