#include "cmd/settings.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace cria::cmd {
namespace {

TEST(SetParameter, SetsWhatItNames) {
  Settings settings;
  set_parameter(settings, "temperature", "0.5");
  set_parameter(settings, "top_k", "7");
  set_parameter(settings, "seed", "18446744073709551615");
  set_parameter(settings, "num_predict", "-1");
  set_parameter(settings, "stop", "User:");
  set_parameter(settings, "stop", "###");
  EXPECT_EQ(settings.sampling.temperature, 0.5f);
  EXPECT_EQ(settings.sampling.top_k, 7);
  EXPECT_EQ(settings.sampling.seed, UINT64_MAX);
  EXPECT_EQ(settings.max_tokens, -1);
  EXPECT_EQ(settings.stop, (std::vector<std::string>{"User:", "###"}));
}

TEST(SetParameter, TakesANegativeSeedAsARandomOne) {
  Settings settings;
  set_parameter(settings, "seed", "1");
  set_parameter(settings, "seed", "-1");
  EXPECT_FALSE(settings.sampling.seed);
}

TEST(SetParameter, RefusesUnknownNamesAndBadValuesAndChangesNothing) {
  Settings settings;
  const float before = settings.sampling.top_p;
  EXPECT_THROW(set_parameter(settings, "top_q", "1"), Error);
  EXPECT_THROW(set_parameter(settings, "top_p", "much"), Error);
  EXPECT_THROW(set_parameter(settings, "top_p", "0.5x"), Error);
  EXPECT_THROW(set_parameter(settings, "top_p", "2"), Error);
  EXPECT_THROW(set_parameter(settings, "top_k", "1.5"), Error);
  EXPECT_EQ(settings.sampling.top_p, before);
}

TEST(SetParameter, ShowsWhatItSet) {
  Settings settings;
  set_parameter(settings, "min_p", "0.25");
  const std::string text = parameters_text(settings);
  EXPECT_NE(text.find("min_p             0.25\n"), std::string::npos) << text;
  EXPECT_NE(text.find("seed              random\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace cria::cmd
