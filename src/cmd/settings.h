#pragma once
// How answers are generated: options of `cria run`, and what /set changes.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grammar/grammar.h"
#include "sample/sampler.h"

namespace cria::cmd {

struct Settings {
  sample::Options sampling;
  int64_t max_tokens = -1;  // -1: until the answer ends
  std::vector<std::string> stop;
  // Texts that the DRY penalty takes no repetition past; those that other engines begin with.
  std::vector<std::string> dry_sequence_breakers{"\n", ":", "\"", "*"};
  std::string system;
  std::shared_ptr<const grammar::Grammar> grammar;  // that answers have to fit; null: any
  bool verbose = false;
};

// Sets a parameter by the name that Modelfiles use, "top_k". InvalidArgument: unknown name, bad
// value; nothing changes then.
void set_parameter(Settings& settings, std::string_view name, std::string_view value);

// A name and a value for each, one after the other.
using ParameterTexts = std::vector<std::pair<std::string, std::string>>;

// Of a Modelfile, or of a command line: what does not concern how answers are made is left out, and
// stop strings replace those that there were. InvalidArgument as of set_parameter.
void set_parameters(Settings& settings, const ParameterTexts& parameters);

bool is_setting(std::string_view name);  // that set_parameter() knows it

// Sets one bias of "ID=BIAS", in the place of an earlier one of the token.
void add_logit_bias(sample::Options& options, std::string_view text);

// "top_k    40", one line per parameter.
std::string parameters_text(const Settings& settings);
std::string parameter_text(const Settings& settings, std::string_view name);

}  // namespace cria::cmd
