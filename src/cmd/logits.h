#pragma once
// `cria logits`: what a model makes of token ids, written to a file.

#include <cstdint>
#include <string>

#include "cmd/open_model.h"

namespace cria::cmd {

struct LogitsOptions {
  std::string model;
  std::string ids;     // a list, "-" for standard input, or "@FILE"
  std::string output;  // .safetensors
  bool trace = false;
  int64_t chunk = 512;  // the most tokens of a pass
  serving::ComputeOptions compute;
};

int logits(const LogitsOptions& options);

}  // namespace cria::cmd
