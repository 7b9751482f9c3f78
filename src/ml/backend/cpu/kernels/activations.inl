#pragma once
// Activations, alone and as gates, and the functions that they are made of.

#include "ml/backend/cpu/kernels/elementwise.inl"
#include "ml/backend/cpu/kernels/kernels.h"

namespace cria::ml::cpu {
namespace {

inline Vec negative(Vec x) { return splat(0.0f) - x; }
inline Vec magnitude(Vec x) { return where_negative(x, negative(x), x); }

// The normal distribution's integral up to x: of |x| it is half of erfc(|x| / sqrt(2)), which is
// exp(-x^2 / 2) times a polynomial of 1 / (1 + 0.3 |x| / sqrt(2)), good to 3e-8 up to |x| = 14.
inline Vec normal_integral(Vec x) {
  const Vec u = magnitude(x) * splat(0.707106781f);
  const Vec t = splat(1.0f) / fma(splat(0.3f), u, splat(1.0f));
  constexpr float kTerms[] = {0.468841374f,   -0.471813112f, 0.491950959f,
                              -0.0464782640f, 0.187918305f,  0.158154681f,
                              0.168487757f,   0.169474185f,  -1.58526782e-5f};
  Vec p = splat(-0.126520038f);
  for (const float term : kTerms) p = fma(p, t, splat(term));
  const Vec tail = splat(0.5f) * p * exp(negative(u * u));
  return where_negative(x, tail, splat(1.0f) - tail);
}

template <Activation kind>
inline Vec activation(Vec x) {
  if constexpr (kind == Activation::kSilu) return silu(x);
  if constexpr (kind == Activation::kGeluErf) return x * normal_integral(x);
  if constexpr (kind == Activation::kQuickGelu) return x * sigmoid(splat(1.702f) * x);
  if constexpr (kind == Activation::kRelu) return max(splat(0.0f), x);
  // (1 + tanh(y)) / 2 is sigmoid(2y), which is exact where it is small.
  const Vec twice = x * fma(splat(0.0713548163f), x * x, splat(1.59576912f));
  if constexpr (kind == Activation::kGelu) return x * sigmoid(twice);
}

template <Activation kind>
void activate_kernel(const float* x, int64_t n, float* out) {
  map(x, n, out, [](Vec v) { return activation<kind>(v); });
}
template <Activation kind>
void gated_kernel(const float* gate, const float* up, int64_t n, float* out) {
  map(gate, up, n, out, [](Vec g, Vec u) { return activation<kind>(g) * u; });
}

void tanh_kernel(const float* x, int64_t n, float* out) {
  map(x, n, out, [](Vec v) { return tanh(v); });
}

void swiglu_limited_kernel(const float* gate, const float* up, float alpha, float limit, int64_t n,
                           float* out) {
  const Vec a = splat(alpha), high = splat(limit), low = splat(-limit), one = splat(1.0f);
  map(gate, up, n, out, [=](Vec g, Vec u) {
    g = min(high, g);
    u = min(high, max(low, u));
    return g * sigmoid(a * g) * (u + one);
  });
}

template <Activation kind>
constexpr void add_activation(Kernels& kernels) {
  kernels.activate[static_cast<int>(kind)] = activate_kernel<kind>;
  kernels.gated[static_cast<int>(kind)] = gated_kernel<kind>;
}

constexpr void add_activation_kernels(Kernels& kernels) {
  add_activation<Activation::kSilu>(kernels);
  add_activation<Activation::kGelu>(kernels);
  add_activation<Activation::kGeluErf>(kernels);
  add_activation<Activation::kQuickGelu>(kernels);
  add_activation<Activation::kRelu>(kernels);
  kernels.swiglu_limited = swiglu_limited_kernel;
}

}  // namespace
}  // namespace cria::ml::cpu
