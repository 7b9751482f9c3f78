#include "convert/block_sources.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/quote.h"
#include "convert/cast.h"
#include "fs/safetensors/float8.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using Shape = std::vector<int64_t>;

constexpr int64_t kBlock = 32;       // numbers of an MXFP4 block
constexpr int64_t kBlockBytes = 17;  // its exponent and 16 pairs

std::vector<float> floats(const Source& source) {
  std::vector<std::byte> bytes(static_cast<size_t>(source.elements()) *
                               element_bytes(source.dtype()));
  source.read(0, bytes);
  std::vector<float> values(static_cast<size_t>(source.elements()));
  cast(source.dtype(), bytes, OutputType::kF32, std::as_writable_bytes(std::span(values)));
  return values;
}

class Scaled final : public Source {
 public:
  Scaled(const StoredTensor& numbers, SourcePtr scales, const Shape& block)
      : Source(numbers.name, "F32", numbers.shape, "BF16"),
        numbers_(stored(numbers)),
        scales_(std::move(scales)),
        rows_(block[0]),
        columns_(block[1]) {
    for (size_t i = 0; i < values_.size(); ++i) {
      values_[i] = safetensors::float8_e4m3(static_cast<uint8_t>(i));
    }
  }

  void read(int64_t begin, std::span<std::byte> out) const override {
    const size_t count = out.size() / sizeof(float);
    std::vector<std::byte> bytes(count);
    numbers_->read(begin, bytes);
    if (factors_.empty()) factors_ = floats(*scales_);
    const int64_t width = row(), per_row = scales_->shape()[1];
    for (size_t i = 0; i < count; ++i) {
      const int64_t at = begin + static_cast<int64_t>(i), y = at / width, x = at % width;
      const float factor = factors_[static_cast<size_t>(y / rows_ * per_row + x / columns_)];
      const float value = values_[std::to_integer<size_t>(bytes[i])] * factor;
      std::memcpy(out.data() + i * sizeof(float), &value, sizeof(float));
    }
    if (begin + static_cast<int64_t>(count) == elements()) factors_ = {};
  }

 private:
  SourcePtr numbers_, scales_;
  int64_t rows_, columns_;
  std::array<float, 256> values_{};
  mutable std::vector<float> factors_;
};

class Mxfp4 final : public Source {
 public:
  Mxfp4(SourcePtr blocks, SourcePtr exponents, const Shape& shape, int64_t first, int64_t step)
      : Source(blocks->name(), "MXFP4", shape),
        blocks_(std::move(blocks)),
        exponents_(std::move(exponents)),
        first_(first),
        step_(step) {}

  void read(int64_t begin, std::span<std::byte> out) const override {
    const int64_t per_row = shape()[2] / kBlock, rows = shape()[1];
    for (int64_t block = begin / kBlock; !out.empty(); ++block) {
      const int64_t row = block / per_row, matrix = row / rows;
      const int64_t from = ((matrix * rows + row % rows) * step_ + first_) * per_row;
      write(from + block % per_row, out.first(kBlockBytes));
      out = out.subspan(kBlockBytes);
    }
  }

 private:
  // The checkpoint has neighbours in a byte, the file the first half of a block in the low bits.
  void write(int64_t block, std::span<std::byte> out) const {
    std::array<std::byte, kBlock / 2> pairs{};
    exponents_->read(block, out.first(1));
    blocks_->read(block * kBlock / 2, pairs);
    const auto number = [&](size_t i) {
      return i % 2 == 0 ? pairs[i / 2] & std::byte{0x0f} : pairs[i / 2] >> 4;
    };
    for (size_t i = 0; i < pairs.size(); ++i) out[1 + i] = number(i) | (number(i + 16) << 4);
  }

  SourcePtr blocks_, exponents_;
  int64_t first_, step_;
};

class Mxfp4Floats final : public Source {
 public:
  explicit Mxfp4Floats(SourcePtr blocks)
      : Source(blocks->name(), "F32", blocks->shape()), blocks_(std::move(blocks)) {}

  void read(int64_t begin, std::span<std::byte> out) const override {
    constexpr std::array<float, 8> kMagnitudes{0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
    std::array<std::byte, kBlockBytes> block{};
    bool is_read = false;
    for (; !out.empty(); ++begin, out = out.subspan(sizeof(float))) {
      const auto i = static_cast<size_t>(begin % kBlock);
      if (i == 0 || !is_read) blocks_->read(begin - begin % kBlock, block);
      is_read = true;
      const std::byte pair = block[1 + i % 16];
      const auto code = std::to_integer<size_t>(i < 16 ? pair & std::byte{0x0f} : pair >> 4);
      const float value = std::ldexp(kMagnitudes[code % 8], std::to_integer<int>(block[0]) - 127);
      const float number = code < 8 ? value : -value;
      std::memcpy(out.data(), &number, sizeof(float));
    }
  }

 private:
  SourcePtr blocks_;
};

}  // namespace

SourcePtr scaled(const StoredTensor& numbers, const SourcePtr& scales, const Shape& block) {
  if (!scales) return nullptr;
  const auto blocks = [&](size_t i) { return (numbers.shape[i] + block[i] - 1) / block[i]; };
  if (numbers.shape.size() != 2 || scales->shape() != Shape{blocks(0), blocks(1)}) {
    fail(Code::kCorrupt, "tensor ", quote(scales->name()), ": expected a scale for each block of ",
         block[0], " rows and ", block[1], " columns of ", quote(numbers.name));
  }
  return std::make_shared<Scaled>(numbers, scales, block);
}

SourcePtr mxfp4(const SourcePtr& blocks, const SourcePtr& exponents, int64_t first, int64_t step) {
  if (!blocks || !exponents) return nullptr;
  Shape shape = blocks->shape();
  const bool fits = shape.size() == 4 && shape[3] == kBlock / 2 && shape[1] % step == 0 &&
                    exponents->shape() == Shape{shape[0], shape[1], shape[2]};
  if (!fits || blocks->dtype() != "U8" || exponents->dtype() != "U8") {
    fail(Code::kCorrupt, "tensor ", quote(blocks->name()),
         ": expected U8 [matrices, rows, blocks, 16], and an exponent for each block");
  }
  return std::make_shared<Mxfp4>(blocks, exponents,
                                 Shape{shape[0], shape[1] / step, shape[2] * kBlock}, first, step);
}

SourcePtr mxfp4_as_floats(const SourcePtr& mxfp4) { return std::make_shared<Mxfp4Floats>(mxfp4); }

}  // namespace cria::convert
