#pragma once
// `cria run`: answers a prompt, or talks.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "serving/compute.h"
#include "serving/generation_options.h"

namespace cria::cmd {

struct RunOptions {
  std::string model;
  std::vector<std::string> prompt;  // words; empty: from standard input
  int64_t context = 0;              // tokens; 0: as the model or a setting says
  bool raw = false;
  std::string format;                  // that answers have to have (output_format.h); empty: any
  serving::ParameterTexts parameters;  // before those of the model
  std::optional<std::string> system;   // likewise
  std::string think;                   // "true", "false", or how much; empty: by the model

  bool verbose = false, no_word_wrap = false, hide_thinking = false;

  // Where and how it is computed. No type of the cache: as it is set.
  bool local = false;      // in this process, whether or not there is a server
  std::string keep_alive;  // how long a server keeps the model; empty: as it likes
  bool insecure = false;
  serving::ComputeOptions compute{.cache_type = ""};

  // Of models that make vectors.
  bool truncate = true;    // leaves out the end of a text that is too long
  int64_t dimensions = 0;  // 0: all
};

int run(const RunOptions& options);

}  // namespace cria::cmd
