#include "convert/block_sources.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using Shape = std::vector<int64_t>;

// A tensor of the checkpoint, with its own bytes.
struct Bytes {
  std::vector<uint8_t> bytes;
  StoredTensor tensor;
  Bytes(std::string name, std::string dtype, Shape shape, std::vector<uint8_t> data)
      : bytes(std::move(data)),
        tensor{std::move(name),
               std::move(dtype),
               std::move(shape),
               {},
               std::as_bytes(std::span(bytes))} {}
};

std::vector<float> read(const SourcePtr& source, int64_t begin, int64_t count) {
  std::vector<float> out(static_cast<size_t>(count));
  source->read(begin, std::as_writable_bytes(std::span(out)));
  return out;
}

TEST(Scaled, MultipliesEachBlockByItsScale) {
  // 1 everywhere, in blocks of two rows and two columns.
  const Bytes numbers("w", "F8_E4M3", {3, 3}, std::vector<uint8_t>(9, 0x38));
  const SourcePtr scales = strided(computed("s", {2, 3, 5, 7}), {2, 2}, {2, 1});
  const SourcePtr source = scaled(numbers.tensor, scales, {2, 2});
  EXPECT_EQ(source->dtype(), "F32");
  EXPECT_EQ(source->kept(), "BF16");
  EXPECT_EQ(read(source, 0, 9), (std::vector<float>{2, 2, 3, 2, 2, 3, 5, 5, 7}));
  EXPECT_EQ(read(source, 4, 3), (std::vector<float>{2, 3, 5}));
  test::expect_error(
      [&] {
        scaled(numbers.tensor, scales, {1, 2});
      },
      Error::Code::kCorrupt, {"\"s\"", "1 rows and 2 columns", "\"w\""});
}

TEST(Mxfp4, PutsTheHalvesOfABlockIntoTheHalvesOfItsBytes) {
  // Two rows of a block each; neighbours share a byte: 0 | 1, 2 | 3, ...
  std::vector<uint8_t> pairs;
  for (int i = 0; i < 32; ++i)
    pairs.push_back(static_cast<uint8_t>((2 * i) % 16 | (2 * i + 1) % 16 << 4));
  const Bytes blocks("blocks", "U8", {1, 2, 1, 16}, pairs);
  const Bytes exponents("scales", "U8", {1, 2, 1}, {127, 128});
  const SourcePtr second = mxfp4(stored(blocks.tensor), stored(exponents.tensor), 1, 2);
  EXPECT_EQ(second->shape(), (Shape{1, 1, 32}));
  std::vector<std::byte> bytes(17);
  second->read(0, bytes);
  EXPECT_EQ(std::to_integer<int>(bytes[0]), 128);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(std::to_integer<int>(bytes[static_cast<size_t>(1 + i)]), i | i << 4) << i;
  }
  // Codes 0 to 15, twice the numbers, as the exponent says.
  const std::vector<float> expected{0, 1, 2, 3, 4, 6, 8, 12, -0.f, -1, -2, -3, -4, -6, -8, -12};
  EXPECT_EQ(read(mxfp4_as_floats(second), 0, 16), expected);
  EXPECT_EQ(read(mxfp4_as_floats(second), 16, 16), expected);
  test::expect_error([&] { mxfp4(stored(exponents.tensor), stored(exponents.tensor), 0, 1); },
                     Error::Code::kCorrupt, {"\"scales\"", "[matrices, rows, blocks, 16]"});
}

TEST(Strided, TakesElementsInAnotherOrder) {
  std::vector<float> numbers;
  for (int i = 0; i < 24; ++i) numbers.push_back(static_cast<float>(i));
  const SourcePtr source = computed("x", numbers);
  // Two matrices [3, 4], transposed, and of these every other row.
  const SourcePtr transposed = strided(source, {2, 2, 3}, {12, 2, 4}, 1);
  const std::vector<float> expected{1, 5, 9, 3, 7, 11, 13, 17, 21, 15, 19, 23};
  EXPECT_EQ(read(transposed, 0, 12), expected);
  EXPECT_EQ(read(transposed, 4, 4), (std::vector<float>{7, 11, 13, 17}));
  test::expect_error(
      [&] {
        shaped(source, {2, 12});
      },
      Error::Code::kCorrupt, {"\"x\" has shape [24], expected [2, 12]"});
}

}  // namespace
}  // namespace cria::convert
