#include "sample/logprobs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sample/logarithm.h"
#include "sample/random.h"

namespace cria::sample {
namespace {

TEST(Logarithm, IsThatOfTheCLibrary) {
  for (const double x : {1e-300, 1e-9, 0.3, 0.99999, 1.0, 1.00001, 1.42, 7.0, 1e9, 1e300}) {
    EXPECT_NEAR(logarithm(x), std::log(x), 1e-15 * (1 + std::fabs(std::log(x)))) << x;
  }
}

TEST(Logprobs, AreThoseOfTheRawLogits) {
  Options options{.temperature = 0, .repeat_penalty = 1};
  options.logit_bias = {{0, -std::numeric_limits<float>::infinity()}};
  options.logprobs = 2;
  Sampler sampler(options);
  const std::vector<float> logits{static_cast<float>(std::log(0.5)),
                                  static_cast<float>(std::log(0.2)),
                                  static_cast<float>(std::log(0.3))};
  const Choice choice = sampler.sample(logits);
  EXPECT_EQ(choice.token, 2);
  EXPECT_NEAR(choice.logprob, std::log(0.3), 1e-6);
  ASSERT_EQ(choice.top.size(), 2u);
  EXPECT_EQ(choice.top[0].token, 0) << "the ban does not count";
  EXPECT_NEAR(choice.top[0].logprob, std::log(0.5), 1e-6);
  EXPECT_EQ(choice.top[1].token, 2);
}

TEST(Logprobs, AreNotThereUnlessAskedFor) {
  Sampler sampler({});
  EXPECT_TRUE(sampler.sample(std::vector<float>{1, 2}).top.empty());
}

TEST(Logprobs, GiveNoMoreAlternativesThanThereAre) {
  Options options;
  options.logprobs = std::numeric_limits<int32_t>::max();
  Sampler sampler(options);
  const Choice choice =
      sampler.sample(std::vector<float>{1, -std::numeric_limits<float>::infinity(), 2});
  ASSERT_EQ(choice.top.size(), 2u) << "what is impossible is none";
  EXPECT_EQ(choice.top[0].token, 2);
  options.logprobs = 0;
  EXPECT_TRUE(Sampler(options).sample(std::vector<float>{1, 2}).top.empty());
}

TEST(Logprobs, AddUpToOne) {
  Random random(3);
  std::vector<float> logits(1000);
  for (float& logit : logits) logit = static_cast<float>(random.uniform() * 20 - 300);
  Options options;
  options.logprobs = 1000;
  Sampler sampler(options);
  double total = 0;
  float last = 0;
  for (const Alternative& each : sampler.sample(logits).top) {
    EXPECT_LE(each.logprob, last) << "the best first";
    last = each.logprob;
    total += std::exp(each.logprob);
  }
  EXPECT_NEAR(total, 1, 1e-4);
}

}  // namespace
}  // namespace cria::sample
