#pragma once
// xIELU, an activation whose shape each layer learns. Reference: Huang and Schlag,
// arXiv:2411.13010.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "ml/ops.h"
#include "model/config.h"

namespace cria::model {

// Of one layer. As files have them, the alphas may be of any sign; softplus makes them positive.
struct Xielu {
  float alpha_positive, alpha_negative, beta, eps;
};

inline float softplus(float x) { return std::max(x, 0.f) + std::log1p(std::exp(-std::abs(x))); }

inline std::vector<Xielu> read_xielus(const Config& c) {
  const auto layers = static_cast<size_t>(c.dim("block_count"));
  const std::vector<float> alpha_p = c.reals("xielu.alpha_p", layers);
  const std::vector<float> alpha_n = c.reals("xielu.alpha_n", layers);
  const std::vector<float> beta = c.reals("xielu.beta", layers);
  const std::vector<float> eps = c.reals("xielu.eps", layers);
  std::vector<Xielu> xielus;
  for (size_t i = 0; i < layers; ++i) {
    xielus.push_back({softplus(alpha_p[i]), beta[i] + softplus(alpha_n[i]), beta[i], eps[i]});
  }
  return xielus;
}

// Where x > 0: alpha_p x^2 + beta x, else alpha_n (exp(min(x, eps)) - 1 - x) + beta x.
inline ml::Tensor xielu(ml::Tensor x, const Xielu& o) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const ml::Tensor above = ml::relu(x), below = x - above;
  const ml::Tensor curve = ml::affine(ml::exp(ml::clamp(below, -kInfinity, o.eps)), 1, -1) - below;
  // 1 where x > 0, where eps would otherwise leave something of the curve.
  const ml::Tensor is_above = ml::clamp(x * std::numeric_limits<float>::max(), 0, 1);
  return ml::square(above) * o.alpha_positive + x * o.beta +
         curve * ml::affine(is_above, -o.alpha_negative, o.alpha_negative);
}

}  // namespace cria::model
