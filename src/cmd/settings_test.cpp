#include "cmd/settings.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/error.h"
#include "modelfile/parameters.h"

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

TEST(SetParameter, KnowsAllSamplers) {
  Settings settings;
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, const char*>>{{"typical_p", "0.5"},
                                                                  {"top_n_sigma", "1"},
                                                                  {"xtc_probability", "0.5"},
                                                                  {"xtc_threshold", "0.2"},
                                                                  {"min_keep", "3"},
                                                                  {"presence_penalty", "0.5"},
                                                                  {"frequency_penalty", "-1"},
                                                                  {"dry_multiplier", "0.8"},
                                                                  {"dry_base", "2"},
                                                                  {"dry_allowed_length", "4"},
                                                                  {"dry_penalty_last_n", "9"},
                                                                  {"mirostat_tau", "3"},
                                                                  {"mirostat_eta", "0.2"},
                                                                  {"mirostat", "0"}}) {
    set_parameter(settings, name, value);
    EXPECT_NE(parameters_text(settings).find(name), std::string::npos) << name;
  }
  EXPECT_EQ(settings.sampling.dry_allowed_length, 4);
  EXPECT_THROW(set_parameter(settings, "mirostat", "2"), Error) << "contradicts typical_p";
}

TEST(SetParameter, TakesOneBiasForEachToken) {
  Settings settings;
  set_parameter(settings, "logit_bias", "5=-inf");
  set_parameter(settings, "logit_bias", "7=2.5");
  set_parameter(settings, "logit_bias", "5=1");
  ASSERT_EQ(settings.sampling.logit_bias.size(), 2u);
  EXPECT_EQ(settings.sampling.logit_bias[1].token, 5);
  EXPECT_EQ(settings.sampling.logit_bias[1].bias, 1);
  for (const char* bad : {"5", "x=1", "5=x", "5=nan", "5=inf", "-1=0"}) {
    EXPECT_THROW(set_parameter(settings, "logit_bias", bad), Error) << bad;
  }
}

TEST(SetParameter, ShowsWhatItSet) {
  Settings settings;
  set_parameter(settings, "min_p", "0.25");
  const std::string text = parameters_text(settings);
  EXPECT_NE(text.find("min_p                   0.25\n"), std::string::npos) << text;
  EXPECT_NE(text.find("seed                    random\n"), std::string::npos) << text;
}

TEST(SetParameters, LeavesOutWhatIsNotAboutAnswersAndReplacesStopStrings) {
  Settings settings;
  set_parameters(settings, {{"stop", "a"}, {"stop", "b"}, {"num_ctx", "64"}, {"num_gpu", "1"}});
  EXPECT_EQ(settings.stop, (std::vector<std::string>{"a", "b"}));
  set_parameters(settings, {{"top_k", "3"}});
  EXPECT_EQ(settings.stop.size(), 2u);
  set_parameters(settings, {{"stop", "c"}});
  EXPECT_EQ(settings.stop, std::vector<std::string>{"c"});
  EXPECT_EQ(settings.sampling.top_k, 3);
}

TEST(SetParameters, KnowsParametersOfModelfilesByTheirTypes) {
  const Settings settings;
  std::istringstream lines(parameters_text(settings));
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    ASSERT_TRUE(modelfile::parameter_type(name)) << name;
    EXPECT_TRUE(is_setting(name));
    if (*modelfile::parameter_type(name) == modelfile::ParameterType::kTexts) continue;
    const std::string value = name == "seed" ? "7" : parameter_text(settings, name);
    modelfile::Parameters parameters;
    EXPECT_NO_THROW(modelfile::set_parameter(parameters, name, value)) << name << ' ' << value;
  }
  EXPECT_GT(count, 20u);
  EXPECT_FALSE(is_setting("num_ctx"));
}

}  // namespace
}  // namespace cria::cmd
