#pragma once
// How answers are generated: options of `cria run`, and what /set changes.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sample/sampler.h"

namespace cria::cmd {

struct Settings {
  sample::Options sampling;
  int64_t max_tokens = -1;  // -1: until the answer ends
  std::vector<std::string> stop;
  std::string system;
  bool verbose = false;
};

// Sets a parameter by the name that Modelfiles use, "top_k". InvalidArgument: unknown name, bad
// value; nothing changes then.
void set_parameter(Settings& settings, std::string_view name, std::string_view value);

// "top_k    40", one line per parameter.
std::string parameters_text(const Settings& settings);

}  // namespace cria::cmd
