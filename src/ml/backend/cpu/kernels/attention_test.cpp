#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "base/half.h"
#include "ml/backend/cpu/kernels/test_tables.h"
#include "tests/support/nmse.h"

namespace cria::ml::cpu {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr int32_t kNoBlock = std::numeric_limits<int32_t>::min();  // reading it would be noticed

using Floats = std::vector<float>;

struct Sizes {
  int64_t head_dim = 64, value_dim = 64, group = 3, block_size = 32;
  int64_t tokens = 1, first_position = 0, window = 0;
  DType key_type = DType::kF16, value_type = DType::kF16;
};

std::ostream& operator<<(std::ostream& out, const Sizes& s) {
  return out << "head_dim " << s.head_dim << ", value_dim " << s.value_dim << ", group " << s.group
             << ", blocks of " << s.block_size << ", " << s.tokens << " tokens from "
             << s.first_position << ", window " << s.window << ", " << info(s.key_type).name << " "
             << info(s.value_type).name;
}

// Numbers that a cache keeps as floats or halves, NaN where nothing was written.
class Slots {
 public:
  Slots(DType type, int64_t size)
      : type_(type), bytes_(static_cast<size_t>(row_bytes(type, size))) {
    for (int64_t i = 0; i < size; ++i) set(i, kNaN);
  }
  float get(int64_t i) const {
    if (type_ == DType::kF16) return half_to_float(at<uint16_t>(i));
    return at<float>(i);
  }
  void set(int64_t i, float value) {
    const uint16_t half = float_to_half(value);
    if (type_ == DType::kF16) {
      std::memcpy(&bytes_[static_cast<size_t>(i) * 2], &half, 2);
    } else {
      std::memcpy(&bytes_[static_cast<size_t>(i) * 4], &value, 4);
    }
  }
  const std::byte* data() const { return bytes_.data(); }

 private:
  template <class T>
  T at(int64_t i) const {
    T value;
    std::memcpy(&value, &bytes_[static_cast<size_t>(i) * sizeof value], sizeof value);
    return value;
  }
  DType type_;
  std::vector<std::byte> bytes_;
};

// A sequence in a cache with two key-value heads, of which the second is used, and random queries.
// The seed of `blocks` decides which physical blocks hold it, and nothing else.
struct Scene {
  Sizes sizes;
  std::vector<int32_t> table;
  Slots keys, values;
  Floats q;
  float scale;

  explicit Scene(const Sizes& s, uint32_t blocks = 1)
      : sizes(s),
        table(static_cast<size_t>((end() + s.block_size - 1) / s.block_size)),
        keys(s.key_type, physical_blocks() * 2 * s.head_dim * s.block_size),
        values(s.value_type, physical_blocks() * 2 * s.value_dim * s.block_size),
        q(static_cast<size_t>(s.tokens * s.group * s.head_dim)),
        scale(1.5f / std::sqrt(static_cast<float>(s.head_dim))) {
    std::vector<int32_t> order(static_cast<size_t>(physical_blocks()));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937(blocks));
    std::copy_n(order.begin(), table.size(), table.begin());

    std::mt19937 random(2);
    std::normal_distribution<float> normal;
    for (float& x : q) x = normal(random);
    for (int64_t position = 0; position < end(); ++position) {
      for (int64_t i = 0; i < s.head_dim; ++i) keys.set(key_slot(position, i), normal(random));
      for (int64_t i = 0; i < s.value_dim; ++i) values.set(value_slot(position, i), normal(random));
    }
    if (s.window == 0) return;
    const int64_t first_seen = std::max<int64_t>(0, s.first_position - s.window + 1);
    std::fill_n(table.begin(), first_seen / s.block_size, kNoBlock);
  }

  int64_t end() const { return sizes.first_position + sizes.tokens; }
  int64_t physical_blocks() const { return std::ssize(table) + 3; }
  int64_t slice(int64_t position) const {
    return table[static_cast<size_t>(position / sizes.block_size)] * 2 + 1;
  }
  int64_t key_slot(int64_t position, int64_t i) const {
    return (slice(position) * sizes.head_dim + i) * sizes.block_size + position % sizes.block_size;
  }
  int64_t value_slot(int64_t position, int64_t i) const {
    return (slice(position) * sizes.block_size + position % sizes.block_size) * sizes.value_dim + i;
  }
};

// Some of the tokens and heads of a scene in one call, written where all of them would write.
// Nothing is aligned.
void attend(const Kernels& kernels, const Scene& scene, int64_t token, int64_t tokens, int64_t head,
            int64_t heads, float* out) {
  const Sizes& s = scene.sizes;
  const int64_t scratch =
      kernels.attention_scratch_floats(tokens, heads, s.head_dim, s.value_dim, s.block_size);
  Floats memory(static_cast<size_t>(scratch + 2), kNaN);
  kernels.attention({.q = &scene.q[static_cast<size_t>((token * s.group + head) * s.head_dim)],
                     .q_token_stride = s.group * s.head_dim,
                     .tokens = tokens,
                     .group = heads,
                     .head_dim = s.head_dim,
                     .value_dim = s.value_dim,
                     .first_position = s.first_position + token,
                     .table = scene.table.data(),
                     .keys = scene.keys.data(),
                     .values = scene.values.data(),
                     .key_type = s.key_type,
                     .value_type = s.value_type,
                     .kv_heads = 2,
                     .kv_head = 1,
                     .block_size = s.block_size,
                     .scale = scene.scale,
                     .window = s.window,
                     .out = out + (token * s.group + head) * s.value_dim,
                     .out_token_stride = s.group * s.value_dim,
                     .scratch = &memory[1]});
  EXPECT_TRUE(std::isnan(memory.front()) && std::isnan(memory.back()))
      << "wrote beside its scratch memory: " << s;
}

Floats attend(const Kernels& kernels, const Scene& scene) {
  const Sizes& s = scene.sizes;
  Floats out(static_cast<size_t>(s.tokens * s.group * s.value_dim + 2), kNaN);
  attend(kernels, scene, 0, s.tokens, 0, s.group, &out[1]);
  EXPECT_TRUE(std::isnan(out.front()) && std::isnan(out.back()))
      << "wrote beside its results: " << s;
  return {out.begin() + 1, out.end() - 1};
}

void expect_row(const Scene& scene, int64_t position, const float* q, std::vector<double>& out) {
  const Sizes& s = scene.sizes;
  const int64_t begin = s.window > 0 ? std::max<int64_t>(0, position - s.window + 1) : 0;
  std::vector<double> weights;
  for (int64_t p = begin; p <= position; ++p) {
    double score = 0;
    for (int64_t i = 0; i < s.head_dim; ++i)
      score += double{q[i]} * scene.keys.get(scene.key_slot(p, i));
    weights.push_back(score * scene.scale);
  }
  const double largest = *std::max_element(weights.begin(), weights.end());
  double sum = 0;
  for (double& weight : weights) sum += weight = std::exp(weight - largest);
  for (int64_t i = 0; i < s.value_dim; ++i) {
    double value = 0;
    for (int64_t p = begin; p <= position; ++p) {
      value +=
          weights[static_cast<size_t>(p - begin)] / sum * scene.values.get(scene.value_slot(p, i));
    }
    out.push_back(value);
  }
}

Floats expected(const Scene& scene) {
  std::vector<double> out;
  for (int64_t row = 0; row < scene.sizes.tokens * scene.sizes.group; ++row) {
    expect_row(scene, scene.sizes.first_position + row / scene.sizes.group,
               &scene.q[static_cast<size_t>(row * scene.sizes.head_dim)], out);
  }
  return {out.begin(), out.end()};
}

class Attention : public testing::TestWithParam<TestTable> {
 protected:
  static const Kernels& kernels() { return *GetParam().kernels; }
};

// Sizes with odd ones among them; every combination would take too long.
std::vector<Sizes> some_sizes() {
  std::mt19937 random(7);
  const auto one_of = [&](std::initializer_list<int64_t> choices) {
    return choices.begin()[random() % choices.size()];
  };
  const auto type = [&] { return random() % 2 == 0 ? DType::kF16 : DType::kF32; };
  std::vector<Sizes> out;
  for (int i = 0; i < 80; ++i) {
    out.push_back({.head_dim = one_of({1, 8, 48, 64, 80, 128}),
                   .value_dim = one_of({1, 8, 48, 64, 80, 128}),
                   .group = one_of({1, 2, 3, 4, 5, 7, 8}),
                   .block_size = one_of({16, 32, 48, 64, 256}),
                   .tokens = one_of({1, 1, 2, 5, 17, 40}),
                   .first_position = one_of({0, 1, 14, 15, 16, 31, 63, 64, 100, 300}),
                   .window = one_of({0, 0, 1, 5, 64, 100}),
                   .key_type = type(),
                   .value_type = type()});
  }
  out.push_back(
      {.group = 60, .tokens = 2, .first_position = 70});  // more heads than a pass has rows
  return out;
}

TEST_P(Attention, IsThatOfDoublePrecision) {
  // Results may be much smaller than the values that they are means of, hence the last digit.
  for (const Sizes& sizes : some_sizes()) {
    const Scene scene(sizes);
    EXPECT_LE(nmse(attend(kernels(), scene), expected(scene)), 1e-11) << sizes;
  }
}

TEST_P(Attention, OfATokenDoesNotDependOnTheOthersInTheCall) {
  for (const Sizes& s : some_sizes()) {
    const Scene scene(s);
    const Floats together = attend(kernels(), scene);
    Floats apart(together.size());
    for (int64_t token = 0; token < s.tokens; ++token)
      attend(kernels(), scene, token, 1, 0, s.group, apart.data());
    EXPECT_EQ(together, apart) << s;
    const int64_t middle = s.tokens / 3;
    attend(kernels(), scene, 0, middle, 0, s.group, apart.data());
    attend(kernels(), scene, middle, s.tokens - middle, 0, s.group, apart.data());
    EXPECT_EQ(together, apart) << s;
  }
}

TEST_P(Attention, OfAHeadDoesNotDependOnTheOthersInTheGroup) {
  for (const Sizes& s : some_sizes()) {
    const Scene scene(s);
    const Floats together = attend(kernels(), scene);
    Floats apart(together.size());
    for (int64_t token = 0; token < s.tokens; ++token) {
      for (int64_t head = 0; head < s.group; ++head)
        attend(kernels(), scene, token, 1, head, 1, apart.data());
    }
    EXPECT_EQ(together, apart) << s;
  }
}

TEST_P(Attention, DoesNotDependOnWhereBlocksLie) {
  for (const Sizes& s : some_sizes()) {
    EXPECT_EQ(attend(kernels(), Scene(s, 1)), attend(kernels(), Scene(s, 2))) << s;
  }
}

// In the other tests what lies behind the last token is NaN; here it is the last token itself.
TEST_P(Attention, IsBlindToLaterTokensOfTheCall) {
  for (const int64_t first_position : {0, 14, 60, 100}) {
    const Sizes s{.tokens = 7, .first_position = first_position};
    Scene scene(s);
    const Floats before = attend(kernels(), scene);
    const int64_t last = scene.end() - 1;
    for (int64_t i = 0; i < s.head_dim; ++i) scene.keys.set(scene.key_slot(last, i), kNaN);
    for (int64_t i = 0; i < s.value_dim; ++i) scene.values.set(scene.value_slot(last, i), kNaN);
    const Floats after = attend(kernels(), scene);
    const int64_t others = (s.tokens - 1) * s.group * s.value_dim;
    EXPECT_TRUE(std::equal(before.begin(), before.begin() + others, after.begin())) << s;
    EXPECT_TRUE(std::all_of(after.begin() + others, after.end(), [](float x) {
      return std::isnan(x);
    })) << s;
  }
}

TEST_P(Attention, ToNothingButItselfGivesATokensValue) {
  for (const Sizes& s : {Sizes{.first_position = 0}, Sizes{.first_position = 77, .window = 1}}) {
    const Scene scene(s);
    const Floats out = attend(kernels(), scene);
    for (int64_t i = 0; i < std::ssize(out); ++i) {
      EXPECT_EQ(out[i], scene.values.get(scene.value_slot(s.first_position, i % s.value_dim)));
    }
  }
}

TEST_P(Attention, BearsScoresWhoseExponentialsWouldOverflow) {
  for (const float factor : {1e4f, -1e4f}) {
    Scene scene(
        {.tokens = 3, .first_position = 200, .key_type = DType::kF32, .value_type = DType::kF32});
    for (float& x : scene.q) x *= factor;
    EXPECT_LE(nmse(attend(kernels(), scene), expected(scene)), 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, Attention, testing::ValuesIn(test_tables()), test_table_name);

}  // namespace
}  // namespace cria::ml::cpu
