// Recurrences against what computes the same in another way, for a sequence from its beginning.

#include <gtest/gtest.h>

#include "nn/convolution.h"
#include "tests/ops/op_cases.h"
#include "tests/support/nmse.h"

namespace cria::ml {
namespace {

constexpr int64_t kTokens = 9;

std::vector<float> result(std::function<Tensor(CaseInputs&)> build) {
  const auto backend = make_backend("reference", {.threads = 1});
  return evaluate({Op::kInput, "", 0, std::move(build)}, *backend);
}

// Nothing but zeros before the first token.
Recurrence nothing_yet(CaseInputs& in, int64_t rows, int64_t dim) {
  return {in.empty_state(StateRole::kValues, DType::kF32, {16, rows, dim}, 16),
          in.integers(std::vector<int32_t>(kTokens, 5))};
}

TEST(CausalConv, IsAConvolutionOverTheTokensOfASequence) {
  const auto step_by_step = result([](CaseInputs& in) {
    const Tensor x = in.input({kTokens, 6}), weight = in.weight(DType::kF32, {6, 4});
    return causal_conv(x, weight, in.weight(DType::kF32, {6}), nothing_yet(in, 3, 6));
  });
  const auto at_once = result([](CaseInputs& in) {
    const Tensor x = in.input({kTokens, 6});
    nn::Convolution1d layer;
    layer.weight = in.weight(DType::kF32, {6, 1, 4});
    layer.bias = in.weight(DType::kF32, {6});
    const Tensor channels = permute(x, {1, 0}).reshape({1, 6, kTokens});
    return permute(layer.causal(channels, {.groups = 6}).reshape({6, kTokens}), {1, 0});
  });
  EXPECT_LE(nmse(step_by_step, at_once), 1e-12);
}

// With y[t] = sum over s <= t of (c[t] b[s]) exp(a (dt[s+1] + .. + dt[t])) dt[s] x[s].
TEST(SsmScan, IsASumOverAllTokensBefore) {
  const auto step_by_step = result([](CaseInputs& in) {
    const Tensor x = in.input({kTokens, 1, 3}), dt = in.input({kTokens, 1}, 0, 1);
    const Tensor b = in.input({kTokens, 1, 5}), c = in.input({kTokens, 1, 5});
    return ssm_scan(x, dt, in.input({1, 1}, -2, -1), b, c, nothing_yet(in, 1, 15));
  });
  const auto at_once = result([](CaseInputs& in) {
    const Tensor x = in.input({kTokens, 1, 3}).reshape({kTokens, 3});
    const Tensor dt = in.input({kTokens, 1}, 0, 1);
    const Tensor b = in.input({kTokens, 1, 5}).reshape({kTokens, 5});
    const Tensor c = in.input({kTokens, 1, 5}).reshape({kTokens, 5});
    const Tensor a = repeat(in.input({1, 1}, -2, -1), {kTokens, 1});
    const Tensor until = cumsum((dt * a).reshape({1, kTokens}));  // of exponents
    const Tensor square = repeat(until.reshape({kTokens, 1}), {kTokens, kTokens});
    const Tensor decay = exp(tri(square - until, {}));
    const Tensor weights = tri(matmul(b, c) * decay, {});  // [t, s]
    return matmul(permute(x * dt, {1, 0}), weights).reshape({kTokens, 1, 3});
  });
  EXPECT_LE(nmse(step_by_step, at_once), 1e-11);
}

// The changes u of the state solve a triangular system: (1 + tril(beta k k^T, -1)) u = beta v.
TEST(DeltaRule, SolvesATriangularSystem) {
  const auto step_by_step = result([](CaseInputs& in) {
    const Tensor q = in.input({kTokens, 1, 4}), k = in.input({kTokens, 1, 4});
    const Tensor v = in.input({kTokens, 1, 3}), beta = in.input({kTokens, 1}, 0, 1);
    return delta_rule(q, k, v, beta * 0.f, beta, nothing_yet(in, 1, 12));
  });
  const auto at_once = result([](CaseInputs& in) {
    const Tensor q = in.input({kTokens, 1, 4}).reshape({kTokens, 4});
    const Tensor k = in.input({kTokens, 1, 4}).reshape({kTokens, 4});
    const Tensor v = in.input({kTokens, 1, 3}).reshape({kTokens, 3});
    const Tensor beta = in.input({kTokens, 1}, 0, 1);
    const Tensor ones = affine(beta.reshape({kTokens}), 0, 1);
    const Tensor system = tri(matmul(k, k) * beta, {.diagonal = false}) + diag(ones);
    const Tensor changes = solve_tri(system, v * beta);
    return matmul(permute(changes, {1, 0}), tri(matmul(k, q), {})).reshape({kTokens, 1, 3});
  });
  EXPECT_LE(nmse(step_by_step, at_once), 1e-11);
}

}  // namespace
}  // namespace cria::ml
