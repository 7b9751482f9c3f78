#include "tests/ops/op_cases.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "ml/formats.h"
#include "ml/lowering.h"

namespace cria::ml {
namespace {

constexpr double kQuantized = 5e-4;  // activations of eight bits

std::string name_of(Op op, const Shape& shape) { return concat(info(op).name, ' ', shape); }

void add_elementwise(std::vector<OpCase>& cases) {
  for (const Shape& shape : {Shape{1, 1}, Shape{1, 576}, Shape{3, 37}, Shape{5, 4, 33}}) {
    const auto binary = [&](Op op, auto f) {
      cases.push_back({op, name_of(op, shape), kExact, [=](CaseInputs& in) {
                         const Tensor a = in.input(shape);
                         return f(a, in.input(shape, 0.5f, 2));
                       }});
    };
    binary(Op::kAdd, [](Tensor a, Tensor b) { return a + b; });
    binary(Op::kSub, [](Tensor a, Tensor b) { return a - b; });
    binary(Op::kMul, [](Tensor a, Tensor b) { return a * b; });
    binary(Op::kDiv, [](Tensor a, Tensor b) { return a / b; });
    const auto unary = [&](Op op, float low, float high, double bound, auto f) {
      cases.push_back({op, name_of(op, shape), bound,
                       [=](CaseInputs& in) { return f(in.input(shape, low, high)); }});
    };
    unary(Op::kAffine, -2, 2, kExact, [](Tensor x) { return affine(x, 1.5f, -0.25f); });
    unary(Op::kExp, -20, 20, kInexact, [](Tensor x) { return exp(x); });
    unary(Op::kRsqrt, 0.01f, 9, kExact, [](Tensor x) { return rsqrt(x); });
    unary(Op::kSigmoid, -20, 20, kInexact, [](Tensor x) { return sigmoid(x); });
    unary(Op::kSum, -1, 1, kInexact, [](Tensor x) { return sum(x); });
    unary(Op::kMax, -1, 1, kExact, [](Tensor x) { return max(x); });
    unary(Op::kSoftmax, -9, 9, kInexact, [](Tensor x) { return softmax(x); });
    cases.push_back({Op::kRmsNorm, name_of(Op::kRmsNorm, shape), kInexact, [=](CaseInputs& in) {
                       const Tensor x = in.input(shape);
                       return rms_norm(x, in.weight(DType::kF32, {shape[-1]}), 1e-5f);
                     }});
    cases.push_back({Op::kRmsNorm, name_of(Op::kRmsNorm, shape) + " without weight", kInexact,
                     [=](CaseInputs& in) { return rms_norm(in.input(shape), {}, 1e-5f); }});
  }
  cases.push_back({Op::kAdd, "add of a vector to rows", kExact, [](CaseInputs& in) {
                     const Tensor x = in.input({5, 33});
                     return x + in.weight(DType::kF16, {33});
                   }});
  cases.push_back(
      {Op::kMul, "mul with sizes of 1 and fewer dimensions", kExact, [](CaseInputs& in) {
         const Tensor x = in.input({4, 3, 6});
         return x * in.input({4, 1, 6}) * in.input({3, 1}) * in.input({6});
       }});
}

void add_shapes(std::vector<OpCase>& cases) {
  cases.push_back({Op::kReshape, "reshape", kExact, [](CaseInputs& in) {
                     return in.input({4, 6}).reshape({2, 3, 4}) * 1.f;
                   }});
  cases.push_back({Op::kPermute, "permute of three", kExact, [](CaseInputs& in) {
                     return permute(in.input({4, 3, 5}), {1, 2, 0});
                   }});
  cases.push_back({Op::kPermute, "permute of four", kExact, [](CaseInputs& in) {
                     return permute(in.input({2, 3, 4, 5}), {3, 1, 0, 2});
                   }});
  for (int axis = 0; axis < 3; ++axis) {
    cases.push_back(
        {Op::kSlice, concat("slice of dimension ", axis), kExact, [axis](CaseInputs& in) {
           return slice(in.input({4, 5, 6}), axis, 1, 4);
         }});
  }
  cases.push_back({Op::kConcat, "concat", kExact, [](CaseInputs& in) {
                     const Tensor a = in.input({3, 2, 5});
                     return concat_along(-1, a, in.input({3, 2, 2}));
                   }});
  for (const DType type :
       {DType::kF32, DType::kF16, DType::kBF16, DType::kQ4_0, DType::kQ4_1, DType::kQ8_0}) {
    cases.push_back(
        {Op::kRows, concat("rows of ", info(type).name), kExact, [type](CaseInputs& in) {
           return rows(in.weight(type, {19, 96}), in.integers({3, 18, 0, 3}));
         }});
  }
  cases.push_back({Op::kRows, "rows of activations", kExact, [](CaseInputs& in) {
                     return rows(in.input({7, 33}) * 2.f, in.integers({6, 1}));
                   }});
}

void add_matmul(std::vector<OpCase>& cases) {
  const auto add = [&](DType type, int64_t rows, int64_t cols, int64_t tokens) {
    cases.push_back({Op::kMatmul,
                     concat("matmul ", info(type).name, " [", rows, ", ", cols, "] with ", tokens),
                     is_quantized(type) ? kQuantized : kInexact, [=](CaseInputs& in) {
                       return matmul(in.weight(type, {rows, cols}), in.input({tokens, cols}));
                     }});
  };
  for (const DType type :
       {DType::kF32, DType::kF16, DType::kBF16, DType::kQ4_0, DType::kQ4_1, DType::kQ8_0}) {
    for (const int64_t rows : {1, 15, 16, 70}) {
      for (const int64_t tokens : {1, 2, 5, 8, 33}) add(type, rows, 96, tokens);
    }
    add(type, 192, 576, 1);
    add(type, 48, 1536, 7);
  }
  for (const DType type : {DType::kF32, DType::kF16, DType::kBF16}) {
    add(type, 17, 1, 3);
    add(type, 33, 37, 4);
  }
  for (const DType type : {DType::kF32, DType::kQ4_0}) {
    for (const int64_t tokens : {1, 7}) {
      const auto name = concat("matmul of ", info(type).name, " heads with ", tokens);
      cases.push_back(
          {Op::kMatmul, name, is_quantized(type) ? kQuantized : kInexact, [=](CaseInputs& in) {
             const Tensor x = in.input({6, tokens, 64});
             const Tensor q = matmul(in.weight(type, {3, 64, 64}), x);
             return x + matmul(in.weight(type, {6, 64, 64}), q * 2.f);
           }});
    }
  }
  cases.push_back({Op::kMatmul, "matmul of activations", kInexact, [](CaseInputs& in) {
                     const Tensor a = in.input({2, 5, 9});
                     return matmul(a, in.input({6, 4, 9}));
                   }});
  cases.push_back({Op::kMatmul, "matmul that shares activations, with bias and residual",
                   kQuantized, [](CaseInputs& in) {
                     const Tensor x = in.input({6, 64});
                     const Tensor q = matmul(in.weight(DType::kQ4_1, {64, 64}), x);
                     const Tensor k = matmul(in.weight(DType::kQ8_0, {64, 64}), x) +
                                      in.weight(DType::kF32, {64});
                     return x + matmul(in.weight(DType::kQ8_0, {64, 64}), swiglu(q, k));
                   }});
}

void add_rope(std::vector<OpCase>& cases) {
  for (const RopePairs pairs : {RopePairs::kAdjacent, RopePairs::kHalves}) {
    for (const auto& [head_dim, dims] : {std::pair<int64_t, int64_t>{64, 64}, {80, 32}, {6, 2}}) {
      const RopeOptions options{.dims = dims, .base = 10000, .scale = 0.5f, .pairs = pairs};
      const auto name = concat("rope of ", dims, " dimensions of ", head_dim,
                               pairs == RopePairs::kHalves ? ", halves" : "");
      cases.push_back({Op::kRotate, name, kInexact, [=, n = head_dim](CaseInputs& in) {
                         return rope(in.input({3, 2, n}), in.integers({0, 7, 4000}), options);
                       }});
      RopeOptions yarn = options;
      yarn.yarn = {.original_context = 64, .fast_turns = 4, .slow_turns = 0.5f, .magnitude = 1.25f};
      cases.push_back(
          {Op::kRopeTable, name + ", with YaRN", kInexact, [=, n = head_dim](CaseInputs& in) {
             return rope(in.input({3, 2, n}), in.integers({0, 7, 100}), yarn);
           }});
      cases.push_back(
          {Op::kRopeTable, name + ", with factors", kInexact,
           [=, n = head_dim, d = dims](CaseInputs& in) {
             const Tensor x = in.input({3, 2, n});
             return rope(x, in.integers({1, 2, 100}), options, in.weight(DType::kF32, {d / 2}));
           }});
    }
  }
}

struct AttentionCase {
  DType key_type, value_type;
  int64_t heads, kv_heads, head_dim, value_dim;
  AttentionOptions options;
  bool has_sinks = false;
  bool has_firsts = false;
};

// Three tokens at the end of one sequence and one of another, in blocks out of order.
Tensor paged(CaseInputs& in, AttentionCase c) {
  constexpr int64_t kBlock = 16;
  const Tensor q = in.input({4, c.heads, c.head_dim});
  const History history{
      .keys = in.state(StateRole::kKeys, c.key_type, {8 * kBlock, c.kv_heads, c.head_dim}, kBlock),
      .values =
          in.state(StateRole::kValues, c.value_type, {8 * kBlock, c.kv_heads, c.value_dim}, kBlock),
      .tables = in.integers({3, 1, 6, 0, /**/ 7, 2, 0, 0}).reshape({2, 4}),
      .sequences = in.integers({0, 0, 0, 1}),
      .positions = in.integers({37, c.has_firsts ? 37 : 38, 39, 20}),
      .firsts = c.has_firsts ? in.integers({21, 21, 0, 20}) : Tensor()};
  c.options.scale = 0.3f;
  c.options.block_size = kBlock;
  const Tensor sinks = c.has_sinks ? in.weight(DType::kF32, {c.heads}) : Tensor();
  return attention(q, history, c.options, sinks);
}

void add_attention(std::vector<OpCase>& cases) {
  const auto add = [&](const AttentionCase& c) {
    cases.push_back(
        {Op::kPagedAttention,
         concat("attention over ", info(c.key_type).name, " and ", info(c.value_type).name, ", ",
                c.heads, " heads of ", c.head_dim, " and ", c.value_dim, " over ", c.kv_heads,
                ", window ", c.options.window, ", softcap ", c.options.softcap,
                c.has_sinks ? ", sinks" : "", c.has_firsts ? ", firsts" : ""),
         kInexact, [=](CaseInputs& in) { return paged(in, c); }});
  };
  constexpr DType kTypes[] = {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0};
  for (const DType keys : kTypes) {
    for (const DType values : kTypes) add({keys, values, 6, 2, 64, 32, {}});
    if (keys == DType::kQ8_0) continue;
    add({keys, keys, 4, 4, 8, 8, {}});
    add({keys, keys, 9, 3, 40, 24, {.window = 9}});
    add({keys, keys, 2, 1, 1, 1, {.window = 9}});
  }
  add({DType::kF16, DType::kF16, 6, 2, 64, 64, {.softcap = 1.5f}});
  add({DType::kF16, DType::kF16, 6, 2, 64, 64, {.window = 12, .softcap = 30}});
  add({DType::kBF16, DType::kBF16, 8, 2, 64, 64, {}, true});
  add({DType::kF32, DType::kF32, 8, 2, 64, 64, {.window = 12, .softcap = 2}, true});
  add({DType::kF16, DType::kF16, 6, 2, 64, 64, {}, false, true});
  add({DType::kF32, DType::kF32, 6, 2, 64, 64, {.window = 12}, true, true});
}

// A sequence that has come far and one that has not.
void add_long_attention(std::vector<OpCase>& cases) {
  cases.push_back(
      {Op::kPagedAttention, "attention over long histories", kInexact, [](CaseInputs& in) {
         constexpr int64_t kBlock = 64, kBlocks = 14;
         std::vector<int32_t> table;
         for (int32_t i = 0; i < kBlocks; ++i)
           table.push_back(static_cast<int32_t>(i * 5 % kBlocks));
         table.insert(table.end(), kBlocks, 3);
         const History history{
             .keys = in.state(StateRole::kKeys, DType::kF16, {kBlocks * kBlock, 1, 32}, kBlock),
             .values =
                 in.state(StateRole::kValues, DType::kQ8_0, {kBlocks * kBlock, 1, 32}, kBlock),
             .tables = in.integers(table).reshape({2, kBlocks}),
             .sequences = in.integers({0, 0, 1}),
             .positions = in.integers({870, 871, 3})};
         return attention(in.input({3, 2, 32}), history, {.scale = 0.3f, .block_size = kBlock});
       }});
}

void add_cache(std::vector<OpCase>& cases) {
  for (const DType type : {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0}) {
    const int64_t dim = type == DType::kQ8_0 ? 96 : 100;
    for (const StateRole role : {StateRole::kKeys, StateRole::kValues}) {
      cases.push_back(
          {Op::kStore,
           concat("store of ", info(type).name, role == StateRole::kKeys ? " keys" : " values"),
           kExact, [=](CaseInputs& in) {
             const Tensor state = in.state(role, type, {64, 3, dim}, 32);
             const Tensor stored = store(state, in.input({2, 3, dim}), in.integers({33, 5}));
             return rows(stored, in.integers({5, 33, 0, 63}));
           }});
    }
  }
  cases.push_back({Op::kHistoryMask, "history_mask", kExact, [](CaseInputs& in) {
                     const Tensor state = in.state(StateRole::kKeys, DType::kF32, {64, 1, 1}, 16);
                     const Tensor mask = apply(Op::kHistoryMask,
                                               {state, in.integers({2, 0, 1, 3}).reshape({2, 2}),
                                                in.integers({1, 0}), in.integers({3, 20})},
                                               AttentionOptions{.block_size = 16});
                     return exp(mask);
                   }});
}

}  // namespace

float CaseInputs::next(float low, float high) {
  uint64_t z = random_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return low + (high - low) * static_cast<float>((z ^ (z >> 31)) >> 40) * 0x1p-24f;
}

Tensor CaseInputs::input(const Shape& shape, float low, float high) {
  const Tensor tensor = graph_.input(concat("input.", inputs_.size()), DType::kF32, shape);
  std::vector<float> values(static_cast<size_t>(shape.size()));
  for (float& value : values) value = next(low, high);
  std::vector<std::byte> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  inputs_.emplace_back(tensor, std::move(bytes));
  return tensor;
}

Tensor CaseInputs::integers(std::vector<int32_t> values) {
  const Tensor tensor = graph_.input(concat("input.", inputs_.size()), DType::kI32,
                                     {static_cast<int64_t>(values.size())});
  std::vector<std::byte> bytes(values.size() * sizeof(int32_t));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  inputs_.emplace_back(tensor, std::move(bytes));
  return tensor;
}

Tensor CaseInputs::weight(DType type, const Shape& shape) {
  std::vector<float> values(static_cast<size_t>(shape.size()));
  for (float& value : values)
    value = next(shape.rank() == 1 ? 0.5f : -1, shape.rank() == 1 ? 1.5f : 1);
  std::vector<std::byte>& bytes =
      data_.emplace_back(static_cast<size_t>(row_bytes(type, shape.size())));
  quantize(type, values, bytes.data());
  Node& node = weights_.emplace_back();
  node.op = Op::kWeight;
  node.dtype = type;
  node.shape = shape;
  node.name = concat("weight.", weights_.size());
  node.data = bytes.data();
  return {nullptr, &node};
}

Tensor CaseInputs::empty_state(StateRole role, DType type, const Shape& shape, int64_t block_size) {
  states_.push_back(backend_.allocate({.name = concat("state.", states_.size()),
                                       .role = role,
                                       .dtype = type,
                                       .shape = shape,
                                       .block_size = block_size}));
  return graph_.state(*states_.back());
}

Tensor CaseInputs::state(StateRole role, DType type, const Shape& shape, int64_t block_size) {
  const Tensor tensor = empty_state(role, type, shape, block_size);
  std::vector<float> values(static_cast<size_t>(shape.size()));
  for (float& value : values) value = next(-1, 1);
  std::vector<std::byte> bytes(static_cast<size_t>(row_bytes(type, shape.size())));
  quantize(type, values, bytes.data());
  backend_.write(*states_.back(), 0, bytes);
  return tensor;
}

void CaseInputs::load_weights() {
  for (const Node& weight : weights_) {
    WeightUses uses;
    for (const Node& node : graph_.nodes()) {
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        const bool product = node.op == Op::kMatmul || node.op == Op::kExpertsMatmul;
        if (node.inputs[i] == &weight) (product && i == 0 ? uses.matmul : uses.other) = true;
      }
    }
    backend_.load(weight, uses);
  }
}

void CaseInputs::write_inputs(Plan& plan) const {
  for (const auto& [tensor, bytes] : inputs_)
    std::copy(bytes.begin(), bytes.end(), plan.input(tensor).begin());
}

std::vector<OpCase> op_cases() {
  std::vector<OpCase> cases;
  add_elementwise(cases);
  add_shapes(cases);
  add_matmul(cases);
  add_rope(cases);
  add_attention(cases);
  add_long_attention(cases);
  add_cache(cases);
  for (OpCase& op_case : more_op_cases()) cases.push_back(std::move(op_case));
  return cases;
}

std::vector<float> evaluate(const OpCase& op_case, Backend& backend, bool lowered) {
  CaseInputs inputs(backend, 11);
  const Tensor result = op_case.build(inputs);
  inputs.load_weights();
  const auto keep = [&](const Node& node) { return !lowered || !info(node.op).lower; };
  const Lowered graph = lower(inputs.graph(), std::span(&result, 1), keep);
  const Tensor output(graph.graph.get(), graph[result.node()]);
  const auto plan = backend.plan(*graph.graph, std::span(&output, 1));
  // Inputs are those of the copied graph.
  struct Redirect final : Plan {
    Redirect(Plan& to, const Lowered& nodes) : to_(to), nodes_(nodes) {}
    std::span<std::byte> input(Tensor tensor) override {
      return to_.input({nullptr, nodes_[tensor.node()]});
    }
    std::span<const float> output(size_t i) const override { return to_.output(i); }
    Plan& to_;
    const Lowered& nodes_;
  } redirect(*plan, graph);
  inputs.write_inputs(redirect);
  backend.run(*plan);
  const auto values = plan->output(0);
  if (output.node()->dtype != DType::kI32) return {values.begin(), values.end()};
  const auto* integers = reinterpret_cast<const int32_t*>(values.data());
  return {integers, integers + values.size()};
}

}  // namespace cria::ml
