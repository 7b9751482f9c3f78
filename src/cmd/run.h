#pragma once
// `cria run`: answers a prompt, or talks.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/open_model.h"
#include "cmd/settings.h"

namespace cria::cmd {

struct RunOptions {
  std::string model;
  std::vector<std::string> prompt;  // words; empty: from standard input
  int64_t context = 0;              // tokens; 0: the model's, at most kDefaultContext
  bool raw = false;
  std::string format;  // that answers have to have (output_format.h); empty: any
  bool verbose = false;
  serving::ParameterTexts parameters;  // before those of the model
  std::optional<std::string> system;   // likewise
  serving::ComputeOptions compute;
};

int run(const RunOptions& options);

}  // namespace cria::cmd
