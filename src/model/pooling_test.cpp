#include "model/pooling.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/map_config.h"

namespace cria::model {
namespace {

// Of rows 1 2, 3 8 and 5 2.
std::vector<float> pooled(Pooling pooling) {
  const float rows[3][2] = {{1, 2}, {3, 8}, {5, 2}};
  Pool pool(pooling);
  for (int64_t t = 0; t < 3; ++t) {
    if (pool.wants(t, 3)) pool.add(rows[t]);
  }
  return pool.vector();
}

TEST(Pool, TakesTheMeanTheFirstOrTheLast) {
  EXPECT_EQ(pooled(Pooling::kMean), (std::vector<float>{3, 4}));
  EXPECT_EQ(pooled(Pooling::kCls), (std::vector<float>{1, 2}));
  EXPECT_EQ(pooled(Pooling::kRank), (std::vector<float>{1, 2}));
  EXPECT_EQ(pooled(Pooling::kLast), (std::vector<float>{5, 2}));
}

TEST(Pooling, IsWhatTheFileSaysOrWhatItsKindIsUsuallyMadeFor) {
  const MapConfig nothing("x", {});
  EXPECT_EQ(pooling_for(nothing, Output::kHidden), Pooling::kMean);
  EXPECT_EQ(pooling_for(nothing, Output::kLogits), Pooling::kLast);
  EXPECT_EQ(pooling_for(nothing.with("pooling_type", 2), Output::kHidden), Pooling::kCls);
  test::expect_error([&] { read_pooling(nothing.with("pooling_type", 5)); }, Error::Code::kCorrupt,
                     {"x.pooling_type is 5", "0 to 4"});
}

TEST(Normalize, BringsToLengthOneAndLeavesZeros) {
  std::vector<float> vector = {3, -4}, zeros = {0, 0};
  normalize(vector);
  normalize(zeros);
  EXPECT_FLOAT_EQ(vector[0], 0.6f);
  EXPECT_FLOAT_EQ(vector[1], -0.8f);
  EXPECT_EQ(zeros, (std::vector<float>{0, 0}));
}

}  // namespace
}  // namespace cria::model
