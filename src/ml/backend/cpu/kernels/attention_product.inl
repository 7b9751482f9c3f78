#pragma once
// The small matrix products of attention. Lanes are history positions for scores and value
// dimensions for results, so that no sum runs across lanes, and each is one chain of additions in
// the order of k whatever else is computed beside it.

#include "ml/backend/cpu/kernels/vec_math.inl"

namespace cria::ml::cpu {
namespace {

// out[row][lane] = a[row][k] * b[k][lane], summed over k = first .. last - 1; added to out if
// `accumulate`.
template <class T>
struct Product {
  const float* a;
  int64_t a_stride;
  const T* b;  // floats, halves or BFloat
  int64_t b_stride;
  int64_t first, last;
  float* out;  // has room for whole vectors
  int64_t out_stride;
  int64_t lanes;
  bool accumulate;
};

// As many vectors as, with this many rows, keep their sums in registers: a power of two.
constexpr int tile_vectors(int rows) {
  int vectors = 8;
  while (vectors * rows > kAccumulators) vectors /= 2;
  return vectors;
}

enum class Load { kWhole, kPartial };

template <int kRows, int kVectors, Load kLoad, class T>
inline void multiply_tile(const Product<T>& p, int64_t lane) {
  Vec sums[kRows][kVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      sums[r][v] = p.accumulate ? load(p.out + r * p.out_stride + lane + v * kLanes) : splat(0);
    }
  }
  const T* b = p.b + p.first * p.b_stride + lane;
  for (int64_t k = p.first; k < p.last; ++k, b += p.b_stride) {
    Vec x[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) x[r] = splat(p.a[r * p.a_stride + k]);
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const Vec y = kLoad == Load::kWhole ? load(b + v * kLanes) : load_partial(b, p.lanes - lane);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) sums[r][v] = fma(x[r], y, sums[r][v]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      store(p.out + r * p.out_stride + lane + v * kLanes, sums[r][v]);
    }
  }
}

template <int kRows, int kVectors, class T>
inline void multiply_lanes(const Product<T>& p, int64_t lane) {
  for (; lane + kVectors * kLanes <= p.lanes; lane += kVectors * kLanes) {
    multiply_tile<kRows, kVectors, Load::kWhole>(p, lane);
  }
  if constexpr (kVectors > 1) {
    multiply_lanes<kRows, kVectors / 2>(p, lane);
  } else if (lane < p.lanes) {
    multiply_tile<kRows, 1, Load::kPartial>(p, lane);
  }
}

// Up to kRowsAtOnce rows.
template <class T, int kRows = kRowsAtOnce>
void multiply(const Product<T>& p, int64_t rows) {
  if (rows == kRows) return multiply_lanes<kRows, tile_vectors(kRows)>(p, 0);
  if constexpr (kRows > 1) multiply<T, kRows - 1>(p, rows);
}

}  // namespace
}  // namespace cria::ml::cpu
