#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "ml/backend.h"
#include "ml/backend/cpu/kernels/test_tables.h"
#include "ml/formats.h"
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
  float softcap = 0;
  bool has_sinks = false;
};

std::ostream& operator<<(std::ostream& out, const Sizes& s) {
  return out << "head_dim " << s.head_dim << ", value_dim " << s.value_dim << ", group " << s.group
             << ", blocks of " << s.block_size << ", " << s.tokens << " tokens from "
             << s.first_position << ", window " << s.window << ", " << info(s.key_type).name << " "
             << info(s.value_type).name << ", softcap " << s.softcap
             << (s.has_sinks ? ", sinks" : "");
}

// Keys or values as kernels.h lays them out, NaN where nothing was written. A slice is what a head
// has in a block.
class Slots {
 public:
  Slots(StateRole role, DType type, int64_t dim, int64_t block_size, int64_t slices)
      : role_(role),
        type_(type),
        dim_(dim),
        block_size_(block_size),
        bytes_(static_cast<size_t>(slices * block_size * row_bytes(type, dim)), std::byte{0xff}) {}

  Floats get(int64_t slice, int64_t within) const {
    std::vector<std::byte> row;
    for (int64_t i = 0; i < row_bytes(type_, dim_); ++i)
      row.push_back(bytes_[at(slice, within, i)]);
    Floats out(static_cast<size_t>(dim_));
    dequantize(type_, row.data(), out);
    return out;
  }
  void set(int64_t slice, int64_t within, const Floats& values) {
    std::vector<std::byte> row(static_cast<size_t>(row_bytes(type_, dim_)));
    quantize(type_, values, row.data());
    for (int64_t i = 0; i < std::ssize(row); ++i) bytes_[at(slice, within, i)] = row[i];
  }
  const std::byte* data() const { return bytes_.data(); }

 private:
  // Where byte i of a row is.
  size_t at(int64_t slice, int64_t within, int64_t i) const {
    const int64_t bytes = info(type_).block_bytes, row = row_bytes(type_, dim_);
    const int64_t start = slice * block_size_ * row, block = i / bytes * bytes * block_size_;
    const int64_t rest = i % bytes;
    if (role_ == StateRole::kValues) return static_cast<size_t>(start + within * row + i);
    if (!is_quantized(type_)) return static_cast<size_t>(start + block + within * bytes + rest);
    if (rest < 2) return static_cast<size_t>(start + block + within * 2 + rest);
    return static_cast<size_t>(start + block + rest * block_size_ + within);
  }

  StateRole role_;
  DType type_;
  int64_t dim_, block_size_;
  std::vector<std::byte> bytes_;
};

// A sequence in a cache with two key-value heads, of which the second is used, and random queries.
// The seed of `blocks` decides which physical blocks hold it, and nothing else.
struct Scene {
  Sizes sizes;
  std::vector<int32_t> table;
  Slots keys, values;
  Floats q, sinks;
  float scale;

  explicit Scene(const Sizes& s, uint32_t blocks = 1)
      : sizes(s),
        table(static_cast<size_t>((end() + s.block_size - 1) / s.block_size)),
        keys(StateRole::kKeys, s.key_type, s.head_dim, s.block_size, physical_blocks() * 2),
        values(StateRole::kValues, s.value_type, s.value_dim, s.block_size, physical_blocks() * 2),
        q(static_cast<size_t>(s.tokens * s.group * s.head_dim)),
        sinks(static_cast<size_t>(s.has_sinks ? s.group : 0)),
        scale(1.5f / std::sqrt(static_cast<float>(s.head_dim))) {
    std::vector<int32_t> order(static_cast<size_t>(physical_blocks()));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937(blocks));
    std::copy_n(order.begin(), table.size(), table.begin());

    std::mt19937 random(2);
    std::normal_distribution<float> normal;
    for (float& x : q) x = normal(random);
    for (float& x : sinks) x = normal(random) + 2;
    Floats key(static_cast<size_t>(s.head_dim)), value(static_cast<size_t>(s.value_dim));
    for (int64_t position = 0; position < end(); ++position) {
      for (float& x : key) x = normal(random);
      for (float& x : value) x = normal(random);
      set(position, key, value);
    }
    std::fill_n(table.begin(), first_seen(0) / s.block_size, kNoBlock);
  }

  int64_t end() const { return sizes.first_position + sizes.tokens; }
  // The first position that a token sees.
  int64_t first_seen(int64_t token) const {
    if (sizes.window == 0) return 0;
    return std::max<int64_t>(0, sizes.first_position + token - sizes.window + 1);
  }
  int64_t physical_blocks() const { return std::ssize(table) + 3; }
  int64_t slice(int64_t position) const {
    return table[static_cast<size_t>(position / sizes.block_size)] * 2 + 1;
  }
  Floats key(int64_t position) const {
    return keys.get(slice(position), position % sizes.block_size);
  }
  Floats value(int64_t position) const {
    return values.get(slice(position), position % sizes.block_size);
  }
  void set(int64_t position, const Floats& key, const Floats& value) {
    keys.set(slice(position), position % sizes.block_size, key);
    values.set(slice(position), position % sizes.block_size, value);
  }
};

AttentionArgs arguments(const Scene& scene, int64_t token, int64_t tokens, int64_t head,
                        int64_t heads, float* scratch, float* out) {
  const Sizes& s = scene.sizes;
  return {.q = &scene.q[static_cast<size_t>((token * s.group + head) * s.head_dim)],
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
          .softcap = s.softcap,
          .sinks = s.has_sinks ? &scene.sinks[static_cast<size_t>(head)] : nullptr,
          .out = out + (token * s.group + head) * s.value_dim,
          .out_token_stride = s.group * s.value_dim,
          .scratch = scratch};
}

// Some of the tokens and heads of a scene in one call, written where all of them would write.
// Nothing is aligned.
void attend(const Kernels& kernels, const Scene& scene, int64_t token, int64_t tokens, int64_t head,
            int64_t heads, float* out) {
  const Sizes& s = scene.sizes;
  const int64_t scratch = kernels.attention_scratch_floats(tokens, heads, s.head_dim, s.value_dim);
  Floats memory(static_cast<size_t>(scratch + 2), kNaN);
  kernels.attention(arguments(scene, token, tokens, head, heads, &memory[1], out));
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

// The keys and values by position, empty before the first that is seen.
struct History {
  std::vector<Floats> keys, values;

  explicit History(const Scene& scene) {
    const auto end = static_cast<size_t>(scene.end());
    keys.resize(end);
    values.resize(end);
    for (int64_t p = scene.first_seen(0); p < scene.end(); ++p) {
      keys[static_cast<size_t>(p)] = scene.key(p);
      values[static_cast<size_t>(p)] = scene.value(p);
    }
  }
};

void expect_row(const Scene& scene, const History& history, int64_t row, std::vector<double>& out) {
  const Sizes& s = scene.sizes;
  const auto begin = static_cast<size_t>(scene.first_seen(row / s.group));
  const auto end = static_cast<size_t>(s.first_position + row / s.group + 1);
  const float* q = &scene.q[static_cast<size_t>(row * s.head_dim)];
  std::vector<double> weights;
  for (size_t p = begin; p < end; ++p) {
    const Floats& key = history.keys[p];
    double score = std::inner_product(key.begin(), key.end(), q, 0.0) * scene.scale;
    if (s.softcap > 0) score = s.softcap * std::tanh(score / s.softcap);
    weights.push_back(score);
  }
  if (s.has_sinks) weights.push_back(scene.sinks[static_cast<size_t>(row % s.group)]);
  const double largest = *std::max_element(weights.begin(), weights.end());
  double sum = 0;
  for (double& weight : weights) sum += weight = std::exp(weight - largest);
  std::vector<double> result(static_cast<size_t>(s.value_dim));
  for (size_t p = begin; p < end; ++p) {
    const double weight = weights[p - begin] / sum;
    const Floats& value = history.values[p];
    for (size_t i = 0; i < result.size(); ++i) result[i] += weight * value[i];
  }
  out.insert(out.end(), result.begin(), result.end());
}

Floats expected(const Scene& scene) {
  const History history(scene);
  std::vector<double> out;
  for (int64_t row = 0; row < scene.sizes.tokens * scene.sizes.group; ++row) {
    expect_row(scene, history, row, out);
  }
  return {out.begin(), out.end()};
}

class Attention : public testing::TestWithParam<TestTable> {
 protected:
  static const Kernels& kernels() { return *GetParam().kernels; }
};

// Sizes with odd ones among them, every pair of types in turn; every combination would take too
// long.
std::vector<Sizes> some_sizes() {
  constexpr DType kTypes[] = {DType::kF16, DType::kF32, DType::kBF16, DType::kQ8_0};
  std::mt19937 random(7);
  const auto one_of = [&](std::initializer_list<int64_t> choices) {
    return choices.begin()[random() % choices.size()];
  };
  const auto dim = [&](DType type) {
    return type == DType::kQ8_0 ? one_of({32, 64, 96, 128}) : one_of({1, 8, 48, 64, 80, 128});
  };
  std::vector<Sizes> out;
  for (size_t i = 0; i < 96; ++i) {
    const DType key_type = kTypes[i % 4], value_type = kTypes[i / 4 % 4];
    out.push_back({.head_dim = dim(key_type),
                   .value_dim = dim(value_type),
                   .group = one_of({1, 2, 3, 4, 5, 7, 8}),
                   .block_size = one_of({16, 32, 48, 64, 256}),
                   .tokens = one_of({1, 1, 2, 5, 17, 40}),
                   .first_position = one_of({0, 1, 14, 15, 16, 31, 63, 64, 100, 250, 300, 700}),
                   .window = one_of({0, 0, 1, 5, 64, 100, 300}),
                   .key_type = key_type,
                   .value_type = value_type,
                   .softcap = one_of({0, 0, 1}) != 0 ? 2.5f : 0.0f,
                   .has_sinks = one_of({0, 0, 1}) != 0});
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

// As threads do that share a long history, the last segment first.
TEST_P(Attention, InPartsOfTheHistoryIsTheSame) {
  for (const Sizes& s : some_sizes()) {
    const Scene scene(s);
    const int64_t rows = s.tokens * s.group;
    const int64_t begin = scene.first_seen(0) / kAttentionSegment;
    const int64_t end = (scene.end() - 1) / kAttentionSegment + 1;
    const int64_t part = rows * kernels().attention_part_floats(s.value_dim);
    Floats scratch(static_cast<size_t>(
        kernels().attention_scratch_floats(s.tokens, s.group, s.head_dim, s.value_dim)));
    Floats parts(static_cast<size_t>((end - begin) * part), kNaN);
    Floats out(static_cast<size_t>(rows * s.value_dim), kNaN);
    const AttentionArgs args =
        arguments(scene, 0, s.tokens, 0, s.group, scratch.data(), out.data());
    for (int64_t i = end; i-- > begin;)
      kernels().attend_segment(args, i, parts.data() + (i - begin) * part);
    kernels().join_segments(args, parts.data());
    EXPECT_EQ(attend(kernels(), scene), out) << s;
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
    scene.set(scene.end() - 1, Floats(static_cast<size_t>(s.head_dim), kNaN),
              Floats(static_cast<size_t>(s.value_dim), kNaN));
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
    const Floats out = attend(kernels(), scene), value = scene.value(s.first_position);
    for (int64_t i = 0; i < std::ssize(out); ++i) EXPECT_EQ(out[i], value[i % s.value_dim]);
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
