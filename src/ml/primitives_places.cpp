// Primitives that depend on ids or positions.

#include <algorithm>
#include <cmath>
#include <limits>

#include "ml/primitive_families.h"
#include "ml/rope.h"

namespace cria::ml::primitives {
namespace {

// Finds ids, repeated along dimensions where they have size 1.
class Ids {
 public:
  Ids(const Operand& ids, int axis) : data_(ints(ids)), shape_(ids.node->shape), axis_(axis) {}

  // For index (outer, i, inner) in a shape of these sizes outside and inside of the dimension.
  int32_t at(const Shape& shape, int64_t outer, int64_t i, int64_t inner) const {
    int64_t index = 0, stride = 1;
    for (int d = shape_.rank() - 1; d >= 0; --d) {
      int64_t& rest = d > axis_ ? inner : outer;
      const int64_t at = d == axis_ ? i : rest % shape[d];
      if (d != axis_) rest /= shape[d];
      if (shape_[d] != 1) index += at * stride;
      stride *= shape_[d];
    }
    return data_[index];
  }

 private:
  const int32_t* data_;
  const Shape& shape_;
  int axis_;
};

}  // namespace

void rows(const Node&, Operands x, int64_t first, int64_t last, float* out) {
  const Node& table = *x[0].node;
  const int64_t width = table.shape.size() / std::max<int64_t>(1, table.shape[0]);
  for (int64_t i = first; i < last; ++i) {
    const int64_t id = checked_id(ints(x[1])[i], table.shape[0]);
    const std::byte* row = x[0].data + id * row_bytes(table.dtype, width);
    if (table.dtype == DType::kI32) {
      std::copy_n(reinterpret_cast<const int32_t*>(row), width,
                  reinterpret_cast<int32_t*>(out) + i * width);
    } else {
      dequantize(table.dtype, row, {out + i * width, static_cast<size_t>(width)});
    }
  }
}

void gather(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const int axis = std::get<AxisOptions>(node.options).axis;
  const Floats values(x[0]);
  const Ids ids(x[1], axis);
  const Extent from(x[0].node->shape, axis), to(node.shape, axis);
  for (int64_t outer = first; outer < last; ++outer) {
    for (int64_t i = 0; i < to.size; ++i) {
      for (int64_t inner = 0; inner < to.inner; ++inner) {
        const int64_t id = checked_id(ids.at(node.shape, outer, i, inner), from.size);
        out[(outer * to.size + i) * to.inner + inner] =
            values[(outer * from.size + id) * from.inner + inner];
      }
    }
  }
}

void scatter(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const int axis = std::get<AxisOptions>(node.options).axis;
  const Floats values(x[0]);
  const Ids ids(x[1], axis);
  const Shape& shape = x[0].node->shape;
  const Extent from(shape, axis), to(node.shape, axis);
  std::fill(out + first * to.size * to.inner, out + last * to.size * to.inner, 0.f);
  for (int64_t outer = first; outer < last; ++outer) {
    for (int64_t i = 0; i < from.size; ++i) {
      for (int64_t inner = 0; inner < from.inner; ++inner) {
        const int64_t id = checked_id(ids.at(shape, outer, i, inner), to.size);
        out[(outer * to.size + id) * to.inner + inner] +=
            values[(outer * from.size + i) * from.inner + inner];
      }
    }
  }
}

void history_mask(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const auto& o = std::get<AttentionOptions>(node.options);
  const int64_t slots = node.shape[1], blocks = x[1].node->shape[1];
  for (int64_t t = first; t < last; ++t) {
    std::fill_n(out + t * slots, slots, -std::numeric_limits<float>::infinity());
    const int32_t* table = ints(x[1]) + ints(x[2])[t] * blocks;
    const int64_t position = ints(x[3])[t];
    const int64_t begin = x.size() > 4 ? ints(x[4])[t] : 0;
    for (int64_t p = o.window ? std::max(begin, position - o.window + 1) : begin; p <= position;
         ++p) {
      out[t * slots + table[p / o.block_size] * o.block_size + p % o.block_size] = 0;
    }
  }
}

void rope_table(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const auto& o = std::get<RopeOptions>(node.options);
  const int64_t half = o.dims / 2;
  std::vector<float> divisors(x.size() > 1 ? static_cast<size_t>(half) : 0);
  if (x.size() > 1) dequantize(x[1].node->dtype, x[1].data, divisors);
  const std::vector<double> frequencies = rope_frequencies(o, divisors);
  const double magnitude = double{o.yarn.magnitude};
  for (int64_t t = first; t < last; ++t) {
    for (int64_t i = 0; i < half; ++i) {
      const double angle = ints(x[0])[t] * frequencies[static_cast<size_t>(i)];
      out[t * o.dims + i] = static_cast<float>(magnitude * std::cos(angle));
      out[t * o.dims + half + i] = static_cast<float>(magnitude * std::sin(angle));
    }
  }
}

}  // namespace cria::ml::primitives
