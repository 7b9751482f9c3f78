#include "cmd/measurement.h"

#include <gtest/gtest.h>

namespace cria::cmd {
namespace {

using Kind = Measurement::Kind;

TEST(Measurement, MedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle) {
  Measurement odd, even;
  odd.rates = {5, 1, 3};
  even.rates = {4, 1, 2, 8};
  EXPECT_EQ(odd.median(), 3);
  EXPECT_EQ(even.median(), 3);
}

TEST(MakeRoom, HoldsTheLongestAndTheWidestMeasurement) {
  model::ExecutorOptions options;
  make_room(options, {{Kind::kPrefill, 100, 20, 1, {}}, {Kind::kDecode, 10, 20, 8, {}}});
  EXPECT_EQ(options.cache.context, 120);
  EXPECT_EQ(options.cache.sequences, 8);
  EXPECT_EQ(options.cache.tokens, 8 * 32);  // one block for each of eight sequences
  EXPECT_EQ(options.max_tokens, 100);
  EXPECT_EQ(options.max_outputs, 8);
}

TEST(MakeRoom, LimitsAPassOfALongPrompt) {
  model::ExecutorOptions options;
  make_room(options, {{Kind::kPrefill, 2000, 0, 1, {}}});
  EXPECT_EQ(options.max_tokens, 512);
  EXPECT_GE(options.cache.tokens, 2000);
}

}  // namespace
}  // namespace cria::cmd
