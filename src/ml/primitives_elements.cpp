// Primitives of elements and along the last dimension. Parts are rows.

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "ml/primitive_families.h"

namespace cria::ml::primitives {
namespace {

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

// What the functions below go over.
struct Part {
  const Node& node;
  Operands x;
  int64_t first, last;  // rows
  float* out;

  int64_t width() const { return node.shape.rank() == 0 ? 1 : node.shape[-1]; }
};

template <class F>
void binary(const Part& part, F f) {
  const Floats a(part.x[0]), b(part.x[1]);
  const Shape &shape = part.x[0].node->shape, &other = part.x[1].node->shape;
  const int64_t width = part.width(), other_width = other.rank() == 0 ? 1 : other[-1];
  for (int64_t row = part.first; row < part.last; ++row) {
    const int64_t other_row = broadcast_row(shape, other, row) * other_width;
    for (int64_t i = 0; i < width; ++i) {
      part.out[row * width + i] = static_cast<float>(
          f(double{a[row * width + i]}, double{b[other_row + (other_width == 1 ? 0 : i)]}));
    }
  }
}

template <class F>
void unary(const Part& part, F f) {
  const Floats x(part.x[0]);
  for (int64_t i = part.first * part.width(); i < part.last * part.width(); ++i)
    part.out[i] = static_cast<float>(f(double{x[i]}));
}

template <class F>
void reduce(const Part& part, double start, F f) {
  const Floats x(part.x[0]);
  const int64_t width = part.x[0].node->shape[-1];
  for (int64_t row = part.first; row < part.last; ++row) {
    double value = start;
    for (int64_t i = 0; i < width; ++i) value = f(value, double{x[row * width + i]});
    part.out[row] = static_cast<float>(value);
  }
}

void cumsum(const Part& part) {
  const Floats x(part.x[0]);
  for (int64_t row = part.first; row < part.last; ++row) {
    double sum = 0;
    for (int64_t i = row * part.width(); i < (row + 1) * part.width(); ++i)
      part.out[i] = static_cast<float>(sum += double{x[i]});
  }
}

double clamped(double x, const ClampOptions& o) {
  return x < double{o.low} ? double{o.low} : x > double{o.high} ? double{o.high} : x;
}

}  // namespace

void elementwise(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const Part part{node, x, first, last, out};
  switch (node.op) {
    case Op::kAdd:
      return binary(part, [](double a, double b) { return a + b; });
    case Op::kSub:
      return binary(part, [](double a, double b) { return a - b; });
    case Op::kMul:
      return binary(part, [](double a, double b) { return a * b; });
    case Op::kDiv:
      return binary(part, [](double a, double b) { return a / b; });
    case Op::kAffine: {
      const auto& o = std::get<AffineOptions>(node.options);
      return unary(part, [&](double v) { return v * double{o.scale} + double{o.offset}; });
    }
    case Op::kExp:
      return unary(part, [](double v) { return std::exp(v); });
    case Op::kLog:
      return unary(part, [](double v) { return std::log(v); });
    case Op::kSqrt:
      return unary(part, [](double v) { return std::sqrt(v); });
    case Op::kRsqrt:
      return unary(part, [](double v) { return 1 / std::sqrt(v); });
    case Op::kSin:
      return unary(part, [](double v) { return std::sin(v); });
    case Op::kCos:
      return unary(part, [](double v) { return std::cos(v); });
    case Op::kTanh:
      return unary(part, [](double v) { return std::tanh(v); });
    case Op::kErf:
      return unary(part, [](double v) { return std::erf(v); });
    case Op::kSigmoid:
      return unary(part, [](double v) { return 1 / (1 + std::exp(-v)); });
    case Op::kSoftplus:  // exp() must not overflow
      return unary(part,
                   [](double v) { return std::max(v, 0.0) + std::log1p(std::exp(-std::abs(v))); });
    case Op::kClamp: {
      const auto& o = std::get<ClampOptions>(node.options);
      return unary(part, [&](double v) { return clamped(v, o); });
    }
    default:
      CRIA_CHECK(node.op == Op::kReshape);
      return unary(part, [](double v) { return v; });
  }
}

void reduction(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const Part part{node, x, first, last, out};
  if (node.op == Op::kCumsum) return cumsum(part);
  if (node.op == Op::kSum) return reduce(part, 0, [](double a, double b) { return a + b; });
  reduce(part, -std::numeric_limits<double>::infinity(),
         [](double a, double b) { return b > a || std::isnan(b) ? b : a; });
}

// NaN comes last, so that the order is one.
void top_k(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const auto& o = std::get<TopKOptions>(node.options);
  const Floats values(x[0]);
  const int64_t n = x[0].node->shape[-1];
  for (int64_t row = first; row < last; ++row) {
    const float* v = values.data() + row * n;
    const auto before = [&](int32_t a, int32_t b) {
      if (std::isnan(v[a]) || std::isnan(v[b])) {
        return std::isnan(v[a]) == std::isnan(v[b]) ? a < b : std::isnan(v[b]);
      }
      if (v[a] == v[b]) return a < b;
      return o.smallest ? v[a] < v[b] : v[a] > v[b];
    };
    // A heap of the first k so far, the last of them on top.
    int32_t* const heap = reinterpret_cast<int32_t*>(out) + row * o.k;
    int32_t* end = heap;
    for (int32_t i = 0; i < n && o.k > 0; ++i) {
      if (end == heap + o.k) {
        if (!before(i, *heap)) continue;
        std::pop_heap(heap, end--, before);
      }
      *end++ = i;
      std::push_heap(heap, end, before);
    }
    std::sort_heap(heap, end, before);
  }
}

}  // namespace cria::ml::primitives
