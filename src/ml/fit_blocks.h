#pragma once
// Searches scales of two levels: parts of a block have integer scales, and in some formats integer
// minimums, which are multiples of what the whole block shares. Each part's best scale is found
// first; then the shared one is solved for, and integers next to the rounded ones are tried, in
// turns as long as the error falls.

#include "base/half.h"
#include "ml/fit.h"

namespace cria::ml {

inline float rounded_to_half(float value) { return half_to_float(float_to_half(value)); }

inline int rounded_within(float value, int low, int high) {
  if (!(value > static_cast<float>(low))) return low;
  return value < static_cast<float>(high) ? static_cast<int>(std::lround(value)) : high;
}

inline constexpr int kMostTurns = 4;

// Element i of part p is stored as scale * scales[p] * q.
template <size_t kParts>
struct SharedScale {
  float scale = 0;
  std::array<int, kParts> scales{};
  double error = std::numeric_limits<double>::infinity();
};

struct IntegerRange {
  int low, high;
};

template <size_t kParts, size_t N, class Round>
class SharedScaleFit {
 public:
  using Block = std::span<const float, kParts * N>;
  using Result = SharedScale<kParts>;

  SharedScaleFit(Block x, Block weights, const Round& round, IntegerRange scales)
      : x_(x), weights_(weights), round_(round), range_(scales) {}

  // `low` and `high` are the ends of the rounder's range.
  Result operator()(float low, float high, const Steps& steps) {
    float extreme = 0;
    for (size_t p = 0; p < kParts; ++p) {
      wanted_[p] = fit_scale(part(p), round_, low, high, steps).scale;
      if (std::fabs(wanted_[p]) > std::fabs(extreme)) extreme = wanted_[p];
    }
    Result best;
    // Too small or too large for a half: that shows in what is stored.
    best.scale = rounded_to_half(extreme / static_cast<float>(range_.low));
    if (best.scale == 0 || !std::isfinite(best.scale)) return best;
    for (const int end : {range_.low, range_.high}) {
      float scale = extreme / static_cast<float>(end);
      for (int turn = 0; turn < kMostTurns; ++turn) {
        const Result result = with(rounded_to_half(scale));
        const bool better = result.error < best.error;
        if (better) best = result;
        if (!better || best.scale == 0) break;
        scale = solved(result);
      }
    }
    return best;
  }

 private:
  Part<N> part(size_t p) const {
    return {x_.subspan(p * N).template first<N>(), weights_.subspan(p * N).template first<N>()};
  }

  Result with(float scale) const {
    Result result{.scale = scale, .scales = {}, .error = 0};
    const float factor = scale == 0 ? 0 : 1 / scale;
    for (size_t p = 0; p < kParts; ++p) {
      const int middle = rounded_within(wanted_[p] * factor, range_.low, range_.high);
      double least = std::numeric_limits<double>::infinity();
      for (int k = middle - 1; k <= middle + 1; ++k) {
        if (k < range_.low || k > range_.high) continue;
        const double error = error_of(part(p), round_, scale * static_cast<float>(k));
        if (error < least) {
          least = error;
          result.scales[p] = k;
        }
      }
      result.error += least;
    }
    return result;
  }

  // The best shared scale for what is stored with this one.
  float solved(const Result& result) const {
    double xq = 0, qq = 0;
    for (size_t p = 0; p < kParts; ++p) {
      const auto k = static_cast<float>(result.scales[p]);
      const float scale = result.scale * k;
      const ScaleFit fit = solve_scale(part(p), round_, scale == 0 ? 0 : 1 / scale);
      if (fit.scale == 0) continue;
      // gain = xq^2 / qq and scale = xq / qq
      const double part_xq = fit.gain / double{fit.scale};
      xq += k * part_xq;
      qq += double{k} * k * part_xq / double{fit.scale};
    }
    return qq > 0 ? static_cast<float>(xq / qq) : result.scale;
  }

  Block x_, weights_;
  const Round& round_;
  IntegerRange range_;
  std::array<float, kParts> wanted_{};
};

// Element i of part p is stored as scale * scales[p] * q - minimum_scale * minimums[p].
template <size_t kParts>
struct SharedLine {
  float scale = 0, minimum_scale = 0;
  std::array<int, kParts> scales{}, minimums{};
  double error = std::numeric_limits<double>::infinity();
};

template <size_t kParts, size_t N>
class SharedLineFit {
 public:
  using Block = std::span<const float, kParts * N>;
  using Result = SharedLine<kParts>;

  // Quants are of [0, most], scales and minimums of [0, scale_most].
  SharedLineFit(Block x, Block weights, int most, int scale_most)
      : x_(x), weights_(weights), round_{0, static_cast<float>(most)}, scale_most_(scale_most) {}

  Result operator()(const Steps& steps) {
    float scale = 0, minimum = 0;
    for (size_t p = 0; p < kParts; ++p) {
      wanted_[p] = fit_line<true>(part(p), round_.high, steps);
      scale = std::max(scale, wanted_[p].scale);
      minimum = std::max(minimum, -wanted_[p].offset);
    }
    scale /= static_cast<float>(scale_most_);
    minimum /= static_cast<float>(scale_most_);
    Result best;
    best.scale = rounded_to_half(scale);
    best.minimum_scale = rounded_to_half(minimum);
    // Too large for a half: that shows in what is stored.
    if (!std::isfinite(best.scale) || !std::isfinite(best.minimum_scale)) return best;
    for (int turn = 0; turn < kMostTurns; ++turn) {
      const Result result = with(rounded_to_half(scale), rounded_to_half(minimum));
      if (!(result.error < best.error)) break;
      best = result;
      solve(best, scale, minimum);
    }
    return best;
  }

 private:
  Part<N> part(size_t p) const {
    return {x_.subspan(p * N).template first<N>(), weights_.subspan(p * N).template first<N>()};
  }

  Result with(float scale, float minimum_scale) const {
    Result result;
    result.scale = scale;
    result.minimum_scale = minimum_scale;
    result.error = 0;
    const float factor = scale == 0 ? 0 : 1 / scale;
    const float minimum_factor = minimum_scale == 0 ? 0 : 1 / minimum_scale;
    for (size_t p = 0; p < kParts; ++p) {
      const int k0 = rounded_within(wanted_[p].scale * factor, 0, scale_most_);
      const int l0 = rounded_within(-wanted_[p].offset * minimum_factor, 0, scale_most_);
      double least = std::numeric_limits<double>::infinity();
      for (int k = std::max(k0 - 1, 0); k <= std::min(k0 + 1, scale_most_); ++k) {
        for (int l = std::max(l0 - 1, 0); l <= std::min(l0 + 1, scale_most_); ++l) {
          const double error = error_of(part(p), round_, scale * static_cast<float>(k),
                                        -minimum_scale * static_cast<float>(l));
          if (error < least) {
            least = error;
            result.scales[p] = k;
            result.minimums[p] = l;
          }
        }
      }
      result.error += least;
    }
    return result;
  }

  // The best pair of shared scales for what is stored with this one.
  void solve(const Result& result, float& scale, float& minimum_scale) const {
    double aa = 0, ab = 0, bb = 0, ax = 0, bx = 0;
    for (size_t p = 0; p < kParts; ++p) {
      const auto k = static_cast<float>(result.scales[p]);
      const auto l = static_cast<float>(result.minimums[p]);
      const float part_scale = result.scale * k, minimum = result.minimum_scale * l;
      const float factor = part_scale == 0 ? 0 : 1 / part_scale;
      const Part<N> of = part(p);
      const auto [w, wq, wqq, wx, wqx] = sums<5, N>([&](size_t i) {
        const float weight = of.weights[i], x = of.x[i], q = round_((x + minimum) * factor);
        return std::array{weight, weight * q, weight * q * q, weight * x, weight * q * x};
      });
      aa += double{k} * k * wqq;
      ab -= double{k} * l * wq;
      bb += double{l} * l * w;
      ax += k * wqx;
      bx -= l * wx;
    }
    const double determinant = aa * bb - ab * ab;
    if (determinant > 1e-9 * aa * bb) {
      const double s = (ax * bb - bx * ab) / determinant, m = (aa * bx - ab * ax) / determinant;
      if (s > 0 && m >= 0) {
        scale = static_cast<float>(s);
        minimum_scale = static_cast<float>(m);
      }
    } else if (aa > 0 && ax > 0) {
      scale = static_cast<float>(ax / aa);
    }
  }

  Block x_, weights_;
  Integers round_;
  int scale_most_;
  std::array<LineFit, kParts> wanted_{};
};

}  // namespace cria::ml
