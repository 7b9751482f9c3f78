// Primitives that move elements.

#include <algorithm>

#include "ml/primitive_families.h"

namespace cria::ml::primitives {
namespace {

// Copies rows of the result, whose elements lie apart by `strides` in x.
void copy_strided(const Node& node, const float* x,
                  const std::array<int64_t, Shape::kMaxRank>& strides, int64_t first, int64_t last,
                  float* out) {
  const Shape& shape = node.shape;
  if (shape.rank() == 0) {
    *out = *x;
    return;
  }
  const int64_t width = shape[-1], step = strides[static_cast<size_t>(shape.rank() - 1)];
  for (int64_t row = first; row < last; ++row) {
    int64_t source = 0, rest = row;
    for (int i = shape.rank() - 2; i >= 0; --i) {
      source += rest % shape[i] * strides[static_cast<size_t>(i)];
      rest /= shape[i];
    }
    for (int64_t i = 0; i < width; ++i) out[row * width + i] = x[source + i * step];
  }
}

std::array<int64_t, Shape::kMaxRank> strides_of(const Shape& shape) {
  std::array<int64_t, Shape::kMaxRank> strides{};
  int64_t stride = 1;
  for (int i = shape.rank() - 1; i >= 0; --i) {
    strides[static_cast<size_t>(i)] = stride;
    stride *= shape[i];
  }
  return strides;
}

}  // namespace

void repeat(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const Floats values(x[0]);
  const Shape& from = x[0].node->shape;
  auto strides = strides_of(from);
  for (int i = 0; i < from.rank(); ++i) {
    if (from[i] == 1) strides[static_cast<size_t>(i)] = 0;
  }
  copy_strided(node, values.data(), strides, first, last, out);
}

void permute(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const Floats values(x[0]);
  const auto& axes = std::get<PermuteOptions>(node.options).axes;
  const auto from = strides_of(x[0].node->shape);
  std::array<int64_t, Shape::kMaxRank> strides{};
  for (size_t i = 0; i < static_cast<size_t>(node.shape.rank()); ++i)
    strides[i] = from[static_cast<size_t>(axes[i])];
  copy_strided(node, values.data(), strides, first, last, out);
}

void slice(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const auto& o = std::get<SliceOptions>(node.options);
  const Floats values(x[0]);
  const Extent from(x[0].node->shape, o.axis), to(node.shape, o.axis);
  for (int64_t outer = first; outer < last; ++outer) {
    for (int64_t i = 0; i < to.size; ++i) {
      std::copy_n(values.data() + (outer * from.size + o.begin + i * o.step) * from.inner, to.inner,
                  out + (outer * to.size + i) * to.inner);
    }
  }
}

void concat_along(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const Floats a(x[0]), b(x[1]);
  const Extent to(node.shape, std::get<AxisOptions>(node.options).axis);
  const int64_t n = x[0].node->shape.size() / to.outer, m = x[1].node->shape.size() / to.outer;
  for (int64_t outer = first; outer < last; ++outer) {
    float* to_b = std::copy_n(a.data() + outer * n, n, out + outer * (n + m));
    std::copy_n(b.data() + outer * m, m, to_b);
  }
}

void pad(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const auto& o = std::get<PadOptions>(node.options);
  const Floats values(x[0]);
  const Extent from(x[0].node->shape, o.axis);
  const int64_t n = from.size * from.inner;
  for (int64_t outer = first; outer < last; ++outer) {
    float* to = out + outer * (n + (o.before + o.after) * from.inner);
    to = std::fill_n(to, o.before * from.inner, 0.f);
    to = std::copy_n(values.data() + outer * n, n, to);
    std::fill_n(to, o.after * from.inner, 0.f);
  }
}

}  // namespace cria::ml::primitives
