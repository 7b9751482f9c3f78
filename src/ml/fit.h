#pragma once
// Searches the scales, and offsets, with which what a format can store comes nearest to a part of a
// block: with the least sum of weighted squared errors. Scales are tried in steps around the one
// with which the largest value just fits, and the best are refined by alternating between rounding
// with a scale and solving for the best scale of what was rounded.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace cria::ml {

// What is to be stored, and how much the squared error of each element counts.
template <size_t N>
struct Part {
  std::span<const float, N> x, weights;
};

// The nearest integer, ties to even, of values far below 2^22: unlike std::round, compilers
// vectorise it.
inline float nearest_integer(float value) {
  constexpr float kShift = 12582912;  // 3 * 2^22: floats of this size are integers
  return value + kShift - kShift;
}

// Rounders: what is stored of a value that was divided by the scale.
struct Integers {
  float low, high;

  float operator()(float y) const {
    y = y > low ? y : low;
    return nearest_integer(y < high ? y : high);
  }
};
template <size_t kCount>
struct Levels {
  std::array<float, kCount> values;  // ascending

  constexpr float operator()(float y) const {
    float result = values[0];
    for (size_t i = 1; i < kCount; ++i)
      result = y > (values[i - 1] + values[i]) / 2 ? values[i] : result;
    return result;
  }
};

// kSums sums over the elements of a part, in eight interleaved parts, which compilers keep in
// vector registers. The order of additions is part of the code, so that all platforms agree.
// term(i, add) calls add(j, value) for sum j.
template <size_t kSums, size_t N, class Term>
std::array<double, kSums> sums(const Term& term) {
  constexpr size_t kLanes = 8;
  static_assert(N % kLanes == 0);
  float lanes[kSums][kLanes] = {};
  for (size_t first = 0; first < N; first += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const std::array<float, kSums> terms = term(first + lane);
      for (size_t j = 0; j < kSums; ++j) lanes[j][lane] += terms[j];
    }
  }
  std::array<double, kSums> totals{};
  for (size_t j = 0; j < kSums; ++j) {
    for (const float lane : lanes[j]) totals[j] += double{lane};
  }
  return totals;
}

// Whether sums of squares of values of this size neither overflow nor vanish in floats. Others, and
// 0, are not worth a search.
inline bool has_safe_squares(float largest) {
  return std::fabs(largest) > 1e-15f && std::fabs(largest) < 1e15f;
}

// The weighted squared error of storing scale * round((x - offset) / scale) + offset.
template <size_t N, class Round>
double error_of(const Part<N>& part, const Round& round, float scale, float offset = 0) {
  const float factor = scale == 0 ? 0 : 1 / scale;
  const float *x = part.x.data(), *weights = part.weights.data();
  return sums<1, N>([&](size_t i) {
    const float e = x[i] - offset - scale * round((x[i] - offset) * factor);
    return std::array{weights[i] * e * e};
  })[0];
}

// A scale, and by how much less the error is than that of storing zeros.
struct ScaleFit {
  float scale = 0;
  double gain = 0;
};

// The best scale for the integers, or levels, that the elements have when multiplied by `factor`.
template <size_t N, class Round>
ScaleFit solve_scale(const Part<N>& part, const Round& round, float factor) {
  const float *x = part.x.data(), *weights = part.weights.data();
  const auto [a, b] = sums<2, N>([&](size_t i) {
    const float q = round(x[i] * factor), wq = weights[i] * q;
    return std::array{wq * x[i], wq * q};
  });
  if (!(b > 0)) return {};
  return {static_cast<float>(a / b), a * a / b};
}

struct Steps {
  float first, last, step;  // where the largest magnitude comes to lie beyond the end of the range
};

// `low` and `high` are the ends of the rounder's range.
template <size_t N, class Round>
ScaleFit fit_scale(const Part<N>& part, const Round& round, float low, float high,
                   const Steps& steps) {
  const float extreme = *std::max_element(
      part.x.begin(), part.x.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); });
  if (!has_safe_squares(extreme)) return {extreme / low};
  ScaleFit best;
  const auto consider = [&](float factor) {
    const ScaleFit fit = solve_scale(part, round, factor);
    const bool better = fit.gain > best.gain;
    if (better) best = fit;
    return better;
  };
  for (const float end : {low, high}) {
    for (float at = steps.first; at <= steps.last; at += steps.step)
      consider((end + std::copysign(at, end)) / extreme);
  }
  while (best.scale != 0 && consider(1 / best.scale)) {
  }
  return best;
}

// x is about scale * q + offset.
struct LineFit {
  float scale = 0, offset = 0;
  double error = std::numeric_limits<double>::infinity();
};

// The best line for the integers of [0, most] that (x - offset) * factor is rounded to. With
// `kNoPositive` the offset is zero or negative.
template <bool kNoPositive, size_t N>
LineFit solve_line(const Part<N>& part, float most, float factor, float offset) {
  const Integers round{0, most};
  const float *x = part.x.data(), *weights = part.weights.data();
  const auto [w, wx, wxx, wq, wqq, wqx] = sums<6, N>([&](size_t i) {
    const float weight = weights[i], q = round((x[i] - offset) * factor);
    return std::array{weight,     weight * x[i],  weight * x[i] * x[i],
                      weight * q, weight * q * q, weight * q * x[i]};
  });
  const double determinant = w * wqq - wq * wq;
  double scale = 0, best_offset = w > 0 ? wx / w : 0;
  if (determinant > 1e-9 * w * wqq) {
    scale = (w * wqx - wq * wx) / determinant;
    best_offset = (wqq * wx - wq * wqx) / determinant;
  }
  if (kNoPositive && best_offset > 0) {
    best_offset = 0;
    scale = wqq > 0 ? wqx / wqq : 0;
  }
  return {static_cast<float>(scale), static_cast<float>(best_offset),
          wxx - scale * wqx - best_offset * wx};
}

template <bool kNoPositive, size_t N>
LineFit fit_line(const Part<N>& part, float most, const Steps& steps) {
  const auto [least, greatest] = std::minmax_element(part.x.begin(), part.x.end());
  const float low = kNoPositive ? std::min(*least, 0.0f) : *least;
  const float range = *greatest - low;
  if (!has_safe_squares(range)) return {range / most, low};
  LineFit best;
  const auto consider = [&](float factor, float offset) {
    const LineFit fit = solve_line<kNoPositive>(part, most, factor, offset);
    const bool better = fit.error < best.error;
    if (better) best = fit;
    return better;
  };
  for (float at = steps.first; at <= steps.last; at += steps.step)
    consider((most + at) / range, low);
  while (best.scale > 0 && consider(1 / best.scale, best.offset)) {
  }
  return best;
}

}  // namespace cria::ml
