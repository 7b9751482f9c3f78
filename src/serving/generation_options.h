#pragma once
// How answers are made, by the names of parameters that Modelfiles, command lines and requests use.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sample/sampler.h"

namespace cria::serving {

struct GenerationOptions {
  sample::Options sampling;
  int64_t max_tokens = -1;  // -1: until the answer ends
  int64_t keep = 4;         // tokens that stay when a full context loses its middle; -1: the prompt
  std::vector<std::string> stop;
  // Texts that the DRY penalty takes no repetition past; those that other engines begin with.
  std::vector<std::string> dry_sequence_breakers{"\n", ":", "\"", "*"};
};

// Sets a parameter by its name, "top_k". InvalidArgument: unknown name, bad value; nothing changes
// then.
void set_parameter(GenerationOptions& options, std::string_view name, std::string_view value);

// A name and a value for each, one after the other.
using ParameterTexts = std::vector<std::pair<std::string, std::string>>;

// What does not concern how answers are made is left out, and stop strings replace those that there
// were. InvalidArgument as of set_parameter.
void set_parameters(GenerationOptions& options, const ParameterTexts& parameters);

bool is_generation_option(std::string_view name);  // that set_parameter() knows it
std::vector<std::string> parameter_names();

// As set_parameter() would take it; of lists all items, quoted.
std::string parameter_text(const GenerationOptions& options, std::string_view name);

}  // namespace cria::serving
