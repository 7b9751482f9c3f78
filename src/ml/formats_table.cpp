// Formats whose elements are places of 4 bits in a table of sixteen values, times a scale. In each
// 32 elements, element i is the low and element i + 16 the high half of byte i; of MXFP4_PAIRS,
// which is how checkpoints and early files of gpt-oss have MXFP4, elements 2i and 2i + 1 are.

#include <array>

#include "ml/fit_blocks.h"
#include "ml/formats_bits.h"

namespace cria::ml {
namespace {

constexpr size_t kBlock = 32;
using Halves = BitField<4, 16>;
using Pairs = BitField<4, 1>;
using Table = std::array<float, 16>;

// Denser around zero, as weights are. Table[0] has the largest magnitude.
constexpr Table kNonlinear = {-127, -104, -83, -65, -49, -35, -22, -10,
                              1,    13,   25,  38,  53,  69,  89,  113};
// A sign, two bits of exponent and one of fraction, as the OCP microscaling formats have it.
constexpr Table kFloat4 = {0, .5f, 1, 1.5f, 2, 3, 4, 6, 0, -.5f, -1, -1.5f, -2, -3, -4, -6};

constexpr Levels<16> kNonlinearLevels{kNonlinear};
constexpr Levels<15> kFloat4Levels{{-6, -4, -3, -2, -1.5f, -1, -.5f, 0, .5f, 1, 1.5f, 2, 3, 4, 6}};
constexpr Steps kSteps{-20, 20, 2};

template <size_t N>
using Block = std::span<const float, N>;

int nearest(const Table& table, float value) {
  size_t best = 0;
  for (size_t i = 1; i < table.size(); ++i) {
    if (std::fabs(value - table[i]) < std::fabs(value - table[best])) best = i;
  }
  return static_cast<int>(best);
}

template <class Places = Halves>
void read_places(const Table& table, const std::byte* from, float scale, float* out) {
  for (size_t i = 0; i < kBlock; ++i)
    out[i] = scale * table[static_cast<size_t>(Places::get(from, i))];
}

template <class Places = Halves>
void write_places(const Table& table, std::span<const float> x, float scale, std::byte* to) {
  const float factor = inverse(scale);
  for (size_t i = 0; i < kBlock; ++i) Places::put(to, i, nearest(table, x[i] * factor));
}

// A half as scale.
struct Nonlinear {
  static constexpr size_t kElements = kBlock, kBytes = 2 + kBlock / 2;

  static void read(const std::byte* block, float* out) {
    read_places(kNonlinear, block + 2, load_half(block), out);
  }
  static void write(Block<kElements> x, Block<kElements> weights, std::byte* block) {
    const ScaleFit fit = fit_scale(Part<kBlock>{x, weights}, kNonlinearLevels, kNonlinear.front(),
                                   kNonlinear.back(), kSteps);
    store_half(block, scale_or_nan(x, fit.scale));
    write_places(kNonlinear, x, load_half(block), block + 2);
  }
};

// 256 elements: a half; of each 32 a scale of 6 bits, signed by subtracting 32, whose high two bits
// lie together before the low four; then the places.
struct NonlinearScaled {
  static constexpr size_t kElements = 256, kBytes = 136;
  static constexpr size_t kHigh = 2, kLow = 4, kPlaces = 8, kParts = kElements / kBlock;
  using High = BitField<2, 1>;
  using Low = BitField<4, 1>;

  static void read(const std::byte* block, float* out) {
    const float scale = load_half(block);
    for (size_t i = 0; i < kParts; ++i) {
      const int part_scale = (Low::get(block + kLow, i) | High::get(block + kHigh, i) << 4) - 32;
      read_places(kNonlinear, block + kPlaces + i * kBlock / 2,
                  scale * static_cast<float>(part_scale), out + i * kBlock);
    }
  }

  static void write(Block<kElements> x, Block<kElements> weights, std::byte* block) {
    if (!is_finite(x)) return store_half(block, std::numeric_limits<float>::quiet_NaN());
    SharedScaleFit<kParts, kBlock, Levels<16>> fit(x, weights, kNonlinearLevels, {-32, 31});
    const auto found = fit(kNonlinear.front(), kNonlinear.back(), kSteps);
    store_half(block, found.scale);
    for (size_t i = 0; i < kParts; ++i) {
      Low::put(block + kLow, i, found.scales[i] + 32);
      High::put(block + kHigh, i, (found.scales[i] + 32) >> 4);
      write_places(kNonlinear, x.subspan(i * kBlock, kBlock),
                   found.scale * static_cast<float>(found.scales[i]),
                   block + kPlaces + i * kBlock / 2);
    }
  }
};

// A byte as scale, a power of two: 2^(byte - 127), of which 255 is a NaN.
template <class Places>
struct Microscaled {
  static constexpr size_t kElements = kBlock, kBytes = 1 + kBlock / 2;
  static constexpr int kBias = 127, kNan = 255;
  static constexpr int kMost = 125;  // power of a scale with which 6 is still a float

  static void read(const std::byte* block, float* out) {
    const int exponent = std::to_integer<int>(block[0]);
    const float scale = exponent == kNan ? std::numeric_limits<float>::quiet_NaN()
                                         : std::ldexp(1.0f, exponent - kBias);
    read_places<Places>(kFloat4, block + 1, scale, out);
  }

  // Around the smallest power with which the largest magnitude is at most 7: from there on 8, with
  // twice the scale, is nearer than 6.
  static void write(Block<kElements> x, Block<kElements> weights, std::byte* block) {
    const float largest = std::fabs(extreme(x));
    int best = kNan;
    if (is_finite(x)) {
      int power = 0;  // largest / 7 is in [2^(power - 1), 2^power)
      std::frexp(largest / 7, &power);
      double least = std::numeric_limits<double>::infinity();
      for (int tried = power + 1; tried >= power - 1; --tried) {
        const int exponent = std::clamp(tried, -kBias, kMost);
        const double error =
            error_of(Part<kBlock>{x, weights}, kFloat4Levels, std::ldexp(1.0f, exponent));
        if (error < least || tried == power + 1) {
          least = error;
          best = exponent + kBias;
        }
      }
    }
    block[0] = static_cast<std::byte>(best);
    write_places<Places>(kFloat4, x, std::ldexp(1.0f, best - kBias), block + 1);
  }
};

constexpr Format kFormats[] = {
    block_format<Nonlinear>(DType::kIQ4_NL),
    block_format<NonlinearScaled>(DType::kIQ4_XS),
    block_format<Microscaled<Halves>>(DType::kMXFP4),
    block_format<Microscaled<Pairs>>(DType::kMXFP4_PAIRS),
};

}  // namespace

std::span<const Format> table_formats() { return kFormats; }

}  // namespace cria::ml
