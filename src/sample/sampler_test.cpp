#include "sample/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "sample/random.h"

namespace cria::sample {
namespace {

using Ids = std::vector<int32_t>;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Everything off but the draw.
Options plain(uint64_t seed) {
  return {.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0, .repeat_penalty = 1, .seed = seed};
}

// How far the frequencies of many draws are from the probabilities expected (which must be above 0
// where one is drawn).
double chi_square(const Options& options, const std::vector<float>& logits,
                  const std::vector<double>& expected) {
  constexpr int kDraws = 50000;
  Sampler sampler(options);
  std::vector<int> counts(logits.size());
  for (int i = 0; i < kDraws; ++i) ++counts[static_cast<size_t>(sampler.sample(logits).token)];
  double sum = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (expected[i] == 0) {
      EXPECT_EQ(counts[i], 0) << "token " << i;
      continue;
    }
    const double difference = counts[i] - kDraws * expected[i];
    sum += difference * difference / (kDraws * expected[i]);
  }
  return sum;
}

std::vector<float> logits_of(std::initializer_list<double> shares) {
  std::vector<float> logits;
  for (const double share : shares) logits.push_back(static_cast<float>(std::log(share)));
  return logits;
}

const std::vector<float> kTenths = logits_of({0.1, 0.4, 0.2, 0.3});
// What a chi-square statistic exceeds once in a thousand.
constexpr double kOneDegree = 10.8, kTwoDegrees = 13.8, kThreeDegrees = 16.3;

TEST(Sampler, DrawsWithTheModelsProbabilities) {
  EXPECT_LT(chi_square(plain(1), kTenths, {0.1, 0.4, 0.2, 0.3}), kThreeDegrees);
}

TEST(Sampler, FlattensWithTheTemperature) {
  Options options = plain(2);
  options.temperature = 2;  // probabilities by their square roots
  double total = 0;
  std::vector<double> expected;
  for (const double share : {0.1, 0.4, 0.2, 0.3}) total += std::sqrt(share);
  for (const double share : {0.1, 0.4, 0.2, 0.3}) expected.push_back(std::sqrt(share) / total);
  EXPECT_LT(chi_square(options, kTenths, expected), kThreeDegrees);
}

TEST(Sampler, RenormalizesAfterTopK) {
  Options options = plain(3);
  options.top_k = 2;
  EXPECT_LT(chi_square(options, kTenths, {0, 4.0 / 7, 0, 3.0 / 7}), kOneDegree);
}

TEST(Sampler, RenormalizesAfterTopP) {
  Options options = plain(4);
  options.top_p = 0.85f;
  EXPECT_LT(chi_square(options, kTenths, {0, 4.0 / 9, 2.0 / 9, 3.0 / 9}), kTwoDegrees);
}

TEST(Sampler, RenormalizesAfterMinP) {
  Options options = plain(5);
  options.min_p = 0.6f;
  EXPECT_LT(chi_square(options, kTenths, {0, 4.0 / 7, 0, 3.0 / 7}), kOneDegree);
}

TEST(Sampler, RenormalizesAfterTypicalP) {
  Options options = plain(11);
  // The entropy is 1.28 nats; 0.3 (1.20), 0.2 (1.61) and 0.4 (0.92) are the closest, in this order.
  options.typical_p = 0.45f;
  EXPECT_LT(chi_square(options, kTenths, {0, 0, 0.4, 0.6}), kOneDegree);
  options.typical_p = 0.55f;
  EXPECT_LT(chi_square(options, kTenths, {0, 4.0 / 9, 2.0 / 9, 3.0 / 9}), kTwoDegrees);
}

TEST(Sampler, RenormalizesAfterTopNSigma) {
  Options options = plain(12);
  options.top_n_sigma = 1;  // the deviation of the four logarithms is 0.52
  EXPECT_LT(chi_square(options, kTenths, {0, 4.0 / 7, 0, 3.0 / 7}), kOneDegree);
}

TEST(Sampler, ExcludesTopChoicesAsOftenAsAsked) {
  Options options = plain(13);
  options.xtc_threshold = 0.15f;  // of 0.4, 0.3 and 0.2 the last one is left, with 0.1
  options.xtc_probability = 1;
  EXPECT_LT(chi_square(options, kTenths, {1.0 / 3, 0, 2.0 / 3, 0}), kOneDegree);
  options.xtc_probability = 0.25f;
  const double rest = 0.75;
  EXPECT_LT(chi_square(options, kTenths,
                       {rest * 0.1 + 0.25 / 3, rest * 0.4, rest * 0.2 + 0.5 / 3, rest * 0.3}),
            kThreeDegrees);
  options.xtc_threshold = 0.35f;  // a single choice is not excluded
  EXPECT_LT(chi_square(options, kTenths, {0.1, 0.4, 0.2, 0.3}), kThreeDegrees);
}

TEST(Sampler, KeepsTheLeast) {
  Options options = plain(14);
  options.min_keep = 2;
  options.top_p = 0.01f;
  EXPECT_LT(chi_square(options, kTenths, {0, 4.0 / 7, 0, 3.0 / 7}), kOneDegree);
  options.top_p = 1;
  options.min_p = 0.99f;
  EXPECT_LT(chi_square(options, kTenths, {0, 4.0 / 7, 0, 3.0 / 7}), kOneDegree);
}

TEST(Sampler, AddsBiasesAndBans) {
  Options options = plain(15);
  options.logit_bias = {{0, static_cast<float>(std::log(4))}, {1, -kInfinity}};
  EXPECT_LT(chi_square(options, kTenths, {4.0 / 9, 0, 2.0 / 9, 3.0 / 9}), kTwoDegrees);
}

TEST(Sampler, ChoosesWhatTheMaskAllows) {
  Sampler sampler(plain(16));
  const std::vector<float> logits(100, 0.0f);
  std::vector<uint64_t> allowed(2);
  allowed[1] = 1u << 5;  // token 69
  for (int i = 0; i < 20; ++i) ASSERT_EQ(sampler.sample(logits, allowed).token, 69);
}

TEST(Sampler, RefusesBansThatLeaveNothing) {
  const std::vector<float> logits{1, 2};
  Options options;
  options.logit_bias = {{0, -kInfinity}, {1, -kInfinity}};
  const auto code_of = [&](const Options& given) {
    try {
      Sampler(given).sample(logits);
    } catch (const Error& error) {
      return error.code();
    }
    return Error::Code::kNotFound;
  };
  EXPECT_EQ(code_of(options), Error::Code::kInvalidArgument);
  options.logit_bias = {{2, 1}};
  EXPECT_EQ(code_of(options), Error::Code::kInvalidArgument) << "there is no token 2";
}

// Mirostat is to keep the mean surprise at the target.
TEST(Sampler, KeepsTheSurpriseSteadyWithMirostat) {
  Random random(17);
  std::vector<float> logits(2000);
  double total = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    logits[i] = static_cast<float>(-1.1 * std::log(static_cast<double>(i + 1)));  // Zipf's law
    total += std::exp(static_cast<double>(logits[i]));
  }
  for (const int32_t version : {1, 2}) {
    for (const float tau : {3.0f, 5.0f}) {
      Options options = plain(18);
      options.mirostat = version;
      options.mirostat_tau = tau;
      Sampler sampler(options);
      double surprise = 0;
      constexpr int kDraws = 4000;
      for (int i = 0; i < kDraws; ++i) {
        const auto token = static_cast<size_t>(sampler.sample(logits).token);
        surprise -= std::log2(std::exp(static_cast<double>(logits[token])) / total);
      }
      EXPECT_NEAR(surprise / kDraws, tau, 0.1) << "version " << version;
    }
  }
}

TEST(Sampler, DrawsFromTheDefaultChain) {
  Options options;
  options.seed = 19;
  options.repeat_penalty = 1;
  // top_p of 0.9 keeps all but the last one; the temperature raises to the power of 1.25.
  const std::vector<float> logits = logits_of({0.5, 0.3, 0.15, 0.05});
  std::vector<double> expected;
  double total = 0;
  for (const double share : {0.5, 0.3, 0.15}) total += std::pow(share, 1.25);
  for (const double share : {0.5, 0.3, 0.15}) expected.push_back(std::pow(share, 1.25) / total);
  expected.push_back(0);
  EXPECT_LT(chi_square(options, logits, expected), kTwoDegrees);
}

TEST(Sampler, TakesTopPOfWhatTopKLeft) {
  Options options = plain(6);
  options.top_k = 2;
  options.top_p = 0.5f;  // token 1 alone has 4/7 of the two, but only 0.4 of all
  EXPECT_EQ(chi_square(options, kTenths, {0, 1, 0, 0}), 0);
}

TEST(Sampler, CutsBeforeTheTemperature) {
  Options options = plain(7);
  options.temperature = 100;  // all but uniform, yet the cut sees 0.4 and 0.3
  options.top_p = 0.65f;
  EXPECT_LT(chi_square(options, kTenths, {0, 0.5007, 0, 0.4993}), kOneDegree);
}

TEST(Sampler, CutsAfterThePenalties) {
  Options options = plain(8);
  options.top_k = 1;
  options.repeat_penalty = 4;
  options.repeat_last_n = 1;
  Sampler sampler(options);
  sampler.accept(1);
  const std::vector<float> logits{1, 4, 2, 3};
  EXPECT_EQ(sampler.sample(logits).token, 3);  // token 1 is down to 1
  EXPECT_EQ(sampler.sample(logits).token, 1);  // now only token 3 is in the window
}

TEST(Sampler, IsGreedyAtTemperatureZero) {
  Sampler sampler({.temperature = 0, .repeat_penalty = 1});
  EXPECT_EQ(sampler.sample(std::vector<float>{1, 3, 2}).token, 1);
  EXPECT_EQ(sampler.sample(std::vector<float>{1, 3, 3}).token, 1) << "the lowest id of a tie";
  EXPECT_EQ(sampler.sample(std::vector<float>{-kInfinity, -5}).token, 1);
}

TEST(Sampler, PenalizesBeforeItIsGreedy) {
  Sampler sampler({.temperature = 0, .repeat_penalty = 2, .repeat_last_n = 2});
  const std::vector<float> logits{5, 6, 7, 8};
  Ids drawn;
  for (int i = 0; i < 6; ++i) drawn.push_back(sampler.sample(logits).token);
  EXPECT_EQ(drawn, (Ids{3, 2, 1, 3, 2, 1}));
}

TEST(Sampler, GivesTheSameTokensForASeed) {
  Random random(9);
  std::vector<float> logits(1000);
  for (float& logit : logits) logit = static_cast<float>(random.uniform() * 8);
  Options options{.seed = 42};
  const auto draw = [&] {
    Sampler sampler(options);
    Ids drawn;
    for (int i = 0; i < 12; ++i) drawn.push_back(sampler.sample(logits).token);
    return drawn;
  };
  const Ids first = draw();
  EXPECT_EQ(draw(), first);
  options.seed = 43;
  EXPECT_NE(draw(), first);
}

TEST(Sampler, DiffersFromRunToRunWithoutASeed) {
  const std::vector<float> logits(100000, 0.0f);
  Options options = plain(0);
  options.seed.reset();
  Ids drawn[2];
  for (Ids& ids : drawn) {
    Sampler sampler(options);
    for (int i = 0; i < 8; ++i) ids.push_back(sampler.sample(logits).token);
  }
  EXPECT_NE(drawn[0], drawn[1]);
}

TEST(Sampler, RefusesLogitsThatAreNoNumbers) {
  const auto refusal = [](std::vector<float> logits) -> std::string {
    for (const float temperature : {0.0f, 1.0f}) {
      try {
        Sampler sampler({.temperature = temperature});
        sampler.sample(logits);
        return "accepted";
      } catch (const Error& error) {
        if (error.code() != Error::Code::kInternal) return "wrong code";
        if (temperature == 1.0f) return error.what();
      }
    }
    return "";
  };
  EXPECT_EQ(refusal({1, kNan, 2}), "model output contains NaN");
  EXPECT_EQ(refusal({1, -kNan, kInfinity}), "model output contains NaN");
  EXPECT_EQ(refusal({1, kInfinity}), "model output contains infinity");
  EXPECT_EQ(refusal({-kInfinity, -kInfinity}), "sample: no token is possible");
}

}  // namespace
}  // namespace cria::sample
