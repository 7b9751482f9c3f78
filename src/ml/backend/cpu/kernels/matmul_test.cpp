#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "base/error.h"
#include "base/half.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/kernels/test_tables.h"
#include "ml/formats.h"

namespace cria::ml::cpu {
namespace {

std::vector<DType> types() {
  std::vector<DType> out;
  for (const DTypeInfo& type : dtypes()) {
    if (can_pack(type.type, type.block_elements)) out.push_back(type.type);
  }
  return out;
}

// Columns of a few blocks.
int64_t width(DType type, int64_t blocks) {
  return blocks * std::max(kBlock, info(type).block_elements);
}

struct AlignedDelete {
  void operator()(std::byte* p) const { ::operator delete[](p, std::align_val_t{kAlignment}); }
};
using AlignedBuffer = std::unique_ptr<std::byte[], AlignedDelete>;

AlignedBuffer make_buffer(int64_t bytes) {
  return AlignedBuffer(new (std::align_val_t{kAlignment}) std::byte[static_cast<size_t>(bytes)]);
}

// Makes the scales of a block of random bytes, or the element itself, an ordinary number, and the
// minimum one that moves values to both sides of zero.
void make_ordinary(DType type, std::byte* block, std::mt19937& random) {
  const float value = std::normal_distribution<float>()(random);
  const auto put_half = [&](int64_t at, float x) {
    const uint16_t half = type == DType::kBF16 ? float_to_bfloat16(x) : float_to_half(x);
    std::memcpy(block + at, &half, 2);
  };
  switch (type) {
    case DType::kF32:
      std::memcpy(block, &value, 4);
      break;
    case DType::kMXFP4:
    case DType::kMXFP4_PAIRS:
      block[0] = static_cast<std::byte>(120 + random() % 15);
      break;
    case DType::kQ4_1:
    case DType::kQ5_1:
      put_half(0, value);
      put_half(2, -7.5f * value);
      break;
    case DType::kQ4_K:
    case DType::kQ5_K:
      put_half(0, value / 32);
      put_half(2, value / 4);
      break;
    case DType::kQ2_K:
      put_half(80, value / 8);
      put_half(82, value / 4);
      break;
    case DType::kQ3_K:
      put_half(108, value / 32);
      break;
    case DType::kQ6_K:
      put_half(208, value / 128);
      break;
    default:
      put_half(0, value);
  }
}

// A random matrix, as in a file, packed, and as the numbers that it stands for.
struct Weight {
  Weight(DType dtype, int64_t row_count, int64_t col_count, std::mt19937& random)
      : type(dtype), rows(row_count), cols(col_count), values(static_cast<size_t>(rows * cols)) {
    std::vector<std::byte> file(static_cast<size_t>(rows * row_bytes(type, cols)));
    for (std::byte& byte : file) byte = static_cast<std::byte>(random());
    for (size_t i = 0; i < file.size(); i += static_cast<size_t>(info(type).block_bytes))
      make_ordinary(type, &file[i], random);
    for (int64_t row = 0; row < rows; ++row)
      dequantize(type, file.data() + row * row_bytes(type, cols),
                 {&values[static_cast<size_t>(row * cols)], static_cast<size_t>(cols)});
    tiles = make_buffer(tile_count(rows) * packed_tile_bytes(type, cols));
    pack_tiles(type, rows, cols, file.data(), 0, tile_count(rows), tiles.get());
  }

  DType type;
  int64_t rows, cols;
  std::vector<float> values;
  AlignedBuffer tiles;
};

// Random activations of some tokens, as floats that are not aligned, and as a kernel takes them.
struct Activations {
  Activations(const Kernels& kernels, DType weight_type, int64_t token_count, int64_t col_count,
              std::mt19937& random)
      : tokens(token_count), cols(col_count), values(static_cast<size_t>(tokens * cols)) {
    std::normal_distribution<float> normal;
    for (float& value : values) value = normal(random);
    quantized = quantizes_activations(weight_type);
    stride = quantized ? quantized_row_bytes(cols) : (cols + 1) * 4;
    buffer = make_buffer(stride * tokens + 4);
    for (int64_t t = 0; t < tokens; ++t) {
      const float* row = &values[static_cast<size_t>(t * cols)];
      if (quantized)
        kernels.quantize_row(row, cols, buffer.get() + t * stride);
      else
        std::memcpy(buffer.get() + 4 + t * stride, row, static_cast<size_t>(cols) * 4);
    }
  }

  const std::byte* data() const { return buffer.get() + (quantized ? 0 : 4); }

  // What the kernel is given in place of the values, [tokens, cols].
  std::vector<double> given() const {
    std::vector<double> out(values.begin(), values.end());
    if (!quantized) return out;
    constexpr int64_t kOrder[] = {0, 2, 1, 3};
    for (int64_t at = 0; at < tokens * cols; at += kBlock) {
      ActivationBlock block;
      std::memcpy(&block, buffer.get() + at / cols * stride + at % cols / kBlock * sizeof(block),
                  sizeof(block));
      for (int64_t i = 0; i < kBlock; ++i) {
        const int quant = block.quants[i / 4 * 4 + kOrder[i % 4]];
        out[static_cast<size_t>(at + i)] = double{block.scale} * quant;
      }
    }
    return out;
  }

  int64_t tokens, cols, stride = 0;
  bool quantized = false;
  std::vector<float> values;
  AlignedBuffer buffer;
};

MatmulArgs arguments(const Weight& w, const Activations& x, std::vector<float>& out) {
  return {.tiles = w.tiles.get(),
          .rows = w.rows,
          .cols = w.cols,
          .first_tile = 0,
          .last_tile = tile_count(w.rows),
          .x = x.data(),
          .x_stride = x.stride,
          .tokens = x.tokens,
          .out = out.data(),
          .out_stride = w.rows,
          .addend = nullptr};
}

std::vector<float> multiply(const Kernels& kernels, const Weight& w, const Activations& x) {
  std::vector<float> out(static_cast<size_t>(x.tokens * w.rows));
  kernels.matmul[static_cast<size_t>(w.type)](arguments(w, x, out));
  return out;
}

// Squared error over the sum of the squared products (what the squared result is on average),
// against double arithmetic on the activations as given and on the exact ones.
struct Errors {
  double of_given = 0, of_exact = 0;
};
Errors errors(const Weight& w, const Activations& x, const std::vector<float>& out) {
  const std::vector<double> weights(w.values.begin(), w.values.end());
  const std::vector<double> exact_x(x.values.begin(), x.values.end()), given_x = x.given();
  Errors error;
  double products = 0;
  for (int64_t t = 0; t < x.tokens; ++t) {
    const double *exact_row = &exact_x[static_cast<size_t>(t * x.cols)],
                 *given_row = &given_x[static_cast<size_t>(t * x.cols)];
    for (int64_t r = 0; r < w.rows; ++r) {
      const double* weight = &weights[static_cast<size_t>(r * w.cols)];
      double given = 0, exact = 0;
      for (int64_t i = 0; i < w.cols; ++i) {
        const double product = weight[i] * exact_row[i];
        given += weight[i] * given_row[i];
        exact += product;
        products += product * product;
      }
      const double result = out[static_cast<size_t>(t * w.rows + r)];
      error.of_given += (result - given) * (result - given);
      error.of_exact += (result - exact) * (result - exact);
    }
  }
  return {error.of_given / products, error.of_exact / products};
}

class Matmul : public testing::TestWithParam<TestTable> {
 protected:
  const Kernels& kernels() const { return *GetParam().kernels; }
};

TEST_P(Matmul, AgreesWithDoubleArithmetic) {
  std::mt19937 random(1);
  for (DType type : types()) {
    const bool any_width = !quantizes_activations(type);
    for (int64_t rows : {1, 15, 16, 17, 33, 70}) {
      for (int64_t cols : {32, 96, 576, 256, 1024, 1, 7, 50}) {
        if (!can_pack(type, cols) || (any_width && cols > 576)) continue;
        const Weight w(type, rows, cols, random);
        for (int64_t tokens : {1, 2, 3, 7, 17}) {
          const Activations x(kernels(), type, tokens, cols, random);
          const Errors e = errors(w, x, multiply(kernels(), w, x));
          const std::string where =
              concat(info(type).name, " ", rows, " x ", cols, ", ", tokens, " tokens");
          EXPECT_LE(e.of_given, 1e-12) << where;
          EXPECT_LE(e.of_exact, 5e-4) << where;
        }
      }
    }
  }
}

TEST_P(Matmul, GivesATokenTheSameBitsInAnyCompany) {
  std::mt19937 random(2);
  for (DType type : types()) {
    const int64_t cols = quantizes_activations(type) ? width(type, 5) : 53;
    const Weight w(type, 7 * kTileRows - 3, cols, random);
    const Activations x(kernels(), type, 17, cols, random);
    const std::vector<float> expected = multiply(kernels(), w, x);
    for (int64_t tokens = 1; tokens <= x.tokens; ++tokens) {
      for (int64_t tiles : {1, 2, 5, 7}) {
        std::vector<float> out(expected.size());
        MatmulArgs args = arguments(w, x, out);
        for (int64_t token = 0; token < x.tokens; token += tokens) {
          for (int64_t tile = 0; tile < tile_count(w.rows); tile += tiles) {
            args.first_tile = tile;
            args.last_tile = std::min(tile + tiles, tile_count(w.rows));
            args.x = x.data() + token * x.stride;
            args.out = out.data() + token * w.rows;
            args.tokens = std::min(tokens, x.tokens - token);
            kernels().matmul[static_cast<size_t>(type)](args);
          }
        }
        EXPECT_EQ(std::memcmp(out.data(), expected.data(), out.size() * 4), 0)
            << info(type).name << " by " << tokens << " tokens and " << tiles << " tiles";
      }
    }
  }
}

// More activations than a pass over the tiles takes at once.
TEST_P(Matmul, GivesManyTokensTheSameBitsAsOne) {
  std::mt19937 random(3);
  for (DType type : types()) {
    const int64_t cols = 2560, tokens = 150;
    const Weight w(type, 40, cols, random);
    const Activations x(kernels(), type, tokens, cols, random);
    const std::vector<float> expected = multiply(kernels(), w, x);
    for (int64_t token = 0; token < tokens; token += 7) {
      std::vector<float> out(static_cast<size_t>(w.rows));
      MatmulArgs args = arguments(w, x, out);
      args.x += token * x.stride;
      args.tokens = 1;
      kernels().matmul[static_cast<size_t>(type)](args);
      EXPECT_EQ(
          std::memcmp(out.data(), &expected[static_cast<size_t>(token * w.rows)], out.size() * 4),
          0)
          << token;
    }
  }
}

TEST_P(Matmul, AddsWhatIsGivenAlsoInPlace) {
  std::mt19937 random(4);
  for (DType type : types()) {
    const Weight w(type, 37, width(type, 2), random);
    const Activations x(kernels(), type, 5, w.cols, random);
    const std::vector<float> product = multiply(kernels(), w, x);
    std::vector<float> addend(product.size()), separate(product.size());
    for (size_t i = 0; i < addend.size(); ++i) addend[i] = static_cast<float>(i);
    MatmulArgs args = arguments(w, x, separate);
    args.addend = addend.data();
    kernels().matmul[static_cast<size_t>(type)](args);
    for (size_t i = 0; i < addend.size(); ++i) EXPECT_EQ(separate[i], product[i] + addend[i]);

    args.out = addend.data();
    kernels().matmul[static_cast<size_t>(type)](args);
    EXPECT_EQ(addend, separate);
  }
}

TEST_P(Matmul, WritesTheRowsOfItsTilesAndNothingElse) {
  std::mt19937 random(5);
  for (DType type : types()) {
    const Weight w(type, 41, width(type, 1), random);
    const Activations x(kernels(), type, 3, w.cols, random);
    std::vector<float> out(static_cast<size_t>(3 * 50), -1e30f);
    MatmulArgs args = arguments(w, x, out);
    args.first_tile = 1;
    args.out_stride = 50;
    kernels().matmul[static_cast<size_t>(type)](args);
    for (size_t i = 0; i < out.size(); ++i)
      EXPECT_EQ(out[i] != -1e30f, i % 50 >= 16 && i % 50 < 41) << info(type).name << " " << i;
  }
}

TEST_P(Matmul, PassesOnWhatIsNotANumber) {
  std::mt19937 random(6);
  for (DType type : types()) {
    const Weight w(type, 20, width(type, 1), random);
    Activations x(kernels(), type, 2, w.cols, random);
    std::vector<float> row(static_cast<size_t>(w.cols), 1.0f);
    row[20] = std::numeric_limits<float>::quiet_NaN();
    if (x.quantized)
      kernels().quantize_row(row.data(), w.cols, x.buffer.get());
    else
      std::memcpy(x.buffer.get() + 4, row.data(), row.size() * 4);
    const std::vector<float> out = multiply(kernels(), w, x);
    for (size_t i = 0; i < out.size(); ++i)
      EXPECT_EQ(std::isnan(out[i]), i < 20) << info(type).name << " " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, Matmul, testing::ValuesIn(test_tables()), test_table_name);

}  // namespace
}  // namespace cria::ml::cpu
