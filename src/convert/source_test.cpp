#include "convert/source.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

// A tensor of six numbers that are their places.
struct Six {
  explicit Six(std::vector<int64_t> shape) {
    const auto bytes = std::as_bytes(std::span(numbers));
    tensor = {.name = "x", .dtype = "F32", .shape = std::move(shape), .strides = {}, .data = bytes};
  }
  std::vector<float> numbers{0, 1, 2, 3, 4, 5};
  StoredTensor tensor;
};

std::vector<float> read(const Source& source, int64_t begin, size_t count) {
  std::vector<float> out(count);
  source.read(begin, std::as_writable_bytes(std::span(out)));
  return out;
}

TEST(Transposed, HasColumnsAsRowsFromAnyPlaceOn) {
  const Six six({2, 3});
  const SourcePtr turned = transposed(stored(six.tensor));
  EXPECT_EQ(turned->shape(), (std::vector<int64_t>{3, 2}));
  const std::vector<float> all = {0, 3, 1, 4, 2, 5};
  for (size_t begin = 0; begin < 6; ++begin) {
    for (size_t end = begin; end <= 6; ++end) {
      EXPECT_EQ(read(*turned, static_cast<int64_t>(begin), end - begin),
                std::vector<float>(all.begin() + static_cast<int64_t>(begin),
                                   all.begin() + static_cast<int64_t>(end)))
          << begin << " to " << end;
    }
  }
}

TEST(Transposed, RefusesWhatHasNoColumns) {
  const Six six({6});
  test::expect_error([&] { transposed(stored(six.tensor)); }, Error::Code::kCorrupt,
                     {"\"x\" has shape [6]", "columns"});
  EXPECT_EQ(transposed(nullptr), nullptr);
}

TEST(Plus, AddsInF32) {
  const Six six({6});
  const SourcePtr added = plus(stored(six.tensor), 1);
  EXPECT_EQ(added->dtype(), "F32");
  EXPECT_EQ(read(*added, 2, 3), (std::vector<float>{3, 4, 5}));

  // 1 and 1 + 2^-7 in BF16: the sum has more digits than that.
  const std::vector<uint16_t> bits = {0x3f80, 0x3f81};
  const StoredTensor narrow{.name = "y",
                            .dtype = "BF16",
                            .shape = {2},
                            .strides = {},
                            .data = std::as_bytes(std::span(bits))};
  EXPECT_EQ(read(*plus(stored(narrow), 1), 0, 2), (std::vector<float>{2, 2.0078125f}));
}

}  // namespace
}  // namespace cria::convert
