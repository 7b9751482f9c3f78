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
