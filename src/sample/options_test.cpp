#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "sample/sampler.h"

namespace cria::sample {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::string refusal(const Options& options) {
  try {
    options.check();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

TEST(Options, AcceptTheirDefaultsAndTheEndsOfTheirRanges) {
  EXPECT_EQ(refusal({}), "accepted");
  EXPECT_EQ(refusal({.temperature = 0, .top_k = -5, .top_p = 1, .min_p = 0, .repeat_last_n = -1}),
            "accepted");
}

TEST(Options, NameTheOptionTheValueAndTheRange) {
  EXPECT_EQ(refusal({.temperature = -1}),
            "option temperature is -1, expected a finite number from 0");
  EXPECT_EQ(refusal({.top_p = 1.5f}), "option top_p is 1.5, expected above 0 and at most 1");
  EXPECT_EQ(refusal({.min_p = 1}), "option min_p is 1, expected from 0 to below 1");
  EXPECT_EQ(refusal({.repeat_penalty = 0}),
            "option repeat_penalty is 0, expected a finite number above 0");
  EXPECT_EQ(refusal({.repeat_last_n = -2}),
            "option repeat_last_n is -2, expected -1 (all), 0 (off) or more");
}

TEST(Options, RefuseContradictions) {
  EXPECT_EQ(refusal({.top_k = 10, .mirostat = 2}),
            "option top_k is 10, expected to be off with mirostat, which replaces it");
  EXPECT_NE(refusal({.min_p = 0.1f, .mirostat = 1}), "accepted");
  EXPECT_EQ(refusal({.mirostat = 1}), "accepted") << "with the defaults of what it replaces";
  EXPECT_EQ(refusal({.logit_bias = {{3, 1}, {5, 1}, {3, 2}}}),
            "option logit_bias has token 3 twice, expected one bias for each");
}

TEST(Options, RefuseEveryValueOutOfRange) {
  for (const float bad : {kNan, kInfinity, -kInfinity, -1e30f}) {
    const Options options[] = {
        {.temperature = bad},     {.top_p = bad},         {.min_p = bad},
        {.repeat_penalty = bad},  {.typical_p = bad},     {.top_n_sigma = bad},
        {.xtc_probability = bad}, {.xtc_threshold = bad}, {.dry_multiplier = bad},
        {.dry_base = bad},        {.mirostat_tau = bad},  {.mirostat_eta = bad}};
    for (const Options& each : options) EXPECT_NE(refusal(each), "accepted") << bad;
  }
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    EXPECT_NE(refusal({.presence_penalty = bad}), "accepted");
    EXPECT_NE(refusal({.frequency_penalty = bad}), "accepted");
  }
  constexpr int32_t kLeast = std::numeric_limits<int32_t>::min();
  const Options options[] = {{.repeat_last_n = kLeast},
                             {.min_keep = -1},
                             {.dry_allowed_length = 0},
                             {.dry_penalty_last_n = -2},
                             {.dry_breakers = {{}}},
                             {.dry_breakers = {std::vector<int32_t>(33, 1)}},
                             {.dry_breakers = {{1, -1}}},
                             {.mirostat = 3},
                             {.mirostat = -1},
                             {.logit_bias = {{-1, 0}}},
                             {.logit_bias = {{1, kNan}}},
                             {.logit_bias = {{1, kInfinity}}},
                             {.logprobs = -1}};
  for (const Options& each : options) EXPECT_NE(refusal(each), "accepted");
}

TEST(Options, RefuseWhatIsNoNumberOrOutOfRange) {
  const Options bad[] = {
      {.temperature = kNan},
      {.temperature = kInfinity},
      {.top_p = kNan},
      {.top_p = 0},
      {.top_p = -0.5f},
      {.min_p = kNan},
      {.min_p = -0.1f},
      {.repeat_penalty = kNan},
      {.repeat_penalty = -1},
      {.min_p = kInfinity},
      {.repeat_penalty = kInfinity},
  };
  for (const Options& options : bad) {
    EXPECT_NE(refusal(options), "accepted");
    EXPECT_THROW(Sampler{options}, Error);
  }
}

}  // namespace
}  // namespace cria::sample
