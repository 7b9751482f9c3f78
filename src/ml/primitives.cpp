#include "ml/primitives.h"

#include "base/error.h"
#include "ml/ops.h"
#include "ml/primitive_families.h"

namespace cria::ml {
namespace {

using Evaluate = void (*)(const Node&, Operands, int64_t first, int64_t last, float* out);

Evaluate find(Op op) {
  switch (op) {
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kDiv:
    case Op::kAffine:
    case Op::kExp:
    case Op::kLog:
    case Op::kSqrt:
    case Op::kRsqrt:
    case Op::kSin:
    case Op::kCos:
    case Op::kTanh:
    case Op::kErf:
    case Op::kSigmoid:
    case Op::kSoftplus:
    case Op::kClamp:
    case Op::kReshape:
      return primitives::elementwise;
    case Op::kSum:
    case Op::kMax:
    case Op::kCumsum:
      return primitives::reduction;
    case Op::kTopK:
      return primitives::top_k;
    case Op::kRepeat:
      return primitives::repeat;
    case Op::kPermute:
      return primitives::permute;
    case Op::kSlice:
      return primitives::slice;
    case Op::kConcat:
      return primitives::concat_along;
    case Op::kPad:
      return primitives::pad;
    case Op::kRows:
      return primitives::rows;
    case Op::kGather:
      return primitives::gather;
    case Op::kScatter:
      return primitives::scatter;
    case Op::kHistoryMask:
      return primitives::history_mask;
    case Op::kRopeTable:
      return primitives::rope_table;
    case Op::kMatmul:
      return primitives::matmul;
    case Op::kConv:
      return primitives::conv;
    case Op::kTri:
      return primitives::tri;
    case Op::kSolveTri:
      return primitives::solve_tri;
    default:
      return nullptr;
  }
}

int64_t outside(const Shape& shape, int axis) { return Extent(shape, axis).outer; }

}  // namespace

int64_t parts(const Node& node) {
  if (node.shape.size() == 0) return 0;
  switch (node.op) {
    case Op::kMatmul:
      return node.inputs[0]->shape[-2];  // rows of the weight
    case Op::kRows:
      return node.shape[0];
    case Op::kSlice:
      return outside(node.shape, std::get<SliceOptions>(node.options).axis);
    case Op::kPad:
      return outside(node.shape, std::get<PadOptions>(node.options).axis);
    case Op::kConcat:
    case Op::kGather:
    case Op::kScatter:
      return outside(node.shape, std::get<AxisOptions>(node.options).axis);
    case Op::kConv:
      return node.shape[0] * node.shape[1];  // channels
    case Op::kCausalConv:
    case Op::kSsmScan:
    case Op::kDeltaRule:
      return node.shape[1];  // channels or heads
    case Op::kSolveTri:
      return node.shape.rows() / node.shape[-2];  // matrices
    default:
      return node.shape.rows();
  }
}

void evaluate(const Node& node, Operands operands, int64_t first, int64_t last, float* out) {
  const Evaluate function = find(node.op);
  if (!function) fail(Error::Code::kUnsupported, info(node.op).name, " is not a primitive");
  function(node, operands, first, last, out);
}

void evaluate_store(const Node&, Operands x, std::byte* state) {
  const Node& target = *x[0].node;
  const int64_t width = target.shape[1] * target.shape[2];
  const int64_t bytes = row_bytes(target.dtype, width);
  const float* rows = reinterpret_cast<const float*>(x[1].data);
  for (int64_t t = 0; t < x[1].node->shape[0]; ++t) {
    const int64_t slot = ints(x[2])[t];
    CRIA_CHECK(slot >= 0 && slot < target.shape[0]);
    quantize(target.dtype, {rows + t * width, static_cast<size_t>(width)}, state + slot * bytes);
  }
}

}  // namespace cria::ml
