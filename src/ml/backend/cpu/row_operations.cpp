#include "ml/backend/cpu/row_operations.h"

#include <cmath>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/state.h"
#include "ml/formats.h"
#include "ml/ops.h"

namespace cria::ml::cpu {
namespace {

int64_t width_of(const Shape& shape) {
  return shape.rank() < 2 ? shape.size() : shape.size() / std::max<int64_t>(1, shape[0]);
}

bool is_binary(Op op) {
  return op == Op::kAdd || op == Op::kSub || op == Op::kMul || op == Op::kDiv || op == Op::kSwiglu;
}

// The second operand as one vector for all rows.
bool is_vector(const Node* node) { return node->shape.rank() == 1 && node->index < 0; }

Kernels::Binary binary_kernel(const Kernels& kernels, Op op) {
  switch (op) {
    case Op::kAdd:
      return kernels.add;
    case Op::kSub:
      return kernels.sub;
    case Op::kMul:
      return kernels.mul;
    case Op::kDiv:
      return kernels.div;
    default:
      return kernels.swiglu;
  }
}

Kernels::Unary unary_kernel(const Kernels& kernels, Op op) {
  switch (op) {
    case Op::kSilu:
      return kernels.silu;
    case Op::kExp:
      return kernels.exp;
    case Op::kSigmoid:
      return kernels.sigmoid;
    case Op::kRsqrt:
      return kernels.rsqrt;
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
  return [f = binary_kernel(r.kernels, r.node.op), a = r.in(0), b = r.in(1), out = r.out(), width,
          n, vector](int64_t row) {
    for (int64_t i = 0; i < width; i += n) {
      f(a + row * width + i, b + (vector ? 0 : row * width + i), n, out + row * width + i);
    }
  };
}

RowOperation unary(const Rows& r) {
  return [f = unary_kernel(r.kernels, r.node.op), x = r.in(0), out = r.out(),
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
  std::vector<double> frequencies;
  for (int64_t i = 0; i < half; ++i) {
    const double divisor = r.node.inputs[1] ? double{r.in(1)[i]} : 1;
    frequencies.push_back(
        double{o.scale} *
        std::pow(double{o.base}, -2.0 * static_cast<double>(i) / static_cast<double>(o.dims)) /
        divisor);
  }
  return [frequencies, positions = r.ids(0), out = r.out(), half](int64_t row) {
    for (int64_t i = 0; i < half; ++i) {
      const double angle = positions[row] * frequencies[static_cast<size_t>(i)];
      out[row * 2 * half + i] = static_cast<float>(std::cos(angle));
      out[row * 2 * half + half + i] = static_cast<float>(std::sin(angle));
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
  if (is_binary(node.op)) {
    const Node *a = node.inputs[0], *b = node.inputs[1];
    const bool fits = a->shape == b->shape ? b->dtype == DType::kF32 && b->index >= 0
                                           : is_vector(b) && b->shape[0] == a->shape[-1];
    return fits ? std::optional(rows) : std::nullopt;
  }
  switch (node.op) {
    case Op::kAffine:
    case Op::kExp:
    case Op::kRsqrt:
    case Op::kSigmoid:
    case Op::kSilu:
    case Op::kSoftmax:
    case Op::kRmsNorm:
    case Op::kRotate:
    case Op::kRopeTable:
    case Op::kRows:
      return rows;
    default:
      return std::nullopt;
  }
}

bool reads_own_row(const Node& node, size_t operand) {
  if (node.op == Op::kRows) return false;
  if (node.op == Op::kStore) return operand == 1;
  return operand == 0 || is_binary(node.op) || node.op == Op::kRotate;
}

RowOperation make_row_operation(const Kernels& kernels, const Node& node, const Address& address) {
  const Rows rows{kernels, node, address};
  if (is_binary(node.op)) return binary(rows);
  switch (node.op) {
    case Op::kAffine:
      return affine(rows);
    case Op::kSoftmax:
      return softmax(rows);
    case Op::kRmsNorm:
      return rms_norm(rows);
    case Op::kRotate:
      return rotate(rows);
    case Op::kRopeTable:
      return rope_table(rows);
    case Op::kRows:
      return gather(rows);
    case Op::kStore:
      return store(rows);
    default:
      CRIA_CHECK(unary_kernel(kernels, node.op));
      return unary(rows);
  }
}

RowOperation make_quantize_operation(const Kernels& kernels, const float* x, int64_t width,
                                     std::byte* out) {
  return [f = kernels.quantize_row, x, width, out, bytes = quantized_row_bytes(width)](
             int64_t row) { f(x + row * width, width, out + row * bytes); };
}

}  // namespace cria::ml::cpu
