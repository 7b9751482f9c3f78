#pragma once
// Functions of single elements and of rows: norms, activations, rotations, conversions. `out` may
// be an operand.

#include "ml/backend/cpu/kernels/vec_math.inl"

namespace cria::ml::cpu {
namespace {

template <class From, class To, class Function>
inline void map(const From* x, int64_t n, To* out, Function function) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(out + i, function(load(x + i)));
  if (i < n) store_partial(out + i, function(load_partial(x + i, n - i)), n - i);
}

template <class Function>
inline void map(const float* a, const float* b, int64_t n, float* out, Function function) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(out + i, function(load(a + i), load(b + i)));
  if (i < n) {
    store_partial(out + i, function(load_partial(a + i, n - i), load_partial(b + i, n - i)), n - i);
  }
}

void add_kernel(const float* a, const float* b, int64_t n, float* out) {
  map(a, b, n, out, [](Vec x, Vec y) { return x + y; });
}
void sub_kernel(const float* a, const float* b, int64_t n, float* out) {
  map(a, b, n, out, [](Vec x, Vec y) { return x - y; });
}
void mul_kernel(const float* a, const float* b, int64_t n, float* out) {
  map(a, b, n, out, [](Vec x, Vec y) { return x * y; });
}
void div_kernel(const float* a, const float* b, int64_t n, float* out) {
  map(a, b, n, out, [](Vec x, Vec y) { return x / y; });
}
void exp_kernel(const float* x, int64_t n, float* out) {
  map(x, n, out, [](Vec v) { return exp(v); });
}
void sigmoid_kernel(const float* x, int64_t n, float* out) {
  map(x, n, out, [](Vec v) { return sigmoid(v); });
}
void rsqrt_kernel(const float* x, int64_t n, float* out) {
  map(x, n, out, [](Vec v) { return splat(1.0f) / sqrt(v); });
}
void sqrt_kernel(const float* x, int64_t n, float* out) {
  map(x, n, out, [](Vec v) { return sqrt(v); });
}
void clamp_kernel(const float* x, float low, float high, int64_t n, float* out) {
  map(x, n, out, [a = splat(low), b = splat(high)](Vec v) { return min(b, max(a, v)); });
}
void affine_kernel(const float* x, float scale, float offset, int64_t n, float* out) {
  map(x, n, out, [a = splat(scale), b = splat(offset)](Vec v) { return v * a + b; });
}
void to_f16_kernel(const float* x, int64_t n, uint16_t* out) {
  map(x, n, out, [](Vec v) { return v; });
}
void from_f16_kernel(const uint16_t* x, int64_t n, float* out) {
  map(x, n, out, [](Vec v) { return v; });
}

inline float sum_of_squares(const float* x, int64_t n) {
  Vec sums[4] = {splat(0), splat(0), splat(0),
                 splat(0)};  // so that additions need not wait for each other
  int64_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      const Vec v = load(x + i + j * kLanes);
      sums[j] = fma(v, v, sums[j]);
    }
  }
  for (; i < n; i += kLanes) {
    const Vec v = i + kLanes <= n ? load(x + i) : load_partial(x + i, n - i);
    sums[0] = fma(v, v, sums[0]);
  }
  return sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

void rms_norm_kernel(const float* x, const float* weight, float eps, int64_t n, float* out) {
  const float mean = sum_of_squares(x, n) / static_cast<float>(n);
  const Vec scale = splat(1.0f / __builtin_sqrtf(mean + eps));
  if (weight == nullptr) return map(x, n, out, [scale](Vec v) { return v * scale; });
  map(x, weight, n, out, [scale](Vec v, Vec w) { return v * scale * w; });
}

// Sums in the order of sum_of_squares.
inline float sum_of(const float* x, int64_t n) {
  Vec sums[4] = {splat(0), splat(0), splat(0), splat(0)};
  int64_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) sums[j] = sums[j] + load(x + i + j * kLanes);
  }
  for (; i < n; i += kLanes)
    sums[0] = sums[0] + (i + kLanes <= n ? load(x + i) : load_partial(x + i, n - i));
  return sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

void layer_norm_kernel(const float* x, const float* weight, const float* bias, float eps, int64_t n,
                       float* out) {
  const Vec mean = splat(sum_of(x, n) / static_cast<float>(n));
  map(x, n, out, [mean](Vec v) { return v - mean; });
  const float variance = sum_of_squares(out, n) / static_cast<float>(n);
  const Vec scale = splat(1.0f / __builtin_sqrtf(variance + eps));
  map(out, n, out, [scale](Vec v) { return v * scale; });
  if (weight != nullptr) mul_kernel(out, weight, n, out);
  if (bias != nullptr) add_kernel(out, bias, n, out);
}

void weighted_sum_kernel(const float* x, const float* weights, int64_t count, int64_t n,
                         float* out) {
  const auto column = [&](int64_t i, int64_t lanes) {
    Vec sum = splat(0);
    for (int64_t j = 0; j < count; ++j) {
      const float* from = x + j * n + i;
      sum = fma(splat(weights[j]), lanes == kLanes ? load(from) : load_partial(from, lanes), sum);
    }
    return sum;
  };
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(out + i, column(i, kLanes));
  if (i < n) store_partial(out + i, column(i, n - i), n - i);
}

inline float largest_of(const float* x, int64_t n) {
  const float lowest = -__builtin_inff();
  Vec found = splat(lowest);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) found = max(load(x + i), found);
  float result = largest(found);
  for (; i < n; ++i) result = x[i] > result ? x[i] : result;
  return result;
}

void softmax_kernel(const float* x, int64_t n, float* out) {
  const Vec maximum = splat(largest_of(x, n));
  Vec sums = splat(0);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vec e = exp(load(x + i) - maximum);
    sums = sums + e;
    store(out + i, e);
  }
  float total = sum(sums);
  if (i < n) {
    float tail[kLanes];
    store(tail, exp(load_partial(x + i, n - i) - maximum));
    for (int64_t j = 0; i + j < n; ++j) {
      total += tail[j];
      out[i + j] = tail[j];
    }
  }
  map(out, n, out, [scale = splat(1.0f / total)](Vec v) { return v * scale; });
}

constexpr float kAlternating[16] = {-1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1};

// Pairs (2i, 2i + 1) of one head.
inline void rotate_adjacent(const float* x, const float* cosines, const float* sines, int64_t dims,
                            float* out) {
  const Vec signs = load(kAlternating);
  const auto rotated = [signs](Vec v, Vec c, Vec s) { return v * c + swap_pairs(v) * (s * signs); };
  int64_t i = 0;
  for (; i + kLanes <= dims; i += kLanes) {
    store(out + i, rotated(load(x + i), load_twice(cosines + i / 2), load_twice(sines + i / 2)));
  }
  if (i == dims) return;
  float c[kLanes] = {}, s[kLanes] = {};
  for (int64_t j = 0; 2 * j < dims - i; ++j) {
    c[j] = cosines[i / 2 + j];
    s[j] = sines[i / 2 + j];
  }
  const Vec v = load_partial(x + i, dims - i);
  store_partial(out + i, rotated(v, load_twice(c), load_twice(s)), dims - i);
}

// Pairs (i, i + half) of one head.
inline void rotate_halves(const float* x, const float* cosines, const float* sines, int64_t half,
                          float* out) {
  int64_t i = 0;
  for (; i + kLanes <= half; i += kLanes) {
    const Vec a = load(x + i), b = load(x + half + i), c = load(cosines + i), s = load(sines + i);
    store(out + i, a * c - b * s);
    store(out + half + i, b * c + a * s);
  }
  if (i == half) return;
  const int64_t rest = half - i;
  const Vec a = load_partial(x + i, rest), b = load_partial(x + half + i, rest);
  const Vec c = load_partial(cosines + i, rest), s = load_partial(sines + i, rest);
  store_partial(out + i, a * c - b * s, rest);
  store_partial(out + half + i, b * c + a * s, rest);
}

void rotate_kernel(const float* x, const float* table, int64_t heads, int64_t head_dim,
                   int64_t dims, RopePairs pairs, float* out) {
  const float* cosines = table;
  const float* sines = table + dims / 2;
  for (int64_t head = 0; head < heads; ++head, x += head_dim, out += head_dim) {
    if (pairs == RopePairs::kAdjacent) {
      rotate_adjacent(x, cosines, sines, dims, out);
    } else {
      rotate_halves(x, cosines, sines, dims / 2, out);
    }
    for (int64_t i = dims; i < head_dim; ++i) out[i] = x[i];
  }
}

}  // namespace
}  // namespace cria::ml::cpu
