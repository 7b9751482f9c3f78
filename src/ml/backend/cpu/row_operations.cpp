#include "ml/backend/cpu/row_operations.h"

#include <cmath>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/state.h"
#include "ml/formats.h"
#include "ml/ops.h"
#include "ml/rope.h"

namespace cria::ml::cpu {
namespace {

int64_t width_of(const Shape& shape) {
  return shape.rank() < 2 ? shape.size() : shape.size() / std::max<int64_t>(1, shape[0]);
}

bool is_binary(Op op) {
  return op == Op::kAdd || op == Op::kSub || op == Op::kMul || op == Op::kDiv || op == Op::kGated ||
         op == Op::kSwigluLimited;
}

// Results and inputs are floats, and vectors of weights are kept as floats; other weights are not.
bool is_floats(const Node* node) {
  return node->index >= 0 ? node->dtype == DType::kF32 : node->shape.rank() < 2;
}

// The second operand as one vector for all rows, or as one number for each vector.
bool is_vector(const Node* node) { return node->shape.rank() == 1 && node->index < 0; }
bool is_column(const Node& node) {
  const Shape &a = node.inputs[0]->shape, &b = node.inputs[1]->shape;
  return a.rank() >= 2 && a != b && a.with(-1, 1) == b;
}

Kernels::Binary binary_kernel(const Kernels& kernels, const Node& node) {
  switch (node.op) {
    case Op::kAdd:
      return kernels.add;
    case Op::kSub:
      return kernels.sub;
    case Op::kMul:
      return kernels.mul;
    case Op::kDiv:
      return kernels.div;
    default:
      return kernels.gated[static_cast<size_t>(std::get<Activation>(node.options))];
  }
}

Kernels::Unary unary_kernel(const Kernels& kernels, const Node& node) {
  switch (node.op) {
    case Op::kExp:
      return kernels.exp;
    case Op::kSigmoid:
      return kernels.sigmoid;
    case Op::kSqrt:
      return kernels.sqrt;
    case Op::kRsqrt:
      return kernels.rsqrt;
    case Op::kTanh:
      return kernels.tanh;
    case Op::kActivate:
      return kernels.activate[static_cast<size_t>(std::get<Activation>(node.options))];
    default:
      return nullptr;
  }
}

// What the makers below share: a node's operands and result as rows of floats.
struct Rows {
  const Kernels& kernels;
  const Node& node;
  const Address& address;

  float* out() const { return reinterpret_cast<float*>(address(&node)); }
  const float* in(size_t i) const {
    return reinterpret_cast<const float*>(address(node.inputs[i]));
  }
  const int32_t* ids(size_t i) const {
    return reinterpret_cast<const int32_t*>(address(node.inputs[i]));
  }
  int64_t width() const { return width_of(node.shape); }
};

RowOperation binary(const Rows& r) {
  const bool vector = is_vector(r.node.inputs[1]);
  const int64_t width = r.width(), n = vector ? r.node.shape[-1] : width;
  return [f = binary_kernel(r.kernels, r.node), a = r.in(0), b = r.in(1), out = r.out(), width, n,
          vector](int64_t row) {
    for (int64_t i = 0; i < width; i += n) {
      f(a + row * width + i, b + (vector ? 0 : row * width + i), n, out + row * width + i);
    }
  };
}

// A number for each vector of n elements.
RowOperation column(const Rows& r) {
  const int64_t n = r.node.shape[-1], vectors = r.width() / std::max<int64_t>(1, n);
  const auto number = [op = r.node.op](float b) -> AffineOptions {
    switch (op) {
      case Op::kAdd:
        return {1, b};
      case Op::kSub:
        return {1, -b};
      case Op::kMul:
        return {b, 0};
      default:
        return {1 / b, 0};
    }
  };
  return [f = r.kernels.affine, number, a = r.in(0), b = r.in(1), out = r.out(), n,
          vectors](int64_t row) {
    for (int64_t i = row * vectors; i < (row + 1) * vectors; ++i) {
      const AffineOptions o = number(b[i]);
      f(a + i * n, o.scale, o.offset, n, out + i * n);
    }
  };
}

RowOperation swiglu_limited(const Rows& r) {
  const auto o = std::get<SwigluOptions>(r.node.options);
  return [f = r.kernels.swiglu_limited, o, gate = r.in(0), up = r.in(1), out = r.out(),
          n = r.width()](int64_t row) {
    f(gate + row * n, up + row * n, o.alpha, o.limit, n, out + row * n);
  };
}

RowOperation clamp(const Rows& r) {
  const auto o = std::get<ClampOptions>(r.node.options);
  return [f = r.kernels.clamp, o, x = r.in(0), out = r.out(), n = r.width()](int64_t row) {
    f(x + row * n, o.low, o.high, n, out + row * n);
  };
}

RowOperation unary(const Rows& r) {
  return [f = unary_kernel(r.kernels, r.node), x = r.in(0), out = r.out(),
          n = r.width()](int64_t row) { f(x + row * n, n, out + row * n); };
}

RowOperation affine(const Rows& r) {
  const auto o = std::get<AffineOptions>(r.node.options);
  return [f = r.kernels.affine, o, x = r.in(0), out = r.out(), n = r.width()](int64_t row) {
    f(x + row * n, o.scale, o.offset, n, out + row * n);
  };
}

RowOperation softmax(const Rows& r) {
  const int64_t width = r.width(), n = r.node.shape[-1];
  return [f = r.kernels.softmax, x = r.in(0), out = r.out(), width, n](int64_t row) {
    for (int64_t i = row * width; i < (row + 1) * width; i += n) f(x + i, n, out + i);
  };
}

RowOperation rms_norm(const Rows& r) {
  const float eps = std::get<NormOptions>(r.node.options).eps;
  const float* weight = r.node.inputs[1] ? r.in(1) : nullptr;
  const int64_t width = r.width(), n = r.node.shape[-1];
  return [f = r.kernels.rms_norm, x = r.in(0), weight, eps, out = r.out(), width, n](int64_t row) {
    for (int64_t i = row * width; i < (row + 1) * width; i += n) f(x + i, weight, eps, n, out + i);
  };
}

RowOperation layer_norm(const Rows& r) {
  const float eps = std::get<NormOptions>(r.node.options).eps;
  const float* weight = r.node.inputs[1] ? r.in(1) : nullptr;
  const float* bias = r.node.inputs[2] ? r.in(2) : nullptr;
  const int64_t width = r.width(), n = r.node.shape[-1];
  return [f = r.kernels.layer_norm, x = r.in(0), weight, bias, eps, out = r.out(), width,
          n](int64_t row) {
    for (int64_t i = row * width; i < (row + 1) * width; i += n)
      f(x + i, weight, bias, eps, n, out + i);
  };
}

RowOperation weighted_sum(const Rows& r) {
  const int64_t count = r.node.inputs[1]->shape[1], n = r.node.shape[1];
  return [f = r.kernels.weighted_sum, x = r.in(0), weights = r.in(1), count, n,
          out = r.out()](int64_t row) {
    f(x + row * count * n, weights + row * count, count, n, out + row * n);
  };
}

RowOperation rotate(const Rows& r) {
  const auto pairs = std::get<RopePairs>(r.node.options);
  const int64_t heads = r.node.shape[1], head_dim = r.node.shape[2],
                dims = r.node.inputs[1]->shape[1];
  return [f = r.kernels.rotate, x = r.in(0), table = r.in(1), out = r.out(), heads, head_dim, dims,
          pairs](int64_t row) {
    const int64_t at = row * heads * head_dim;
    f(x + at, table + row * dims, heads, head_dim, dims, pairs, out + at);
  };
}

RowOperation rope_table(const Rows& r) {
  const auto o = std::get<RopeOptions>(r.node.options);
  const int64_t half = o.dims / 2;
  std::span<const float> divisors;
  if (r.node.inputs[1]) divisors = {r.in(1), static_cast<size_t>(half)};
  return [frequencies = rope_frequencies(o, divisors), magnitude = double{o.yarn.magnitude},
          positions = r.ids(0), out = r.out(), half](int64_t row) {
    for (int64_t i = 0; i < half; ++i) {
      const double angle = positions[row] * frequencies[static_cast<size_t>(i)];
      out[row * 2 * half + i] = static_cast<float>(magnitude * std::cos(angle));
      out[row * 2 * half + half + i] = static_cast<float>(magnitude * std::sin(angle));
    }
  };
}

RowOperation gather(const Rows& r) {
  const Node* table = r.node.inputs[0];
  const int64_t n = r.width();
  if (table->state) {
    return [state = static_cast<const CpuState*>(table->state), ids = r.ids(1), out = r.out(),
            n](int64_t row) { state->load(ids[row], out + row * n); };
  }
  const int64_t bytes = row_bytes(table->dtype, n);
  return [from = r.address(table), type = table->dtype, bytes, ids = r.ids(1), out = r.out(),
          n](int64_t row) {
    dequantize(type, from + ids[row] * bytes, {out + row * n, static_cast<size_t>(n)});
  };
}

RowOperation store(const Rows& r) {
  const int64_t n = width_of(r.node.inputs[1]->shape);
  return [&kernels = r.kernels, state = static_cast<CpuState*>(r.node.state), x = r.in(1),
          slots = r.ids(2), n](int64_t row) { state->store(kernels, slots[row], x + row * n); };
}

}  // namespace

std::optional<int64_t> rows_of(const Node& node) {
  if (node.op == Op::kStore) return node.inputs[1]->shape[0];
  const int64_t rows = node.shape.rank() < 2 ? 1 : node.shape[0];
  if (node.op == Op::kRows) return node.dtype == DType::kF32 ? std::optional(rows) : std::nullopt;
  if (node.op == Op::kRopeTable) return rows;
  for (const Node* input : node.inputs) {
    if (input && !is_floats(input)) return std::nullopt;
  }
  if (is_binary(node.op)) {
    const Node *a = node.inputs[0], *b = node.inputs[1];
    const bool gate = node.op == Op::kGated || node.op == Op::kSwigluLimited;
    const bool fits = a->shape == b->shape || (is_vector(b) && b->shape[0] == a->shape[-1]) ||
                      (is_column(node) && !gate);
    return fits ? std::optional(rows) : std::nullopt;
  }
  switch (node.op) {
    case Op::kAffine:
    case Op::kExp:
    case Op::kSqrt:
    case Op::kRsqrt:
    case Op::kTanh:
    case Op::kSigmoid:
    case Op::kClamp:
    case Op::kActivate:
    case Op::kSoftmax:
    case Op::kRmsNorm:
    case Op::kLayerNorm:
    case Op::kRotate:
    case Op::kWeightedSum:
      return rows;
    default:
      return std::nullopt;
  }
}

bool reads_own_row(const Node& node, size_t operand) {
  if (node.op == Op::kRows) return false;
  if (node.op == Op::kStore) return operand == 1;
  return operand == 0 || is_binary(node.op) || node.op == Op::kRotate ||
         node.op == Op::kWeightedSum;
}

RowOperation make_row_operation(const Kernels& kernels, const Node& node, const Address& address) {
  const Rows rows{kernels, node, address};
  if (node.op == Op::kSwigluLimited) return swiglu_limited(rows);
  if (is_binary(node.op)) return is_column(node) ? column(rows) : binary(rows);
  switch (node.op) {
    case Op::kAffine:
      return affine(rows);
    case Op::kClamp:
      return clamp(rows);
    case Op::kSoftmax:
      return softmax(rows);
    case Op::kRmsNorm:
      return rms_norm(rows);
    case Op::kLayerNorm:
      return layer_norm(rows);
    case Op::kWeightedSum:
      return weighted_sum(rows);
    case Op::kRotate:
      return rotate(rows);
    case Op::kRopeTable:
      return rope_table(rows);
    case Op::kRows:
      return gather(rows);
    case Op::kStore:
      return store(rows);
    default:
      CRIA_CHECK(unary_kernel(kernels, node));
      return unary(rows);
  }
}

RowOperation make_quantize_operation(const Kernels& kernels, const float* x, int64_t width,
                                     std::byte* out) {
  return [f = kernels.quantize_row, x, width, out, bytes = quantized_row_bytes(width)](
             int64_t row) { f(x + row * width, width, out + row * bytes); };
}

}  // namespace cria::ml::cpu
