// Cases of activations, of what moves elements, of experts, convolutions and triangles.

#include <limits>

#include "base/error.h"
#include "tests/ops/op_cases.h"

namespace cria::ml {
namespace {

constexpr double kQuantized = 5e-4;

using Cases = std::vector<OpCase>;

Tensor rows_of_state(CaseInputs& in, Tensor state, std::vector<int32_t> slots) {
  return rows(state, in.integers(std::move(slots)));
}

void add_functions(Cases& cases, const Shape& shape) {
  const auto add = [&](Op op, float low, float high, double bound, auto f) {
    cases.push_back({op, concat(info(op).name, ' ', shape), bound,
                     [=](CaseInputs& in) { return f(in.input(shape, low, high)); }});
  };
  add(Op::kLog, 1e-3f, 30, kExact, [](Tensor x) { return log(x); });
  add(Op::kSqrt, 0, 30, kExact, [](Tensor x) { return sqrt(x); });
  add(Op::kSin, -9, 9, kExact, [](Tensor x) { return sin(x); });
  add(Op::kCos, -9, 9, kExact, [](Tensor x) { return cos(x); });
  add(Op::kTanh, -9, 9, kInexact, [](Tensor x) { return tanh(x); });
  add(Op::kTanh, -0.01f, 0.01f, kInexact, [](Tensor x) { return tanh(x); });
  add(Op::kErf, -4, 4, kExact, [](Tensor x) { return erf(x); });
  add(Op::kClamp, -9, 9, kExact, [](Tensor x) { return clamp(x, -2, 3); });
  add(Op::kSoftplus, -30, 30, kInexact, [](Tensor x) { return softplus(x); });
  add(Op::kCumsum, -1, 1, kInexact, [](Tensor x) { return cumsum(x); });
  add(Op::kAffine, -1, 1, kInexact, [](Tensor x) { return -x + softcap(x * 99.f, 30); });
  add(Op::kSum, -1, 1, kInexact, [](Tensor x) { return variance(x) + mean(square(x)); });
  add(Op::kDiv, -1, 1, kInexact, [](Tensor x) { return l2_norm(x, 1e-6f); });
  add(Op::kDiv, -1, 1, kInexact, [](Tensor x) { return l2_norm(x * 0.f, 1e-6f) + x; });
  add(Op::kTopK, -1, 1, kExact, [](Tensor x) { return argsort(x); });
  add(Op::kTopK, -1, 1, kExact, [](Tensor x) { return top_k(x, (x.dim(-1) + 2) / 3); });
}

void add_activations(Cases& cases, const Shape& shape) {
  for (int i = 0; i < kActivations; ++i) {
    const auto kind = static_cast<Activation>(i);
    cases.push_back({Op::kActivate, concat("activate ", i, ' ', shape), kInexact,
                     [=](CaseInputs& in) { return activate(in.input(shape, -6, 6), kind); }});
    cases.push_back({Op::kGated, concat("gated ", i, ' ', shape), kInexact, [=](CaseInputs& in) {
                       const Tensor gate = in.input(shape, -6, 6);
                       return gated(gate, in.input(shape), kind);
                     }});
  }
  cases.push_back(
      {Op::kSwigluLimited, concat("swiglu_limited ", shape), kInexact, [=](CaseInputs& in) {
         const Tensor gate = in.input(shape, -9, 9);
         return swiglu_limited(gate, in.input(shape, -9, 9), 1.702f, 7);
       }});
  for (const bool weight : {false, true}) {
    for (const bool bias : {false, true}) {
      cases.push_back({Op::kLayerNorm, concat("layer_norm ", shape, weight, bias), kInexact,
                       [=](CaseInputs& in) {
                         const Tensor x = in.input(shape, 1, 9);
                         const Shape last{shape[-1]};
                         return layer_norm(x, weight ? in.weight(DType::kF32, last) : Tensor{},
                                           bias ? in.weight(DType::kF16, last) : Tensor{}, 1e-2f) +
                                x * 0.01f;
                       }});
    }
  }
}

void add_columns(Cases& cases) {
  const auto add = [&](Op op, auto f) {
    cases.push_back(
        {op, concat(info(op).name, " of a number for each vector"), kExact, [=](CaseInputs& in) {
           const Tensor x = in.input({3, 4, 37});
           return f(x, in.input({3, 4, 1}, 0.5f, 2));
         }});
  };
  add(Op::kAdd, [](Tensor x, Tensor y) { return x + y; });
  add(Op::kSub, [](Tensor x, Tensor y) { return x - y; });
  add(Op::kMul, [](Tensor x, Tensor y) { return x * y; });
  add(Op::kDiv, [](Tensor x, Tensor y) { return x / y; });
  cases.push_back({Op::kAdd, "add of activations to a weight matrix", kExact, [](CaseInputs& in) {
                     return in.weight(DType::kF16, {3, 37}) + in.input({3, 37});
                   }});
}

void add_moves(Cases& cases) {
  for (int axis = -3; axis < 3; ++axis) {
    const auto add = [&](Op op, auto f) {
      cases.push_back({op, concat(info(op).name, " along ", axis), kExact, [=](CaseInputs& in) {
                         return f(in, in.input({4, 5, 6}), axis);
                       }});
    };
    add(Op::kConcat, [](CaseInputs& in, Tensor x, int i) {
      return concat_along(i, x, in.input(x.shape().with(i, 3)));
    });
    add(Op::kPad, [](CaseInputs&, Tensor x, int i) { return pad(x, i, 2, 1); });
    add(Op::kSlice, [](CaseInputs&, Tensor x, int i) { return slice(x, i, 1, 4, 2); });
    add(Op::kRepeat, [](CaseInputs&, Tensor x, int i) {
      return repeat(slice(x, i, 1, 2), x.shape().with(i, 7));
    });
    add(Op::kGather, [](CaseInputs&, Tensor x, int i) {
      const Tensor ids = top_k(slice(x, 2, 0, 4), 4);  // [4, 5, 4], below 4
      const Shape shape = x.shape().with(i, 3);
      return gather(x,
                    slice(slice(slice(repeat(slice(ids, 2, 0, 1), {4, 5, 6}), 0, 0, shape[0]), 1, 0,
                                shape[1]),
                          2, 0, shape[2]),
                    i);
    });
    add(Op::kScatter, [](CaseInputs& in, Tensor x, int i) {
      Shape shape{1, 1, 1};
      std::vector<int32_t> ids;
      for (int64_t n = 0; n < x.dim(i); ++n) ids.push_back(static_cast<int32_t>(n * 5 % 8));
      return scatter(x, in.integers(ids).reshape(shape.with(i, x.dim(i))), i, 9);
    });
  }
  cases.push_back(
      {Op::kScatter, "scatter of two elements to one place", kExact, [](CaseInputs& in) {
         const Tensor x = in.input({2, 3});
         return scatter(x, in.integers({1, 0, 1}).reshape({1, 3}), 1, 2);
       }});
  cases.push_back({Op::kRows, "rows of integers", kExact, [](CaseInputs& in) {
                     const Tensor table = in.integers({1, 2, 3, 4, 5, 6}).reshape({3, 2});
                     return rows(table, in.integers({2, 0, 2}));
                   }});
  cases.push_back({Op::kTopK, "top_k of equal numbers", kExact, [](CaseInputs& in) {
                     return top_k(in.input({2, 9}) * 0.f, 5);
                   }});
}

void add_experts(Cases& cases, DType type, int64_t rows, int64_t cols) {
  for (const int64_t tokens : {1, 2, 7, 70}) {
    for (const bool row_per_expert : {false, true}) {
      const auto name = concat("experts_matmul ", info(type).name, " [9, ", rows, ", ", cols,
                               "] with ", tokens, row_per_expert ? " x 3" : "");
      cases.push_back({Op::kExpertsMatmul, name, is_quantized(type) ? kQuantized : kInexact,
                       [=](CaseInputs& in) {
                         const Tensor ids = top_k(in.input({tokens, 9}), 3);
                         const Tensor x = row_per_expert ? in.input({tokens, 3, cols})
                                                         : in.input({tokens, cols});
                         const Tensor up = in.weight(type, {9, rows, cols}),
                                      gate = in.weight(type, {9, 2 * rows, cols});
                         return concat_along(-1, experts_matmul(up, x, ids),
                                             experts_matmul(gate, x, ids));
                       }});
    }
  }
}

void add_products(Cases& cases) {
  for (const auto& [type, rows, cols] : {std::tuple<DType, int64_t, int64_t>{DType::kF32, 33, 37},
                                         {DType::kF16, 16, 40},
                                         {DType::kQ8_0, 300, 64},
                                         {DType::kQ4_0, 15, 96}}) {
    add_experts(cases, type, rows, cols);
  }
  cases.push_back(
      {Op::kExpertsMatmul, "experts_matmul of activations", kInexact, [](CaseInputs& in) {
         const Tensor experts = in.input({4, 5, 6});
         return experts_matmul(experts, in.input({3, 6}),
                               in.integers({3, 0, 1, 2, 0, 3}).reshape({3, 2}));
       }});
  for (const Shape& shape : {Shape{1, 1, 1}, Shape{3, 2, 37}, Shape{5, 8, 64}}) {
    cases.push_back(
        {Op::kWeightedSum, concat("weighted_sum ", shape), kInexact, [=](CaseInputs& in) {
           const Tensor x = in.input(shape);
           return weighted_sum(x, in.input({shape[0], shape[1]}));
         }});
  }
}

void add_convolutions(Cases& cases) {
  const auto add = [&](std::string name, Shape x, Shape weight, ConvOptions options, bool bias) {
    cases.push_back({Op::kConv, "conv " + name, kInexact, [=](CaseInputs& in) {
                       const Tensor from = in.input(x);
                       return conv(from, in.weight(DType::kF32, weight),
                                   bias ? in.weight(DType::kF32, {weight[0]}) : Tensor{}, options);
                     }});
  };
  add("in one dimension", {2, 3, 17}, {4, 3, 5}, {}, true);
  add("with strides and dilation", {1, 3, 17}, {4, 3, 3}, {.stride = {1, 2}, .dilation = {1, 3}},
      false);
  add("depthwise", {2, 6, 9}, {6, 1, 4}, {.groups = 6}, true);
  add("in groups", {1, 6, 9}, {4, 3, 2}, {.groups = 2}, false);
  add("in two dimensions", {2, 3, 8, 11}, {5, 3, 3, 2}, {.stride = {2, 1}, .dilation = {1, 2}},
      true);
  add("of patches", {1, 3, 12, 8}, {7, 3, 4, 4}, {.stride = {4, 4}}, false);
}

// Tokens of two sequences; what they leave in their states, and what others' states are, too.
void add_recurrences(Cases& cases) {
  const auto add = [&](Op op, int64_t rows, int64_t dim, auto f) {
    cases.push_back(
        {op, concat(info(op).name, " [", rows, ", ", dim, "]"), kInexact, [=](CaseInputs& in) {
           const Recurrence past{in.state(StateRole::kValues, DType::kF32, {32, rows, dim}, 16),
                                 in.integers({3, 3, 19, 3, 19, 19, 3})};
           const Tensor y = f(in, past);
           const Tensor left = rows_of_state(in, past.state, {3, 19, 4});
           const int64_t n = y.shape().size(), m = left.shape().size();
           return concat_along(0, y.reshape({n}), left.reshape({m}));
         }});
  };
  for (const bool bias : {false, true}) {
    for (const auto& [channels, kernel] : {std::pair<int64_t, int64_t>{37, 4}, {8, 2}}) {
      add(Op::kCausalConv, kernel - 1, channels,
          [=, c = channels, k = kernel](CaseInputs& in, const Recurrence& past) {
            return causal_conv(in.input({7, c}), in.weight(DType::kF32, {c, k}),
                               bias ? in.weight(DType::kF32, {c}) : Tensor{}, past);
          });
    }
  }
  for (const int64_t rates : {1, 5}) {
    add(Op::kSsmScan, 4, 15, [=](CaseInputs& in, const Recurrence& past) {
      const Tensor x = in.input({7, 4, 3}), dt = in.input({7, 4}, 0, 1);
      const Tensor a = in.input({4, rates}, -2, 0), b = in.input({7, 2, 5});
      return ssm_scan(x, dt, a, b, in.input({7, 2, 5}), past);
    });
  }
  add(Op::kDeltaRule, 4, 35, [=](CaseInputs& in, const Recurrence& past) {
    const Tensor q = in.input({7, 4, 5}), k = l2_norm(in.input({7, 4, 5}), 1e-6f);
    const Tensor v = in.input({7, 4, 7}), gate = in.input({7, 4}, -1, 0);
    return delta_rule(q, k, v, gate, in.input({7, 4}, 0, 1), past);
  });
}

void add_triangles(Cases& cases) {
  for (const bool lower : {false, true}) {
    for (const bool diagonal : {false, true}) {
      cases.push_back({Op::kTri, concat("tri", lower ? " lower" : "", diagonal ? " diagonal" : ""),
                       kExact, [=](CaseInputs& in) {
                         return tri(in.input({2, 3, 5, 4}), {.lower = lower, .diagonal = diagonal});
                       }});
    }
  }
  cases.push_back({Op::kTri, "diag", kExact, [](CaseInputs& in) {
                     return diag(in.input({3, 5}));
                   }});
  cases.push_back({Op::kSolveTri, "solve_tri", kInexact, [](CaseInputs& in) {
                     const Tensor a = in.input({2, 6, 6}) + diag(in.input({2, 6}, 3, 4));
                     return solve_tri(a, in.input({2, 6, 5}));
                   }});
}

}  // namespace

std::vector<OpCase> more_op_cases() {
  Cases cases;
  for (const Shape& shape : {Shape{1, 1}, Shape{1, 576}, Shape{3, 37}, Shape{5, 4, 33}}) {
    add_functions(cases, shape);
    add_activations(cases, shape);
  }
  add_columns(cases);
  add_moves(cases);
  add_products(cases);
  add_convolutions(cases);
  add_recurrences(cases);
  add_triangles(cases);
  return cases;
}

}  // namespace cria::ml
