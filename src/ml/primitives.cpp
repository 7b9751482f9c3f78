#include "ml/primitives.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/error.h"
#include "ml/formats.h"
#include "ml/ops.h"

namespace cria::ml {
namespace {

// An operand's elements as floats, converted when it has another type.
class Floats {
 public:
  explicit Floats(const Operand& operand) {
    if (operand.node->dtype == DType::kF32) {
      data_ = reinterpret_cast<const float*>(operand.data);
      return;
    }
    converted_.resize(static_cast<size_t>(operand.node->shape.size()));
    dequantize(operand.node->dtype, operand.data, converted_);
    data_ = converted_.data();
  }
  float operator[](int64_t i) const { return data_[i]; }
  const float* data() const { return data_; }

 private:
  const float* data_;
  std::vector<float> converted_;
};

const int32_t* ints(const Operand& operand) {
  return reinterpret_cast<const int32_t*>(operand.data);
}

// Index of a row of `shape` (without its last dimension) in an operand that is repeated to that
// shape.
int64_t broadcast_row(const Shape& shape, const Shape& operand, int64_t row) {
  int64_t index = 0, stride = 1;
  for (int i = 2; i <= shape.rank(); ++i) {
    const int64_t at = row % shape[-i];
    row /= shape[-i];
    if (i <= operand.rank()) {
      index += (operand[-i] == 1 ? 0 : at) * stride;
      stride *= operand[-i];
    }
  }
  return index;
}

template <class F>
void binary(std::span<const Operand> operands, float* out, F f) {
  const Floats a(operands[0]), b(operands[1]);
  const Shape &shape = operands[0].node->shape, &other = operands[1].node->shape;
  const int64_t width = shape[-1], other_width = other.rank() == 0 ? 1 : other[-1];
  for (int64_t row = 0; row < shape.rows(); ++row) {
    const int64_t other_row = broadcast_row(shape, other, row) * other_width;
    for (int64_t i = 0; i < width; ++i) {
      out[row * width + i] = static_cast<float>(
          f(double{a[row * width + i]}, double{b[other_row + (other_width == 1 ? 0 : i)]}));
    }
  }
}

template <class F>
void unary(const Node& node, std::span<const Operand> operands, float* out, F f) {
  const Floats x(operands[0]);
  for (int64_t i = 0; i < node.shape.size(); ++i) out[i] = static_cast<float>(f(double{x[i]}));
}

template <class F>
void reduce(std::span<const Operand> operands, float* out, double start, F f) {
  const Floats x(operands[0]);
  const Shape& shape = operands[0].node->shape;
  for (int64_t row = 0; row < shape.rows(); ++row) {
    double value = start;
    for (int64_t i = 0; i < shape[-1]; ++i) value = f(value, double{x[row * shape[-1] + i]});
    out[row] = static_cast<float>(value);
  }
}

void permute(const Node& node, std::span<const Operand> operands, float* out) {
  const Floats x(operands[0]);
  const Shape& from = operands[0].node->shape;
  const auto& axes = std::get<PermuteOptions>(node.options).axes;
  std::array<int64_t, Shape::kMaxRank> strides{}, at{};
  for (int i = 0; i < from.rank(); ++i) {
    int64_t stride = 1;
    for (int j = axes[static_cast<size_t>(i)] + 1; j < from.rank(); ++j) stride *= from[j];
    strides[static_cast<size_t>(i)] = stride;
  }
  for (int64_t n = 0, source = 0; n < node.shape.size(); ++n) {
    out[n] = x[source];
    for (int i = node.shape.rank() - 1; i >= 0; --i) {
      const size_t d = static_cast<size_t>(i);
      source += strides[d];
      if (++at[d] < node.shape[i]) break;
      source -= at[d] * strides[d];
      at[d] = 0;
    }
  }
}

void slice(const Node& node, std::span<const Operand> operands, float* out) {
  const auto& o = std::get<SliceOptions>(node.options);
  const Floats x(operands[0]);
  const Shape& from = operands[0].node->shape;
  int64_t inner = 1, outer = 1;
  for (int i = 0; i < from.rank(); ++i) (i < o.axis ? outer : inner) *= i == o.axis ? 1 : from[i];
  const int64_t count = (o.end - o.begin) * inner;
  for (int64_t i = 0; i < outer; ++i) {
    std::copy_n(x.data() + (i * from[o.axis] + o.begin) * inner, count, out + i * count);
  }
}

void concat(const Node& node, std::span<const Operand> operands, float* out) {
  const Floats a(operands[0]), b(operands[1]);
  const int64_t n = operands[0].node->shape[-1], m = operands[1].node->shape[-1];
  for (int64_t row = 0; row < node.shape.rows(); ++row) {
    out = std::copy_n(a.data() + row * n, n, out);
    out = std::copy_n(b.data() + row * m, m, out);
  }
}

void rows(const Node& node, std::span<const Operand> operands, float* out) {
  const Node& table = *operands[0].node;
  const int64_t width = table.shape.size() / std::max<int64_t>(1, table.shape[0]);
  for (int64_t i = 0; i < node.shape[0]; ++i, out += width) {
    const int64_t id = ints(operands[1])[i];
    if (id < 0 || id >= table.shape[0]) {
      fail(Error::Code::kInvalidArgument, "rows: id ", id, " of ", describe(&table),
           ", expected 0 to ", table.shape[0] - 1);
    }
    dequantize(table.dtype, operands[0].data + id * row_bytes(table.dtype, width),
               {out, static_cast<size_t>(width)});
  }
}

void history_mask(const Node& node, std::span<const Operand> operands, float* out) {
  const auto& o = std::get<AttentionOptions>(node.options);
  const int64_t slots = node.shape[1], blocks = operands[1].node->shape[1];
  std::fill_n(out, node.shape.size(), -std::numeric_limits<float>::infinity());
  for (int64_t t = 0; t < node.shape[0]; ++t) {
    const int32_t* table = ints(operands[1]) + ints(operands[2])[t] * blocks;
    const int64_t position = ints(operands[3])[t];
    for (int64_t p = o.window ? std::max<int64_t>(0, position - o.window + 1) : 0; p <= position;
         ++p) {
      out[t * slots + table[p / o.block_size] * o.block_size + p % o.block_size] = 0;
    }
  }
}

void rope_table(const Node& node, std::span<const Operand> operands, float* out) {
  const auto& o = std::get<RopeOptions>(node.options);
  const int64_t half = o.dims / 2;
  const bool has_factors = operands.size() > 1 && operands[1].node;
  std::vector<float> factors(static_cast<size_t>(half), 1.f);
  if (has_factors) dequantize(operands[1].node->dtype, operands[1].data, factors);
  for (int64_t t = 0; t < node.shape[0]; ++t) {
    for (int64_t i = 0; i < half; ++i) {
      const double frequency =
          std::pow(double{o.base}, -2.0 * static_cast<double>(i) / static_cast<double>(o.dims));
      const double angle = ints(operands[0])[t] * double{o.scale} * frequency /
                           double{factors[static_cast<size_t>(i)]};
      out[t * o.dims + i] = static_cast<float>(std::cos(angle));
      out[t * o.dims + half + i] = static_cast<float>(std::sin(angle));
    }
  }
}

// Eight sums in a fixed order: the compiler may keep them in vectors.
double dot(const float* a, const float* b, int64_t n) {
  double sums[8] = {};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int j = 0; j < 8; ++j) sums[j] += double{a[i + j]} * double{b[i + j]};
  }
  double rest = 0;
  for (; i < n; ++i) rest += double{a[i]} * double{b[i]};
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) +
         rest;
}

}  // namespace

void evaluate(const Node& node, std::span<const Operand> x, float* out) {
  switch (node.op) {
    case Op::kAdd:
      return binary(x, out, [](double a, double b) { return a + b; });
    case Op::kSub:
      return binary(x, out, [](double a, double b) { return a - b; });
    case Op::kMul:
      return binary(x, out, [](double a, double b) { return a * b; });
    case Op::kDiv:
      return binary(x, out, [](double a, double b) { return a / b; });
    case Op::kAffine: {
      const auto& o = std::get<AffineOptions>(node.options);
      return unary(node, x, out, [&](double v) { return v * double{o.scale} + double{o.offset}; });
    }
    case Op::kExp:
      return unary(node, x, out, [](double v) { return std::exp(v); });
    case Op::kRsqrt:
      return unary(node, x, out, [](double v) { return 1 / std::sqrt(v); });
    case Op::kSigmoid:
      return unary(node, x, out, [](double v) { return 1 / (1 + std::exp(-v)); });
    case Op::kSum:
      return reduce(x, out, 0, [](double a, double b) { return a + b; });
    case Op::kMax:
      return reduce(x, out, -std::numeric_limits<double>::infinity(),
                    [](double a, double b) { return b > a || std::isnan(b) ? b : a; });
    case Op::kReshape:
      return unary(node, x, out, [](double v) { return v; });
    case Op::kPermute:
      return permute(node, x, out);
    case Op::kSlice:
      return slice(node, x, out);
    case Op::kConcat:
      return concat(node, x, out);
    case Op::kRows:
      return rows(node, x, out);
    case Op::kHistoryMask:
      return history_mask(node, x, out);
    case Op::kRopeTable:
      return rope_table(node, x, out);
    default:
      fail(Error::Code::kUnsupported, info(node.op).name, " is not a primitive");
  }
}

void evaluate_matmul(const Node&, std::span<const Operand> x, int64_t first, int64_t last,
                     float* out) {
  const Node &a = *x[0].node, &b = *x[1].node;
  const Floats vectors(x[1]);
  const int64_t k = a.shape[-1], m = a.shape[-2];
  const int64_t matrices = a.shape.rank() == 3 ? a.shape[0] : 1;
  const int64_t vectors_each = b.shape.rows() / std::max<int64_t>(1, matrices);
  std::vector<float> row(static_cast<size_t>(k));
  for (int64_t matrix = 0; matrix < matrices; ++matrix) {
    const int64_t base = matrix * vectors_each;
    for (int64_t r = first; r < last; ++r) {
      dequantize(a.dtype, x[0].data + (matrix * m + r) * row_bytes(a.dtype, k), row);
      for (int64_t v = base; v < base + vectors_each; ++v) {
        out[v * m + r] = static_cast<float>(dot(row.data(), vectors.data() + v * k, k));
      }
    }
  }
}

void evaluate_store(const Node&, std::span<const Operand> x, std::byte* state) {
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
