// Primitives that multiply and add: matrices, convolutions, triangles.

#include "ml/primitive_families.h"

namespace cria::ml::primitives {
namespace {

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

// A convolution's sizes, height first; in one dimension the height is 1.
struct Window {
  Window(const Shape& x, const Shape& weight, const Shape& out)
      : channels(weight[1]),
        height(x.rank() == 4 ? x[2] : 1),
        width(x[-1]),
        rows(x.rank() == 4 ? weight[2] : 1),
        columns(weight[-1]),
        out_height(x.rank() == 4 ? out[2] : 1),
        out_width(out[-1]) {}
  int64_t channels, height, width, rows, columns, out_height, out_width;
};

}  // namespace

// Parts are rows of the first operand.
void matmul(const Node&, Operands x, int64_t first, int64_t last, float* out) {
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

// Parts are channels of the result, of all images.
void conv(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const auto& o = std::get<ConvOptions>(node.options);
  const Floats values(x[0]), weights(x[1]);
  std::vector<float> bias(static_cast<size_t>(node.shape[1]));
  if (x.size() > 2) dequantize(x[2].node->dtype, x[2].data, bias);
  const Window w(x[0].node->shape, x[1].node->shape, node.shape);
  const int64_t out_channels = node.shape[1], out_each = out_channels / o.groups;
  for (int64_t part = first; part < last; ++part) {
    const int64_t image = part / out_channels, channel = part % out_channels;
    const float* kernel = weights.data() + channel * w.channels * w.rows * w.columns;
    const float* from =
        values.data() + (image * o.groups + channel / out_each) * w.channels * w.height * w.width;
    for (int64_t at = 0; at < w.out_height * w.out_width; ++at) {
      const int64_t top = at / w.out_width * o.stride[0], left = at % w.out_width * o.stride[1];
      double sum = double{bias[static_cast<size_t>(channel)]};
      for (int64_t i = 0; i < w.channels * w.rows * w.columns; ++i) {
        const int64_t c = i / (w.rows * w.columns), row = i / w.columns % w.rows;
        const int64_t y = top + row * o.dilation[0], z = left + i % w.columns * o.dilation[1];
        sum += double{kernel[i]} * double{from[(c * w.height + y) * w.width + z]};
      }
      out[part * w.out_height * w.out_width + at] = static_cast<float>(sum);
    }
  }
}

void tri(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const auto& o = std::get<TriOptions>(node.options);
  const Floats values(x[0]);
  const int64_t height = node.shape[-2], width = node.shape[-1];
  for (int64_t row = first; row < last; ++row) {
    const int64_t i = row % height;
    for (int64_t j = 0; j < width; ++j) {
      const bool kept = j == i ? o.diagonal : (j < i) == o.lower;
      out[row * width + j] = kept ? values[row * width + j] : 0;
    }
  }
}

// By forward substitution. Parts are matrices.
void solve_tri(const Node& node, Operands x, int64_t first, int64_t last, float* out) {
  const Floats lower(x[0]), b(x[1]);
  const int64_t n = node.shape[-2], m = node.shape[-1];
  std::vector<double> solution(static_cast<size_t>(n));
  for (int64_t matrix = first; matrix < last; ++matrix) {
    for (int64_t column = 0; column < m; ++column) {
      for (int64_t i = 0; i < n; ++i) {
        double rest = double{b[(matrix * n + i) * m + column]};
        for (int64_t j = 0; j < i; ++j)
          rest -= double{lower[(matrix * n + i) * n + j]} * solution[static_cast<size_t>(j)];
        solution[static_cast<size_t>(i)] = rest / double{lower[(matrix * n + i) * n + i]};
        out[(matrix * n + i) * m + column] = static_cast<float>(solution[static_cast<size_t>(i)]);
      }
    }
  }
}

}  // namespace cria::ml::primitives
