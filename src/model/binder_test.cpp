#include "model/binder.h"

#include <gtest/gtest.h>

#include "nn/linear.h"

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

}  // namespace
}  // namespace cria::model
