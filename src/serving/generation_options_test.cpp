#include "serving/generation_options.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "modelfile/parameters.h"

namespace cria::serving {
namespace {

TEST(SetParameter, SetsWhatItNames) {
  GenerationOptions options;
  set_parameter(options, "temperature", "0.5");
  set_parameter(options, "top_k", "7");
  set_parameter(options, "seed", "18446744073709551615");
  set_parameter(options, "num_predict", "-1");
  set_parameter(options, "stop", "User:");
  set_parameter(options, "stop", "###");
  EXPECT_EQ(options.sampling.temperature, 0.5f);
  EXPECT_EQ(options.sampling.top_k, 7);
  EXPECT_EQ(options.sampling.seed, UINT64_MAX);
  EXPECT_EQ(options.max_tokens, -1);
  EXPECT_EQ(options.stop, (std::vector<std::string>{"User:", "###"}));
}

TEST(SetParameter, TakesANegativeSeedAsARandomOne) {
  GenerationOptions options;
  set_parameter(options, "seed", "1");
  set_parameter(options, "seed", "-1");
  EXPECT_FALSE(options.sampling.seed);
}

TEST(SetParameter, RefusesUnknownNamesAndBadValuesAndChangesNothing) {
  GenerationOptions options;
  const float before = options.sampling.top_p;
  EXPECT_THROW(set_parameter(options, "top_q", "1"), Error);
  EXPECT_THROW(set_parameter(options, "top_p", "much"), Error);
  EXPECT_THROW(set_parameter(options, "top_p", "0.5x"), Error);
  EXPECT_THROW(set_parameter(options, "top_p", "2"), Error);
  EXPECT_THROW(set_parameter(options, "top_k", "1.5"), Error);
  EXPECT_EQ(options.sampling.top_p, before);
}

TEST(SetParameter, KnowsAllSamplers) {
  GenerationOptions options;
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
    set_parameter(options, name, value);
    EXPECT_FALSE(parameter_text(options, name).empty()) << name;
  }
  EXPECT_EQ(options.sampling.dry_allowed_length, 4);
  EXPECT_THROW(set_parameter(options, "mirostat", "2"), Error) << "contradicts typical_p";
}

TEST(SetParameter, TakesOneBiasForEachToken) {
  GenerationOptions options;
  set_parameter(options, "logit_bias", "5=-inf");
  set_parameter(options, "logit_bias", "7=2.5");
  set_parameter(options, "logit_bias", "5=1");
  ASSERT_EQ(options.sampling.logit_bias.size(), 2u);
  EXPECT_EQ(options.sampling.logit_bias[1].token, 5);
  EXPECT_EQ(options.sampling.logit_bias[1].bias, 1);
  for (const char* bad : {"5", "x=1", "5=x", "5=nan", "5=inf", "-1=0"}) {
    EXPECT_THROW(set_parameter(options, "logit_bias", bad), Error) << bad;
  }
}

TEST(SetParameter, ShowsWhatItSet) {
  GenerationOptions options;
  set_parameter(options, "min_p", "0.25");
  EXPECT_EQ(parameter_text(options, "min_p"), "0.25");
  EXPECT_EQ(parameter_text(options, "seed"), "random");
}

TEST(SetParameters, LeavesOutWhatIsNotAboutAnswersAndReplacesStopStrings) {
  GenerationOptions options;
  set_parameters(options, {{"stop", "a"}, {"stop", "b"}, {"num_ctx", "64"}, {"num_gpu", "1"}});
  EXPECT_EQ(options.stop, (std::vector<std::string>{"a", "b"}));
  set_parameters(options, {{"top_k", "3"}});
  EXPECT_EQ(options.stop.size(), 2u);
  set_parameters(options, {{"stop", "c"}});
  EXPECT_EQ(options.stop, std::vector<std::string>{"c"});
  EXPECT_EQ(options.sampling.top_k, 3);
}

TEST(SetParameters, KnowsParametersOfModelfilesByTheirTypes) {
  const GenerationOptions options;
  const std::vector<std::string> names = parameter_names();
  for (const std::string& name : names) {
    ASSERT_TRUE(modelfile::parameter_type(name)) << name;
    EXPECT_TRUE(is_generation_option(name));
    if (*modelfile::parameter_type(name) == modelfile::ParameterType::kTexts) continue;
    const std::string value = name == "seed" ? "7" : parameter_text(options, name);
    modelfile::Parameters parameters;
    EXPECT_NO_THROW(modelfile::set_parameter(parameters, name, value)) << name << ' ' << value;
  }
  EXPECT_GT(names.size(), 20u);
  EXPECT_FALSE(is_generation_option("num_ctx"));
}

}  // namespace
}  // namespace cria::serving
