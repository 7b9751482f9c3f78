#include "ml/ops.h"

#include <limits>

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

namespace {

int from_first(Tensor x, int axis) { return axis < 0 ? x.shape().rank() + axis : axis; }

// What only moves elements moves indices, too; anything else gives floats.
DType moved_type(const Node* x) { return x->dtype == DType::kI32 ? DType::kI32 : DType::kF32; }

DType result_type(const Node& node) {
  switch (node.op) {
    case Op::kTopK:
      return DType::kI32;
    case Op::kStore:
      return node.inputs[0]->dtype;
    case Op::kPermute:
    case Op::kSlice:
    case Op::kConcat:
    case Op::kPad:
    case Op::kGather:
    case Op::kRows:
      return moved_type(node.inputs[0]);
    default:
      return DType::kF32;
  }
}

}  // namespace

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
  node.dtype = result_type(node);
  if (op == Op::kStore) node.state = node.inputs[0]->state;
  return graph->add(std::move(node));
}

Tensor operator+(Tensor a, Tensor b) { return apply(Op::kAdd, {a, b}); }
Tensor operator-(Tensor a, Tensor b) { return apply(Op::kSub, {a, b}); }
Tensor operator*(Tensor a, Tensor b) { return apply(Op::kMul, {a, b}); }
Tensor operator/(Tensor a, Tensor b) { return apply(Op::kDiv, {a, b}); }
Tensor operator*(Tensor a, float scale) { return affine(a, scale, 0); }
Tensor operator-(Tensor x) { return affine(x, -1, 0); }

Tensor affine(Tensor x, float scale, float offset) {
  return apply(Op::kAffine, {x}, AffineOptions{scale, offset});
}
Tensor exp(Tensor x) { return apply(Op::kExp, {x}); }
Tensor log(Tensor x) { return apply(Op::kLog, {x}); }
Tensor square(Tensor x) { return x * x; }
Tensor sqrt(Tensor x) { return apply(Op::kSqrt, {x}); }
Tensor rsqrt(Tensor x) { return apply(Op::kRsqrt, {x}); }
Tensor sin(Tensor x) { return apply(Op::kSin, {x}); }
Tensor cos(Tensor x) { return apply(Op::kCos, {x}); }
Tensor tanh(Tensor x) { return apply(Op::kTanh, {x}); }
Tensor erf(Tensor x) { return apply(Op::kErf, {x}); }
Tensor sigmoid(Tensor x) { return apply(Op::kSigmoid, {x}); }
Tensor softplus(Tensor x) { return apply(Op::kSoftplus, {x}); }
Tensor clamp(Tensor x, float low, float high) {
  return apply(Op::kClamp, {x}, ClampOptions{low, high});
}
Tensor softcap(Tensor x, float cap) { return tanh(x * (1.f / cap)) * cap; }

Tensor activate(Tensor x, Activation activation) { return apply(Op::kActivate, {x}, activation); }
Tensor silu(Tensor x) { return activate(x, Activation::kSilu); }
Tensor gelu(Tensor x) { return activate(x, Activation::kGelu); }
Tensor gelu_erf(Tensor x) { return activate(x, Activation::kGeluErf); }
Tensor quick_gelu(Tensor x) { return activate(x, Activation::kQuickGelu); }
Tensor relu(Tensor x) { return activate(x, Activation::kRelu); }
Tensor gated(Tensor gate, Tensor up, Activation activation) {
  return apply(Op::kGated, {gate, up}, activation);
}
Tensor swiglu(Tensor gate, Tensor up) { return gated(gate, up, Activation::kSilu); }
Tensor geglu(Tensor gate, Tensor up) { return gated(gate, up, Activation::kGelu); }
Tensor swiglu_limited(Tensor gate, Tensor up, float alpha, float limit) {
  return apply(Op::kSwigluLimited, {gate, up}, SwigluOptions{alpha, limit});
}

Tensor sum(Tensor x) { return apply(Op::kSum, {x}); }
Tensor mean(Tensor x) { return sum(x) * (1.f / static_cast<float>(x.dim(-1))); }
Tensor variance(Tensor x) { return mean(square(x - mean(x))); }
Tensor max(Tensor x) { return apply(Op::kMax, {x}); }
Tensor cumsum(Tensor x) { return apply(Op::kCumsum, {x}); }
Tensor top_k(Tensor x, int64_t k) { return apply(Op::kTopK, {x}, TopKOptions{.k = k}); }
Tensor argsort(Tensor x) {
  return apply(Op::kTopK, {x}, TopKOptions{.k = x.dim(-1), .smallest = true});
}
Tensor softmax(Tensor x) { return apply(Op::kSoftmax, {x}); }
Tensor rms_norm(Tensor x, Tensor weight, float eps) {
  return apply(Op::kRmsNorm, {x, weight}, NormOptions{eps});
}
Tensor layer_norm(Tensor x, Tensor weight, Tensor bias, float eps) {
  return apply(Op::kLayerNorm, {x, weight, bias}, NormOptions{eps});
}
Tensor l2_norm(Tensor x, float eps) {
  return x / clamp(sqrt(sum(square(x))), eps, std::numeric_limits<float>::infinity());
}

Tensor permute(Tensor x, std::initializer_list<int> axes) {
  PermuteOptions options;
  CRIA_CHECK(axes.size() == static_cast<size_t>(x.shape().rank()));
  std::copy(axes.begin(), axes.end(), options.axes.begin());
  return apply(Op::kPermute, {x}, options);
}
Tensor slice(Tensor x, int axis, int64_t begin, int64_t end, int64_t step) {
  return apply(Op::kSlice, {x}, SliceOptions{from_first(x, axis), begin, end, step});
}
Tensor concat_along(int axis, Tensor a, Tensor b) {
  return apply(Op::kConcat, {a, b}, AxisOptions{.axis = from_first(a, axis)});
}
Tensor pad(Tensor x, int axis, int64_t before, int64_t after) {
  return apply(Op::kPad, {x}, PadOptions{from_first(x, axis), before, after});
}

Tensor repeat(Tensor x, const Shape& shape) {
  bool fits = x.shape().rank() == shape.rank();
  for (int i = 0; fits && i < shape.rank(); ++i) fits = x.dim(i) == shape[i] || x.dim(i) == 1;
  if (!fits) {
    fail(Error::Code::kInvalidArgument, "repeat: ", describe(x.node()), " to ", shape,
         ": needs the same sizes, or 1");
  }
  CRIA_CHECK(x.graph());
  Node node;
  node.op = Op::kRepeat;
  node.dtype = moved_type(x.node());
  node.shape = shape;
  node.inputs[0] = x.node();
  return x.graph()->add(std::move(node));
}

Tensor rows(Tensor table, Tensor ids) { return apply(Op::kRows, {table, ids}); }
Tensor gather(Tensor x, Tensor ids, int axis) {
  return apply(Op::kGather, {x, ids}, AxisOptions{.axis = from_first(x, axis)});
}
Tensor scatter(Tensor x, Tensor ids, int axis, int64_t size) {
  return apply(Op::kScatter, {x, ids}, AxisOptions{.axis = from_first(x, axis), .size = size});
}
Tensor store(Tensor state, Tensor x, Tensor slots) { return apply(Op::kStore, {state, x, slots}); }

Tensor matmul(Tensor a, Tensor b) { return apply(Op::kMatmul, {a, b}); }
Tensor experts_matmul(Tensor weights, Tensor x, Tensor ids) {
  return apply(Op::kExpertsMatmul, {weights, x, ids});
}
Tensor weighted_sum(Tensor x, Tensor weights) { return apply(Op::kWeightedSum, {x, weights}); }
Tensor conv(Tensor x, Tensor weight, Tensor bias, const ConvOptions& options) {
  return apply(Op::kConv, {x, weight, bias}, options);
}

Tensor causal_conv(Tensor x, Tensor weight, Tensor bias, const Recurrence& past) {
  return apply(Op::kCausalConv, {x, weight, past.state, past.slots, bias});
}
Tensor ssm_scan(Tensor x, Tensor dt, Tensor a, Tensor b, Tensor c, const Recurrence& past) {
  return apply(Op::kSsmScan, {x, dt, a, b, c, past.state, past.slots});
}
Tensor delta_rule(Tensor q, Tensor k, Tensor v, Tensor gate, Tensor beta, const Recurrence& past) {
  return apply(Op::kDeltaRule, {q, k, v, gate, beta, past.state, past.slots});
}

Tensor tri(Tensor x, const TriOptions& options) { return apply(Op::kTri, {x}, options); }
Tensor solve_tri(Tensor lower, Tensor b) { return apply(Op::kSolveTri, {lower, b}); }
Tensor diag(Tensor x) {
  std::vector<int64_t> column(x.shape().dims().begin(), x.shape().dims().end());
  column.push_back(1);
  std::vector<int64_t> square = column;
  square.back() = x.dim(-1);
  const Tensor repeated = repeat(x.reshape(Shape(column)), Shape(square));
  return tri(tri(repeated, {.lower = true}), {.lower = false});
}

Tensor rope(Tensor x, Tensor positions, const RopeOptions& options, Tensor factors) {
  const Tensor table = apply(Op::kRopeTable, {positions, factors}, options);
  return apply(Op::kRotate, {x, table}, options.pairs);
}

Tensor attention(Tensor q, const History& h, const AttentionOptions& options, Tensor sinks) {
  return apply(Op::kPagedAttention,
               {q, h.keys, h.values, h.tables, h.sequences, h.positions, sinks, h.firsts}, options);
}

}  // namespace cria::ml
