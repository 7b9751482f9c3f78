#include "model/binder.h"

#include <gtest/gtest.h>

#include "model/loading.h"
#include "nn/linear.h"
#include "tests/support/expect_error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/map_config.h"

namespace cria::model {
namespace {

struct Pair {
  nn::Linear first, second;
  void bind(nn::Weights& w, int) {
    w("first", first, {2, 3});
    w("second", second, {4, 2}, nn::alt("other"));
  }
};

TEST(RandomBinder, InventsWhatIsNamedOnceAndTheSameForASeed) {
  Pair a, b;
  RandomBinder one(5, ml::DType::kF32), two(5, ml::DType::kF32, true);
  one(a, 0);
  two(b, 0);
  EXPECT_FALSE(a.first.bias);
  EXPECT_TRUE(b.first.bias);
  const WeightNodes nodes = one.finish();
  ASSERT_EQ(nodes.size(), 2u);
  EXPECT_EQ(nodes[0].name, "first.weight");
  EXPECT_EQ(nodes[1].name, "second.weight");
  EXPECT_EQ(reinterpret_cast<const float*>(nodes[0].data)[0],
            reinterpret_cast<const float*>(b.first.weight.node()->data)[0]);
}

TEST(Config, ChecksSizesAndNumbers) {
  const MapConfig config(
      "llama", {{"zero", 0}, {"huge", 1e9}, {"fine", 7}, {"infinite", 1e300}, {"negative", -1}});
  EXPECT_EQ(config.dim("fine"), 7);
  EXPECT_EQ(config.dim("absent", 3), 3);
  test::expect_error([&] { config.dim("zero"); }, Error::Code::kCorrupt, {"llama.zero is 0"});
  test::expect_error([&] { config.dim("zero", 3); }, Error::Code::kCorrupt, {"llama.zero is 0"});
  test::expect_error([&] { config.dim("huge"); }, Error::Code::kCorrupt, {"llama.huge"});
  test::expect_error([&] { config.dim("absent"); }, Error::Code::kNotFound,
                     {"llama.absent is absent"});
  test::expect_error([&] { config.real("infinite"); }, Error::Code::kCorrupt, {"llama.infinite"});
  test::expect_error([&] { config.positive("negative", 1); }, Error::Code::kCorrupt,
                     {"llama.negative is -1"});
}

}  // namespace
}  // namespace cria::model
